import { answerQuestion, askAbout, type Node, root, type RowState } from '@rejoin/profile'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRowList } from './row-list.ts'

const pause = async (): Promise<void> => {}

/** Rows of one side and of the other, which lacks some, has some too old and some too many. */
const sides = fc
  .array(fc.record({ id: fc.nat(5_000), rev: fc.integer({ min: 1, max: 3 }), theirs: fc.nat(9) }), {
    maxLength: 600,
    size: 'max',
  })
  .map(rows => {
    const mine = new Map<string, RowState>()
    const theirs = new Map<string, RowState>()
    for (const { id: number, rev, theirs: which } of rows) {
      const id = `row ${number}`
      if (which > 0) mine.set(id, { id, rev })
      if (which < 5) theirs.set(id, which === 1 ? { id, rev: rev + 1 } : { id, rev })
    }
    return { mine: [...mine.values()], theirs: [...theirs.values()] }
  })

test('a row list answers every question down the tree as the profile does over all rows', async () => {
  let levels = 0
  await fc.assert(
    fc.asyncProperty(sides, async ({ mine, theirs }) => {
      const list = createRowList('*')
      for (const row of mine) list.add(row)
      for (let nodes: readonly Node[] = [root], level = 1; nodes.length > 0; level++) {
        const question = askAbout(theirs, nodes, '*')
        const found = await list.answer(question, pause)
        const expected = answerQuestion(mine, question, '*')
        expect(found.differing).toEqual(expected.differing)
        expect(found.send.toSorted()).toEqual([...expected.send].toSorted())
        expect(found.drop.toSorted()).toEqual([...expected.drop].toSorted())
        nodes = found.differing
        levels = Math.max(levels, level)
      }
    }),
    { numRuns: 40 },
  )
  expect(levels).toBeGreaterThan(1)
})

test('nodes of every depth hold what the profile says they hold, and nodes that do not exist hold nothing', async () => {
  const mine = Array.from({ length: 3_000 }, (_, n) => ({ id: `row ${n}`, rev: 1 }))
  const list = createRowList('*')
  for (const row of mine) list.add(row)
  const nodes = [
    ...[0, 1, 63, 64].map(prefix => ({ depth: 1, prefix })),
    ...[0, 70, 4_095, 4_096].map(prefix => ({ depth: 2, prefix })),
    ...Array.from({ length: 300 }, (_, n) => ({ depth: 3, prefix: n * 800 })),
    { depth: 40, prefix: 2 ** 40 },
  ]
  let found = 0
  for (const node of nodes) {
    const question = { splits: [], leaves: [{ ...node, rows: [] }] }
    const { send } = await list.answer(question, pause)
    found += send.length
    if (node.depth < 6) expect(send.toSorted()).toEqual(answerQuestion(mine, question, '*').send.toSorted())
    else expect(send).toEqual([])
  }
  expect(found).toBeGreaterThan(100)
})

test('a question that asks twice for the same rows is refused, however often it does', async () => {
  const list = createRowList('*')
  for (let n = 0; n < 100; n++) list.add({ id: `row ${n}`, rev: 1 })
  const leaves = Array.from({ length: 4_096 }, () => ({ ...root, rows: [] }))
  await expect(list.answer({ splits: [], leaves }, pause)).rejects.toThrow('overlap')
})
