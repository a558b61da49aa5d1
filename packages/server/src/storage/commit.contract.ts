import { describe, expect, it } from 'vitest'
import { commitId, conflict, edit, put, record, tombstone, write, type Opened } from './storage.fixture.ts'
import { type Decision, type Storage, keyOf } from './storage.ts'

const everything = (storage: Storage): Promise<unknown> =>
  storage.snapshot(async view => ({
    head: view.head,
    orders: await view.page('order', '', 100),
    notes: await view.page('note', '', 100),
    edits: await view.edits(['e1', 'e2', 'e3']),
    ledger: await view.ledger({ limit: 100 }),
    entries: await view.entries('user'),
  }))

export const commitContract = (subject: () => Opened, durable: boolean): void => {
  describe('commit', () => {
    it('begins nowhere and hands decide nothing that was not written', async () => {
      const found = await subject().storage.commit(
        { records: [{ table: 'order', id: 'x' }], edits: ['e1'], revs: [1], entries: [{ kind: 'user', id: 'u' }] },
        all => ({ result: all }),
      )
      expect(found.head).toEqual({ rev: 0, commit: '' })
      expect([found.records.size, found.edits.size, found.commits.size, found.entries.size]).toEqual([0, 0, 0, 0])
    })

    it('hands decide exactly what it asked for, as it was written', async () => {
      const { storage } = subject()
      const written = record('order', 'r1', 1)
      const answered = edit(
        'e1',
        { status: 'applied', rev: 1 },
        {
          amends: 'e0',
          group: 'g1',
          kind: 'command',
          command: { name: 'complete', args: { note: 'dry' } },
        },
      )
      await write(storage, {
        head: { rev: 2, commit: commitId(2) },
        records: [written, record('note', 'r1', 2)],
        edits: [answered, edit('e2', { status: 'applied', rev: 2 })],
        entries: [{ kind: 'user', id: 'u1', value: { name: 'Ada', tags: [1, null] } }],
      })
      const found = await storage.commit(
        { records: [written], edits: ['e1'], revs: [0, 1, 3], entries: [{ kind: 'user', id: 'u1' }] },
        all => ({ result: all }),
      )
      expect(found.head).toEqual({ rev: 2, commit: commitId(2) })
      expect([...found.records]).toEqual([[keyOf(written), written]])
      expect([...found.edits]).toEqual([['e1', answered]])
      expect([...found.commits]).toEqual([
        [0, ''],
        [1, commitId(2)],
      ])
      expect([...found.entries]).toEqual([
        ['user/u1', { kind: 'user', id: 'u1', value: { name: 'Ada', tags: [1, null] } }],
      ])
    })

    it('changes nothing when decide throws, and carries on afterwards', async () => {
      const { storage } = subject()
      await put(storage, rev => record('order', 'r1', rev))
      const before = await everything(storage)
      await expect(
        storage.commit({}, () => {
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect(await everything(storage)).toEqual(before)
      expect(await put(storage, rev => record('order', 'r2', rev))).toBe(2)
    })

    it('takes back all it wrote when the last of it cannot be written', async () => {
      const { storage } = subject()
      await write(storage, {
        head: { rev: 1, commit: commitId(1) },
        records: [record('order', 'r1', 1)],
        edits: [edit('e1', { status: 'applied', rev: 1 })],
      })
      const before = await everything(storage)
      const circle: Record<string, unknown> = {}
      circle['self'] = circle
      await expect(
        write(storage, {
          head: { rev: 3, commit: commitId(3) },
          records: [record('order', 'r1', 2), record('note', 'n1', 3)],
          edits: [edit('e2', { status: 'applied', rev: 2 })],
          ledger: [conflict('e2', 2)],
          entries: [
            { kind: 'user', id: 'u1', value: 1 },
            { kind: 'user', id: 'u2', value: circle },
          ],
        }),
      ).rejects.toThrow()
      expect(await everything(storage)).toEqual(before)
    })

    const bugs: readonly [string, Omit<Decision<void>, 'result'>][] = [
      ['a record at the old head', { head: { rev: 2, commit: 'c2' }, records: [record('order', 'r2', 1)] }],
      ['a record above the new head', { head: { rev: 2, commit: 'c2' }, records: [record('order', 'r2', 3)] }],
      ['a record without a new head', { records: [record('order', 'r2', 2)] }],
      ['a head that does not advance', { head: { rev: 1, commit: 'c2' } }],
      ['a head without a commit id', { head: { rev: 2, commit: '' } }],
      ['a fractional revision', { head: { rev: 2, commit: 'c2' }, records: [record('order', 'r2', 1.5)] }],
      [
        'one record twice',
        { head: { rev: 3, commit: 'c3' }, records: [record('order', 'r2', 2), record('order', 'r2', 3)] },
      ],
      [
        'one revision twice',
        { head: { rev: 3, commit: 'c3' }, records: [record('order', 'r2', 2), record('note', 'n', 2)] },
      ],
      [
        'a purged record with an envelope',
        { head: { rev: 2, commit: 'c2' }, records: [record('order', 'r2', 2, { deleted: true, purged: true })] },
      ],
      ['a final outcome over a final outcome', { edits: [edit('e1', { status: 'withdrawn' })] }],
    ]
    it.each(bugs)('refuses as a bug, and writes nothing of: %s', async (_, decision) => {
      const { storage } = subject()
      await write(storage, {
        head: { rev: 1, commit: commitId(1) },
        records: [record('order', 'r1', 1)],
        edits: [edit('e1', { status: 'applied', rev: 1 })],
      })
      const before = await everything(storage)
      await expect(write(storage, decision)).rejects.toThrow('decision of a commit')
      expect(await everything(storage)).toEqual(before)
    })

    it('answers a known edit id with the recorded outcome, so that nothing is applied twice', async () => {
      const { storage } = subject()
      const send = (): Promise<string> =>
        storage.commit({ edits: ['e1'] }, found => {
          const known = found.edits.get('e1')
          if (known !== undefined) return { result: `known ${JSON.stringify(known.outcome)}` }
          const rev = found.head.rev + 1
          return {
            result: 'applied',
            head: { rev, commit: commitId(rev) },
            records: [record('order', 'r1', rev)],
            edits: [edit('e1', { status: 'applied', rev })],
          }
        })
      const answers = await Promise.all([send(), send(), send()])
      const known = 'known {"status":"applied","rev":1}'
      expect(answers).toEqual(['applied', known, known])
      expect(await storage.snapshot(async view => view.head.rev)).toBe(1)
    })

    it('settles a held edit once, and keeps what the device had sent', async () => {
      const { storage } = subject()
      await write(storage, { edits: [edit('e1', { status: 'held', by: 'e0' })] })
      const settled = edit('e1', { status: 'withdrawn' }, { received: 1_763_000_000_009 })
      await write(storage, { edits: [settled] })
      expect(await storage.snapshot(view => view.edits(['e1']))).toEqual([settled])
      await expect(write(storage, { edits: [edit('e1', { status: 'held', by: 'e0' })] })).rejects.toThrow(
        'final outcome',
      )
    })

    it('takes the values out of an answered edit and leaves what was decided, and when and by whom', async () => {
      const { storage } = subject()
      const call = { name: 'close', args: { note: 'x' } }
      const applied = edit(
        'e1',
        { status: 'applied', rev: 1 },
        { amends: 'e0', group: 'g', kind: 'command', command: call },
      )
      const less = { changes: { note: [null, 'x'] as const }, command: { ...call, args: {} } }
      const theirs = { fields: 'x' }
      const held = edit('e2', { status: 'held', by: 'e2', question: { theirs, theirsDeleted: false, rev: 1 } })
      await write(storage, { head: { rev: 1, commit: commitId(1) }, edits: [applied, held] })
      const bare = edit('e2', { status: 'held', by: 'e2' }, { changes: {} })
      const seen = { at: 9, author: 'other', device: 'd9', id: 'r9' }
      await write(storage, { erased: [{ ...applied, ...seen, ...less }, bare] })
      const after = await storage.snapshot(view => view.edits(['e1', 'e2']))
      expect(after).toEqual([{ ...applied, ...less }, bare])
      await write(storage, { edits: [edit('e2', { status: 'withdrawn' })] })
    })

    it('never decides anew by taking values out, nor makes an edit of it', async () => {
      const { storage } = subject()
      await write(storage, { edits: [edit('e1', { status: 'held', by: 'e0' })] })
      for (const wrong of [edit('e1', { status: 'withdrawn' }), edit('e2', { status: 'withdrawn' })])
        await expect(write(storage, { erased: [wrong] })).rejects.toThrow('decision of a commit')
      const left = await storage.snapshot(view => view.edits(['e1', 'e2']))
      expect(left).toEqual([edit('e1', { status: 'held', by: 'e0' })])
    })

    it('runs commits one after another in the order they were asked for', async () => {
      const { storage } = subject()
      const order: number[] = []
      await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          storage.commit({ records: [{ table: 'order', id: 'counter' }] }, found => {
            order.push(index)
            const rev = found.head.rev + 1
            const count = Number(found.records.get('order/counter')?.json ?? 0) + 1
            const records = [record('order', 'counter', rev, { json: String(count) })]
            return { result: undefined, head: { rev, commit: commitId(rev) }, records }
          }),
        ),
      )
      expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index))
      expect((await storage.snapshot(view => view.page('order', '', 2))).map(row => row.json)).toEqual(['50'])
    })

    it('lets decide ask for another commit, which comes after', async () => {
      const { storage } = subject()
      let inner: Promise<number> | undefined
      const outer = await storage.commit({}, found => {
        inner = put(storage, rev => record('order', 'inner', rev))
        const head = { rev: found.head.rev + 1, commit: commitId(1) }
        return { result: head.rev, head, records: [record('order', 'outer', head.rev)] }
      })
      expect([outer, await inner]).toEqual([1, 2])
    })

    it('takes 5,000 records in one commit', async () => {
      const { storage } = subject()
      await put(storage, ...Array.from({ length: 5_000 }, (_, n) => (rev: number) => record('order', `r${n}`, rev)))
      const counts = await storage.snapshot(async view => [view.head.rev, [...(await view.counts())]])
      expect(counts).toEqual([5_000, [['order', 5_000]]])
    })

    it('finishes what was asked for before close, and refuses what comes after', async () => {
      const { storage } = subject()
      const last = put(storage, rev => record('order', 'last', rev))
      await Promise.all([storage.close(), storage.close()])
      expect(await last).toBe(1)
      await expect(put(storage, rev => record('order', 'late', rev))).rejects.toThrow('it is closed')
      await expect(storage.snapshot(async () => 0)).rejects.toThrow('it is closed')
    })

    it.skipIf(!durable)('finds everything again after it was closed and opened', async () => {
      const { storage, reopen } = subject()
      await write(storage, {
        head: { rev: 2, commit: commitId(2) },
        records: [record('order', 'r1', 1), tombstone('note', 'n1', 2)],
        edits: [edit('e1', { status: 'applied', rev: 1 })],
        ledger: [conflict('e1', 1)],
        entries: [{ kind: 'user', id: 'u1', value: { name: 'Ada' } }],
      })
      const before = await everything(storage)
      const again = await reopen()
      expect(await everything(again)).toEqual(before)
      expect(await put(again, rev => record('order', 'r2', rev))).toBe(3)
    })
  })
}
