import { describe, expect, it } from 'vitest'
import { conflict, edit, put, record, write, type Opened } from './storage.fixture.ts'
import type { View } from './storage.ts'

export const snapshotContract = (subject: () => Opened): void => {
  describe('snapshot', () => {
    it('keeps one state over awaits while commits change, add and delete beside it', async () => {
      const { storage } = subject()
      await put(
        storage,
        rev => record('order', 'a', rev),
        rev => record('order', 'b', rev),
      )
      await write(storage, { entries: [{ kind: 'user', id: 'u1', value: 1 }] })
      const state = async (view: View): Promise<unknown> => [
        view.head,
        await view.page('order', '', 10),
        await view.since('order', 0, 10),
        [...(await view.counts())],
        await view.commitOf(3),
        await view.entries('user'),
        await view.edits(['e1']),
        await view.refused(10),
        await view.ledger({ limit: 10 }),
      ]
      await storage.snapshot(async view => {
        const before = await state(view)
        await put(
          storage,
          rev => record('order', 'a', rev, { deleted: true }),
          rev => record('order', 'c', rev),
        )
        expect(await state(view)).toEqual(before)
        await write(storage, {
          entries: [{ kind: 'user', id: 'u2', value: 2 }],
          edits: [edit('e1', { status: 'held', by: 'e0' })],
          ledger: [conflict('e1', 1)],
        })
        expect(await state(view)).toEqual(before)
      })
      const after = await storage.snapshot(async view => [view.head.rev, (await view.page('order', '', 10)).length])
      expect(after).toEqual([4, 3])
    })

    it('sees a commit from the moment it resolved', async () => {
      const { storage } = subject()
      for (let n = 1; n <= 20; n += 1) {
        await put(storage, rev => record('order', `r${n}`, rev))
        expect(await storage.snapshot(async view => view.head.rev)).toBe(n)
      }
    })

    it('nests and overlaps with more snapshots than there are connections, each with its own state', async () => {
      const { storage } = subject()
      const seen: [number, number][] = []
      const descend = (depth: number): Promise<void> =>
        storage.snapshot(async view => {
          const { rev } = view.head
          await put(storage, next => record('order', `r${next}`, next))
          if (depth > 1) await descend(depth - 1)
          seen.push([rev, (await view.page('order', '', 100)).length])
        })
      await descend(12)
      expect(seen).toEqual(Array.from({ length: 12 }, (_, n) => [11 - n, 11 - n]))
    })

    it('keeps its state when another snapshot of the same state ends first', async () => {
      const { storage } = subject()
      await put(storage, rev => record('order', 'a', rev))
      await storage.snapshot(async first => {
        await storage.snapshot(async second => {
          await put(storage, rev => record('order', 'b', rev))
          expect((await second.page('order', '', 10)).length).toBe(1)
        })
        await put(storage, rev => record('order', 'c', rev))
        expect((await first.page('order', '', 10)).length).toBe(1)
      })
    })

    it('passes on what read throws, and the storage works on', async () => {
      const { storage } = subject()
      await expect(
        storage.snapshot(async () => {
          throw new Error('mine')
        }),
      ).rejects.toThrow('mine')
      expect(await put(storage, rev => record('order', 'r1', rev))).toBe(1)
    })

    it('refuses a view that is used after its snapshot', async () => {
      const { storage } = subject()
      const escaped = await storage.snapshot(async view => view)
      await expect(escaped.counts()).rejects.toThrow('after the end')
    })

    it('is cut off by close instead of holding it up', async () => {
      const { storage } = subject()
      await expect(
        storage.snapshot(async view => {
          await storage.close()
          return view.counts()
        }),
      ).rejects.toThrow()
    })
  })
}
