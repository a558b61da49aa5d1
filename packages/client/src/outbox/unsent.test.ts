import { describe, expect, it } from 'vitest'
import { confirmed, openScript, schema, type Script, welcome } from '../device/device.fixture.ts'
import type { UnsentWork } from './unsent.ts'

const rows = {
  A: confirmed('A', 5, { title: 'pump', hours: 2 }),
  B: confirmed('B', 4, { title: 'valve' }),
}

const opened = async (held: typeof rows | Pick<typeof rows, 'A'> = rows): Promise<Script> => {
  const script = await openScript()
  await script.greet(held)
  script.device.disconnect()
  return script
}

const atWork = async (): Promise<Script> => {
  const script = await opened()
  const { device } = script
  await device.table('task').update('A', { hours: 3 })
  await script.pass(60_000)
  await device.group(group => {
    const part = group.table('task').create({ taskid: 'P', title: 'part' })
    group.table('task').update('A', { part })
  })
  await device.table('task').delete('B')
  await device.drafts.keep('note', { table: 'task', values: { title: 'later' } })
  return script
}

const shown = ({ device }: Script): unknown => device.table('task').query().current
const actions = ({ device }: Script): unknown =>
  device.outbox.current.map(({ kind, record, at, changes, group }) => [kind, record, at, changes, group !== undefined])

describe('unsent work as a file', () => {
  it('is taken in by another device of the same user: the same actions in order, groups and times with them', async () => {
    const from = await atWork()
    const file = from.device.outbox.export()
    const to = await opened()
    await to.pass(1_000_000)
    await to.device.outbox.import(file)
    expect(shown(to)).toEqual(shown(from))
    expect(actions(to)).toEqual(actions(from))
    expect(to.device.drafts.get('note')).toEqual(from.device.drafts.get('note'))
    to.disk.crash()
    const again = await openScript(to.disk)
    await expect(again.device.outbox.import(file)).rejects.toMatchObject({ code: 'settled' })
    expect(actions(again)).toEqual(actions(from))
  })

  it('regression, was refused as a whole for one column that is no more: the rest is taken in, and the ledger has that', async () => {
    const from = await opened()
    await from.device.table('task').update('A', { hours: 5, done: true })
    await from.device.table('task').update('B', { hours: 7 })
    const file = from.device.outbox.export()
    const to = await openScript(undefined, undefined, { after: 77 })
    await to.greet(rows)
    await to.lose()
    await to.pass(5000)
    const [task] = schema.tables
    const without = { tables: [{ ...task, columns: task.columns.filter(({ name }) => name !== 'hours') }] }
    await to.say({ ...welcome(5), time: to.relayTime(), schemaVersion: 2, schema: without })
    await to.device.outbox.import(file)
    expect(to.device.outbox.current.map(({ record, changes }) => [record, changes])).toEqual([
      ['A', { done: [null, true] }],
    ])
    const noted = to.device.ledger.current.map(({ record, strategy, mine }) => [
      record,
      strategy,
      mine['hours' as never],
    ])
    expect(noted.toSorted()).toEqual([
      ['A', 'schema', 5],
      ['B', 'schema', 7],
    ])
  })

  it('is taken in wholly or not at all; what a device cannot take is named and can be left out', async () => {
    const file = (await atWork()).device.outbox.export()
    const to = await opened({ A: rows.A })
    await expect(to.device.outbox.import(file)).rejects.toMatchObject({ code: 'not-found', record: 'B' })
    expect(to.device.outbox.current).toEqual([])
    const work = JSON.parse(file) as UnsentWork
    const without = work.actions.filter(({ wish }) => wish.id === 'B').map(({ id }) => id)
    await to.device.outbox.import(file, { without })
    expect(to.device.outbox.current.map(({ record }) => record)).toEqual(['A', 'P', 'A'])
  })

  it('of another user, or no export at all, is refused', async () => {
    const to = await opened()
    const file = (await atWork()).device.outbox.export()
    const theirs = JSON.stringify({ ...(JSON.parse(file) as UnsentWork), user: 'ben' })
    await expect(to.device.outbox.import(theirs)).rejects.toMatchObject({ code: 'not-permitted' })
    const broken = JSON.stringify({ ...(JSON.parse(file) as UnsentWork), actions: [{ id: 'x' }] })
    for (const text of ['', '{}', '[1]', broken])
      await expect(to.device.outbox.import(text)).rejects.toMatchObject({ code: 'invalid' })
  })
})
