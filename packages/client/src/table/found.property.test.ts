import fc from 'fast-check'
import { expect, it } from 'vitest'
import { confirmed, openScript, rowChange, type Script } from '../device/device.fixture.ts'
import type { Query } from './query.ts'

/**
 * Lists find their rows by what columns said when somebody first asked, kept up since. The oracle looks at every row
 * there is, at the moment it is asked.
 */

type Row = Readonly<Record<string, unknown>>
type Where = NonNullable<Query['where']>
type Fields = Readonly<Record<string, string | number | boolean | null>>

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const title = fc.constantFrom('Pump', 'pump', 'valve')
const hours = fc.constantFrom(null, 1, 2, 3)
const fields: fc.Arbitrary<Fields> = fc.record({ title, hours, done: fc.boolean() })

/** Conditions, beside what they mean. */
const asked: readonly (readonly [where: Where, means: (row: Row) => boolean])[] = [
  [{ title: 'PUMP' }, ({ title: said }) => isPump(said)],
  [{ title: 'pump', hours: 2 }, row => isPump(row['title']) && row['hours'] === 2],
  [{ hours: { ne: 2 } }, row => row['hours'] !== 2],
  [{ hours: { ge: 2 } }, row => Number(row['hours'] ?? 0) >= 2],
  [{ hours: { in: [1, 3] } }, row => row['hours'] === 1 || row['hours'] === 3],
  [{ hours: null }, row => row['hours'] === null],
  [{ title: { 'begins-with': 'p' } }, row => isPump(row['title'])],
  [{ title: { 'begins-with': 'p' }, done: true }, row => isPump(row['title']) && row['done'] === true],
]
const isPump = (said: unknown): boolean => String(said).toLowerCase() === 'pump'

const step = fc.oneof(
  fc.record({ do: fc.constant('create' as const), id, fields }),
  fc.record({ do: fc.constant('update' as const), id, fields }),
  fc.record({ do: fc.constant('delete' as const), id }),
  fc.record({ do: fc.constant('arrive' as const), id, fields }),
  fc.record({ do: fc.constant('leave' as const), id }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const take = async ({ device, say }: Script, doing: Step, rev: number): Promise<void> => {
  const task = device.table('task')
  // What is refused changes nothing, and is not what this is about.
  const tried = (work: Promise<unknown>): Promise<void> => work.then(() => {}).catch(() => {})
  switch (doing.do) {
    case 'create':
      return tried(task.create({ taskid: doing.id, ...doing.fields } as never))
    case 'update':
      return tried(task.update(doing.id, doing.fields as never))
    case 'delete':
      return tried(task.delete(doing.id))
    case 'arrive':
      return say(rowChange(doing.id, confirmed(doing.id, rev, present(doing.fields))))
    case 'leave':
      return say({ type: 'changes', rows: [], gone: [{ table: 'task', id: doing.id, why: 'left' }], answers: [] })
  }
}

const present = (all: Fields): Record<string, string | number | boolean> =>
  Object.fromEntries(Object.entries(all).flatMap(([key, value]) => (value === null ? [] : [[key, value]])))

it('lists are what every row there is says, whatever was asked for before and has changed since', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps => {
      const script = await openScript()
      await script.greet({
        a: confirmed('a', 2, { title: 'pump', hours: 1 }),
        b: confirmed('b', 3, { title: 'valve' }),
      })
      const task = script.device.table('task')
      const open = asked.map(([where]) => task.query({ where }))
      let rev = 3
      for (const doing of steps) {
        await take(script, doing, ++rev)
        const all: readonly Row[] = task.query().current
        for (const [n, [where, means]] of asked.entries()) {
          const expected = all.filter(means)
          expect(task.query({ where }).current).toEqual(expected)
          expect(open[n]!.current).toEqual(expected)
        }
      }
      await script.device.close()
    }),
    { numRuns: 60 },
  )
})
