import { expect, expectTypeOf, it } from 'vitest'
import { openRelated } from './related.fixture.ts'

const given = {
  workorder: {
    W1: { title: 'pump', status: 1, hours: 2 },
    W2: { title: 'valve', status: 2 },
    W3: { title: 'pipe', status: 1, tags: [1, 2] },
  },
}

it('[LW9] a count follows every change and is told only when it is another number', async () => {
  const { device, gone } = await openRelated(given)
  const orders = device.table('workorder')
  const count = orders.count({ where: { status: 1 } })
  const seen = [count.current]
  count.subscribe(now => seen.push(now))
  await orders.update('W1', { hours: 7 })
  await orders.create({ workorderid: 'W4', status: 1 })
  await orders.update('W2', { title: 'belt' })
  await orders.update('W2', { status: 1 })
  await orders.delete('W1')
  await orders.undo('W2')
  await gone('workorder', 'W3', 'left')
  expect(seen).toEqual([2, 3, 4, 3, 2, 1])
  count.close()
  await orders.delete('W4')
  expect(seen).toHaveLength(6)
  expect([orders.count().current, await orders.count().whenReady()]).toEqual([1, 1])
})

it('[LW9] counts by a column come in the order of its values, and are the same map while they say the same', async () => {
  const { device } = await openRelated(given)
  const orders = device.table('workorder')
  const byStatus = orders.countBy('status')
  expectTypeOf(byStatus.current).toEqualTypeOf<ReadonlyMap<1 | 2 | null, number>>()
  const before = byStatus.current
  expect([...before]).toEqual([
    [1, 2],
    [2, 1],
  ])
  let told = 0
  byStatus.subscribe(() => told++)
  await orders.update('W1', { hours: 9 })
  expect(byStatus.current).toBe(before)
  await orders.create({ title: 'new' })
  await orders.update('W2', { status: 1 })
  expect([...byStatus.current]).toEqual([
    [null, 1],
    [1, 3],
  ])
  expect(told).toBe(2)
  expect([...orders.countBy('title', { where: { status: 1 } }).current.keys()]).toEqual(['pipe', 'pump', 'valve'])
})

it('a column of lists, one there is none of and a wrong condition are refused', async () => {
  const { device } = await openRelated(given)
  const orders = device.table('workorder')
  expect(() => orders.countBy('tags')).toThrow(expect.objectContaining({ code: 'invalid', column: 'tags' }))
  expect(() => orders.countBy('colour' as never)).toThrow(expect.objectContaining({ code: 'unknown-column' }))
  expect(() => orders.count({ where: { colour: 1 } })).toThrow(expect.objectContaining({ code: 'unknown-column' }))
})
