import { describe, expect, it } from 'vitest'
import { confirmed, openScript, type Script } from '../device/device.fixture.ts'

const opened = async (): Promise<Script> => {
  const script = await openScript()
  await script.greet({
    A: confirmed('A', 2, { title: 'pump', hours: 2, done: true }),
    B: confirmed('B', 3, { title: 'Valve', hours: 1 }),
    C: confirmed('C', 4, { title: 'pipe', part: 'A' }),
  })
  return script
}

describe('queries', () => {
  it.each([
    [{}, ['A', 'B', 'C']],
    [{ where: { title: 'PUMP' } }, ['A']],
    [{ where: { hours: null } }, ['C']],
    [{ where: { hours: { ge: 1, lt: 2 } } }, ['B']],
    [{ where: { part: 'A' } }, ['C']],
    [{ where: { title: { 'begins-with': 'p' } } }, ['A', 'C']],
    [{ where: { done: { ne: true } } }, ['B', 'C']],
    [{ where: { done: { 'not-null': true } } }, ['A']],
    [{ orderBy: 'hours' }, ['C', 'B', 'A']],
    [{ orderBy: ['hours', 'desc'] }, ['A', 'B', 'C']],
    [{ orderBy: ['done', ['title', 'desc']] }, ['B', 'C', 'A']],
    [{ orderBy: 'title', limit: 2 }, ['C', 'A']],
  ] as const)('%j gives %j', async (query, ids) => {
    const script = await opened()
    expect(
      script.device
        .table('task')
        .query(query)
        .current.map(({ taskid }) => taskid),
    ).toEqual(ids)
  })

  it('[LW10] rows without an order come by id, whatever the order they arrived or were edited in', async () => {
    const script = await opened()
    await script.device.table('task').create({ taskid: 'AB', title: 'new' })
    await script.device.table('task').update('C', { hours: 1 })
    await script.device.table('task').update('A', { hours: 1 })
    const ids = (): string[] =>
      script.device
        .table('task')
        .query()
        .current.map(({ taskid }) => taskid)
    expect(ids()).toEqual(['A', 'AB', 'B', 'C'])
    const byHours = script.device.table('task').query({ orderBy: 'hours', where: { hours: 1 } })
    expect(byHours.current.map(({ taskid }) => taskid)).toEqual(['A', 'B', 'C'])
  })

  it('refuse a column the table does not have, naming it', async () => {
    const tasks = (await opened()).device.table('task')
    expect(() => tasks.query({ where: { colour: 1 } })).toThrow(
      expect.objectContaining({ code: 'unknown-column', column: 'colour' }),
    )
    expect(() => tasks.query({ orderBy: 'colour' })).toThrow(
      expect.objectContaining({ code: 'unknown-column', column: 'colour' }),
    )
  })

  it('a result nobody concerns is not told again', async () => {
    const script = await opened()
    const pumps = script.device.table('task').query({ where: { title: 'pump' } })
    expect(pumps.current).toHaveLength(1)
    let told = 0
    pumps.subscribe(() => told++)
    await script.device.table('task').update('B', { hours: 7 })
    expect(told).toBe(0)
    await script.device.table('task').update('A', { hours: 7 })
    expect(told).toBe(1)
  })
})
