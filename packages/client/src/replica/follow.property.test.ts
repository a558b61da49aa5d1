import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { answers, at, confirmed, openScript, rowChange, type Script, welcome } from '../device/device.fixture.ts'
import { createMemoryDisk } from '../store/memory.ts'
import type { Store, StoreChange } from '../store/store.ts'
import { follow } from './follow.ts'
import { storedState } from './keys.ts'
import { loadMemory, loadTable } from './load.ts'
import type { Memory } from './memory.ts'

const random = (): Uint8Array => new Uint8Array(8)

/** What of a memory the store says. */
const told = ({ rows, entries, chains, authored, tables, ledger, meta, carried }: Memory): unknown => ({
  rows: [...rows]
    .filter(([, ofTable]) => ofTable.size > 0)
    .map(([table, ofTable]) => [
      table,
      [...ofTable]
        .map(([id, { rev, generation, envelope, gone, kept }]) => ({ id, rev, generation, envelope, gone, kept }))
        .toSorted(byId),
    ]),
  entries: [...entries.values()].map(({ edit, state }) => ({ edit, state: storedState(state) })).toSorted(bySeq),
  chains: new Map(chains),
  authored: new Map(authored),
  tables: new Map(tables),
  ledger: new Map(ledger),
  carried: new Map(carried),
  meta,
})
const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
const bySeq = (a: { edit: { seq: number } }, b: { edit: { seq: number } }): number => a.edit.seq - b.edit.seq

type Step = readonly [what: number, which: number]

/** One thing that happens to a device: here, or told by its relay. */
const run = async (
  { device, say, settle, pushed, lose, pass }: Script,
  [what, which]: Step,
  rev: number,
): Promise<void> => {
  const id = 'ABC'[which % 3]!
  const tasks = device.table('task')
  const refusal = { status: 'rejected', code: 'other', message: 'no' } as const
  switch (what) {
    case 0:
      return tasks.update(id, { hours: rev }).catch(() => {})
    case 1:
      return void (await tasks.create({ title: `new ${rev}` }))
    case 2:
      return say(rowChange(id, confirmed(id, rev, { title: `relay ${rev}` })))
    case 3:
      return say({ type: 'changes', at: at(rev), rows: [], gone: [{ table: 'task', id, why: 'left' }], answers: [] })
    case 4: {
      const [edit] = pushed()
      if (edit === undefined) return
      const answer = which % 2 === 0 ? refusal : ({ status: 'applied', rev } as const)
      const row = confirmed(edit.record, rev, { title: 'merged', hours: 1 })
      return say(
        answer === refusal
          ? answers({ edit: edit.id, answer })
          : rowChange(edit.record, row, [{ edit: edit.id, answer }]),
      )
    }
    case 5:
      await device.outbox.current[which % Math.max(1, device.outbox.current.length)]?.discard().catch(() => {})
      return settle()
    case 6:
      return tasks.delete(id).catch(() => {})
    default: {
      // The whole table again, from another point: two pages.
      await lose()
      await pass(60_000)
      const page = {
        type: 'page',
        table: 'task',
        start: at(rev),
        columnSet: '*',
        rows: 0,
        packed: new Uint8Array(),
      } as const
      return say(welcome(rev), { ...page, after: 'a', last: false }, { ...page, after: 'b', last: true })
    }
  }
}

it('a memory that follows a store change by change is what reading the store anew gives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 5 })), { maxLength: 12 }), async steps => {
      const disk = createMemoryDisk({ shared: true })
      const commits: (readonly StoreChange[])[] = []
      const listening = (store: Store): Store => ({
        ...store,
        commit: async (changes, durability) => {
          await store.commit(changes, durability)
          commits.push(changes)
        },
      })
      const script = await openScript(disk, listening)
      await script.greet({ A: confirmed('A', 5, { title: 'a' }), B: confirmed('B', 6, { title: 'b' }) })
      const store = disk.open()
      const memory = await loadMemory(store, random)
      commits.splice(0)
      for (const [turn, step] of steps.entries()) {
        await run(script, step, 10 + turn)
        await script.settle()
        for (const changes of commits.splice(0)) {
          const { again } = follow(memory, changes)
          if (again === 'all') throw new Error('nothing here clears whole shelves')
          for (const table of again)
            memory.rows.set(table, (await loadTable(store, table, memory.tables.get(table)!)).rows)
        }
        expect(told(memory)).toEqual(told(await loadMemory(store, random)))
      }
    }),
    { numRuns: 60 },
  )
})
