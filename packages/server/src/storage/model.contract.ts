import fc from 'fast-check'
import { expect, it } from 'vitest'
import { commitId, record, tombstone, type Opened } from './storage.fixture.ts'
import type { Storage, StoredRecord, View } from './storage.ts'

/** The naive storage: every state that ever was, as a plain list. */
interface State {
  readonly commits: readonly string[] // by revision - 1
  readonly rows: readonly StoredRecord[]
}

const step = fc.record({
  writes: fc.uniqueArray(
    fc.record({
      table: fc.constantFrom('order', 'note'),
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      fate: fc.constantFrom('live', 'deleted', 'purged'),
    }),
    { selector: write => `${write.table}/${write.id}`, minLength: 1, maxLength: 5 },
  ),
  unused: fc.nat(2), // revisions given out that ended on no record
  fails: fc.boolean(),
  watched: fc.boolean(), // a snapshot opened after this step stays open to the end
})

const rowOf = (table: string, id: string, rev: number, fate: string): StoredRecord =>
  fate === 'purged' ? tombstone(table, id, rev) : record(table, id, rev, { deleted: fate === 'deleted' })

const check = async (view: View, { commits, rows }: State): Promise<void> => {
  expect(view.head.rev).toBe(commits.length)
  const revs = Array.from({ length: commits.length + 2 }, (_, rev) => rev)
  const named = await Promise.all(revs.map(rev => view.commitOf(rev)))
  expect(named).toEqual(revs.map(rev => (rev === 0 ? '' : commits[rev - 1])))
  for (const table of ['order', 'note']) {
    const mine = rows.filter(row => row.table === table)
    const byId = mine.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    const byRev = mine.toSorted((a, b) => a.rev - b.rev)
    const pages: StoredRecord[] = []
    for (let after = ''; ; after = pages.at(-1)?.id ?? '') {
      const page = await view.page(table, after, 3)
      if (page.length === 0) break
      pages.push(...page)
    }
    expect(pages).toEqual(byId)
    for (const rev of revs)
      expect(await view.since(table, rev, 3)).toEqual(byRev.filter(row => row.rev > rev).slice(0, 3))
    const live = mine.filter(row => !row.deleted).length
    expect((await view.counts()).get(table) ?? 0).toBe(live)
  }
}

/** Runs the steps from `index` on, inside every snapshot that the steps before left open. */
const play = async (
  storage: Storage,
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  state: State,
): Promise<void> => {
  const [next, ...rest] = steps
  if (next === undefined) return storage.snapshot(view => check(view, state))
  const first = state.commits.length + 1
  const head = first + next.writes.length - 1 + next.unused
  const records = next.writes.map(({ table, id, fate }, index) => rowOf(table, id, first + index, fate))
  const done = storage.commit({}, () => {
    if (next.fails) throw new Error('planned')
    return { result: undefined, head: { rev: head, commit: commitId(head) }, records }
  })
  if (next.fails) {
    await expect(done).rejects.toThrow('planned')
    return play(storage, rest, state)
  }
  await done
  const replaced = new Set(records.map(row => `${row.table}/${row.id}`))
  const after: State = {
    commits: [...state.commits, ...Array.from({ length: head - first + 1 }, () => commitId(head))],
    rows: [...state.rows.filter(row => !replaced.has(`${row.table}/${row.id}`)), ...records],
  }
  if (!next.watched) return play(storage, rest, after)
  return storage.snapshot(async view => {
    await play(storage, rest, after)
    await check(view, after)
  })
}

export const modelContract = (open: () => Promise<Opened>): void => {
  it('agrees with a plain list after any commits, in every snapshot left open on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async steps => {
        const { storage, dispose } = await open()
        try {
          await play(storage, steps, { commits: [], rows: [] })
        } finally {
          await dispose()
        }
      }),
      { numRuns: 40 },
    )
  })
}
