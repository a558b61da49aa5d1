import { describe, expect, it } from 'vitest'
import { confirmed, openScript, type Script } from '../device/device.fixture.ts'

const opened = async (): Promise<Script> => {
  const script = await openScript()
  await script.greet({ A: confirmed('A', 5, { title: 'pump', hours: 2 }) })
  script.heard()
  return script
}

describe('drafts', () => {
  it('[LW12] a form saved but not submitted survives restart, and is neither in the outbox nor among the records', async () => {
    const script = await opened()
    await script.device.drafts.keep('report/5 \u{1F527}', { table: 'task', values: { hours: 'seven?' } })
    await script.pass(1)
    await script.device.drafts.keep('report', { table: 'task', record: 'A', values: { title: 'old' } })
    await script.device.drafts.keep('report', { table: 'task', record: 'A', values: { title: 'new pump' } })
    await script.settle()
    expect(script.pushed()).toEqual([])
    script.disk.crash()
    const { device } = await openScript(script.disk)
    expect(device.outbox.current).toEqual([])
    expect(device.table('task').get('A')).toMatchObject({ title: 'pump' })
    expect(device.table('task').query().current).toHaveLength(1)
    expect(device.drafts.get('report/5 \u{1F527}')).toMatchObject({ table: 'task', values: { hours: 'seven?' } })
    expect(device.drafts.current.map(({ name, values }) => [name, values])).toEqual([
      ['report', { title: 'new pump' }],
      ['report/5 \u{1F527}', { hours: 'seven?' }],
    ])
  })

  it('[LW12] submitted it is an edit and no draft any more; refused it stays as it is', async () => {
    const script = await opened()
    const { drafts, outbox, table } = script.device
    let told = 0
    drafts.subscribe(() => told++)
    await drafts.keep('change', { table: 'task', record: 'A', values: { hours: 7 } })
    await drafts.keep('wrong', { table: 'task', values: { title: 'x', hours: 'seven?' } })
    await drafts.keep('fresh', { table: 'task', values: { title: 'valve' } })
    expect(await drafts.submit('change')).toBe('A')
    await expect(drafts.submit('wrong')).rejects.toMatchObject({ code: 'invalid', column: 'hours' })
    const id = await drafts.submit('fresh')
    await expect(drafts.submit('fresh')).rejects.toMatchObject({ code: 'not-found' })
    expect(table('task').get(id)).toMatchObject({ title: 'valve' })
    expect(outbox.current.map(({ kind, record }) => [kind, record])).toEqual([
      ['update', 'A'],
      ['create', id],
    ])
    expect(drafts.current.map(({ name }) => name)).toEqual(['wrong'])
    await drafts.drop('wrong')
    expect(drafts.current).toEqual([])
    expect(told).toBe(6)
    await expect(drafts.keep('', { table: 'task', values: {} })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('[LW12] [LW7] a form that names its record makes that one, or is refused where there is one already', async () => {
    const { drafts, table } = (await opened()).device
    await drafts.keep('scanned', { table: 'task', values: { taskid: 'T77', title: 'valve' } })
    expect(await drafts.submit('scanned')).toBe('T77')
    expect(table('task').get('T77')).toEqual({ taskid: 'T77', title: 'valve', done: null, hours: null, part: null })
    await drafts.keep('again', { table: 'task', values: { taskid: 'A', title: 'pump' } })
    await expect(drafts.submit('again')).rejects.toMatchObject({ code: 'exists', record: 'A' })
    await drafts.keep('no id', { table: 'task', values: { taskid: 'no id', title: 'pump' } })
    await expect(drafts.submit('no id')).rejects.toMatchObject({ code: 'invalid', column: 'taskid' })
    expect(drafts.current).toHaveLength(2)
  })
})
