import { createHash } from 'node:crypto'
import { compileSchema, createIndexes, type Dialect, type Fragment, sql } from '@rejoin/profile'
import { describe, expect, it } from 'vitest'
import { commitId, conflict, edit, put, record, tombstone, write, type Opened } from './storage.fixture.ts'
import type { StoredIndex } from './storage.ts'

const ids = (rows: readonly Pick<StoredIndex, 'id'>[]): string[] => rows.map(row => row.id)

export const viewContract = (subject: () => Opened): void => {
  describe('view', () => {
    it('gives records back in the order asked for, tables apart, unknown ones left out', async () => {
      const { storage } = subject()
      await put(
        storage,
        rev => record('order', 'x', rev),
        rev => record('note', 'x', rev),
        rev => tombstone('order', 'y', rev),
      )
      const rows = await storage.snapshot(view =>
        view.records([
          { table: 'order', id: 'y' },
          { table: 'note', id: 'x' },
          { table: 'note', id: 'y' },
          { table: 'order', id: 'x' },
        ]),
      )
      expect(rows).toEqual([tombstone('order', 'y', 3), record('note', 'x', 2), record('order', 'x', 1)])
    })

    it('pages a table by id in code point order, dead rows included, bounds exact', async () => {
      const { storage } = subject()
      // UTF-16 order would put the emoji before the private-use character
      const order = ['A', 'Z', 'a', 'b', 'ä', '\uE000', '😀']
      await put(
        storage,
        ...order
          .toReversed()
          .map(id => (rev: number) => (id === 'b' ? tombstone('order', id, rev) : record('order', id, rev))),
        rev => record('orders', 'B', rev),
      )
      await storage.snapshot(async view => {
        expect(ids(await view.page('order', '', 100))).toEqual(order)
        expect(ids(await view.page('order', 'a', 2))).toEqual(['b', 'ä'])
        expect(ids(await view.page('order', 'aa', 1))).toEqual(['b'])
        expect(await view.page('order', '😀', 5)).toEqual([])
        expect(await view.page('order', '', 0)).toEqual([])
        expect(await view.page('none', '', 5)).toEqual([])
        const whole = await view.page('order', 'a', 100)
        expect(await view.index('order', 'a', 100)).toEqual(
          whole.map(({ id, rev, deleted, purged, json }) => ({ id, rev, deleted, purged, json })),
        )
        expect(ids(await view.index('order', '', 1))).toEqual(ids(await view.page('order', '', 1)))
        await expect(view.page('order', '', -1)).rejects.toThrow('limit')
      })
    })

    it('runs statements in the words of the engine, as of its own state', async () => {
      const { storage } = subject()
      await put(
        storage,
        rev => record('order', 'x', rev, { json: '{"name": "ÄPFEL"}' }),
        rev => record('order', 'y', rev),
        rev => tombstone('order', 'z', rev),
      )
      const named =
        (text: string) =>
        (dialect: Dialect): Fragment =>
          sql`select r.id, r.rev, ${dialect.json('r')}, length(r.envelope) from ${dialect.from('r')}
            where ${dialect.isOf('order', 'r')} and ${dialect.isLive('r')}
              and ${dialect.probe(name, 'r', { test: 'equal', to: text })}`
      await storage.createIndexes(dialect => createIndexes(schema, dialect, [{ table: 'order', column: 'name' }]))
      await storage.createIndexes(dialect => createIndexes(schema, dialect, [{ table: 'order', column: 'name' }]))
      await storage.snapshot(async view => {
        await put(storage, rev => record('order', 'x', rev))
        expect(await view.select(named('äpfel'))).toEqual([['x', 1, '{"name": "ÄPFEL"}', 4]])
        expect(await view.select(dialect => sql`select ${'\0 \u0001'} from ${dialect.from('r')} limit 1`)).toEqual([
          ['\0 \u0001'],
        ])
      })
      expect(await storage.snapshot(view => view.select(named('äpfel')))).toEqual([])
    })

    it.each(['early', 'late'])('takes text of any length under indexes that were made %s', async table => {
      const { storage } = subject()
      const columns = ['name', 'hours', 'status', 'owner']
      const index = (): Promise<void> =>
        storage.createIndexes(dialect =>
          createIndexes(
            schema,
            dialect,
            columns.map(column => ({ table, column })),
          ),
        )
      // random, so that it does not pack; in each column, as one that was text before may have it
      const long = Array.from({ length: 157 }, (_, n) => createHash('sha256').update(`${n}`).digest('hex')).join('')
      const row = (id: string, value: string) => (rev: number) =>
        record(table, id, rev, { json: JSON.stringify(Object.fromEntries(columns.map(column => [column, value]))) })
      if (table === 'early') await index()
      const rare = '\u0001'.repeat(500)
      await put(storage, row('x', long), row('y', 'short'), row('z', `${long.slice(0, -1)}!`), row('w', rare))
      if (table === 'late') await index()
      const named = (text: string): Promise<unknown> =>
        storage.snapshot(view =>
          view.select(
            dialect => sql`select r.id from ${dialect.from('r')}
              where ${dialect.isOf(table, 'r')} and ${dialect.probe(name, 'r', { test: 'equal', to: text })}`,
          ),
        )
      const found = await Promise.all([long, 'short', rare, long.slice(0, 400)].map(named))
      expect(found).toEqual([[['x']], [['y']], [['w']], []])
    })

    it('lists what changed since a revision in revision order, each row once at its last revision', async () => {
      const { storage } = subject()
      await put(
        storage,
        rev => record('order', 'z', rev),
        rev => record('order', 'y', rev),
        rev => record('note', 'n', rev),
      )
      await put(
        storage,
        rev => record('order', 'z', rev, { deleted: true }),
        rev => tombstone('order', 'x', rev),
      )
      await storage.snapshot(async view => {
        expect(ids(await view.since('order', 0, 10))).toEqual(['y', 'z', 'x'])
        expect(ids(await view.since('order', 2, 10))).toEqual(['z', 'x'])
        expect(ids(await view.since('order', 2, 1))).toEqual(['z'])
        expect((await view.since('order', 3, 1))[0]).toEqual(record('order', 'z', 4, { deleted: true }))
        expect(await view.since('order', 5, 10)).toEqual([])
        expect(await view.since('order', 0, 0)).toEqual([])
      })
    })

    it('pages the answered edits about one record in order of their ids, those of its namesakes apart', async () => {
      const { storage } = subject()
      const about = (id: string, record: string, table = 'order') =>
        edit(id, { status: 'applied', rev: 1 }, { id: record, table })
      const edits = [
        about('e3', 'r1'),
        about('e1', 'r1'),
        about('e2', 'r2'),
        about('e4', 'r1', 'note'),
        about('é', 'r1'),
      ]
      await write(storage, { head: { rev: 1, commit: commitId(1) }, edits })
      await storage.snapshot(async view => {
        const of = async (after: string, limit: number) =>
          (await view.editsOf({ table: 'order', id: 'r1' }, after, limit)).map(found => found.edit)
        expect(await of('', 10)).toEqual(['e1', 'e3', 'é'])
        expect(await of('e1', 1)).toEqual(['e3'])
        expect(await of('é', 10)).toEqual([])
        expect(await view.editsOf({ table: 'note', id: 'r1' }, '', 1)).toEqual([edits[3]])
      })
    })

    it('names the commit of each revision, and none for those this history does not have', async () => {
      const { storage } = subject()
      await put(storage, rev => record('order', 'a', rev))
      await put(storage, ...['b', 'c', 'd'].map(id => (rev: number) => record('order', id, rev)))
      await storage.snapshot(async view => {
        expect(view.head).toEqual({ rev: 4, commit: commitId(4) })
        const named = await Promise.all([-1, 0, 1, 2, 3, 4, 5].map(rev => view.commitOf(rev)))
        expect(named).toEqual([undefined, '', commitId(1), commitId(4), commitId(4), commitId(4), undefined])
      })
    })

    it('counts live rows per table: deleted and purged ones do not count, revived ones do', async () => {
      const { storage } = subject()
      await put(storage, ...['a', 'b', 'c'].map(id => (rev: number) => record('order', id, rev)), rev =>
        record('note', 'n', rev),
      )
      await put(
        storage,
        rev => record('order', 'a', rev, { deleted: true }),
        rev => tombstone('note', 'n', rev),
      )
      const counts = async (): Promise<unknown> => Object.fromEntries(await storage.snapshot(view => view.counts()))
      expect(await counts()).toEqual({ order: 2 })
      await put(storage, rev => record('order', 'a', rev))
      expect(await counts()).toEqual({ order: 3 })
    })

    it('[OB16] lists refused and held edits newest first, and no others', async () => {
      const { storage } = subject()
      const rejected = edit(
        'e1',
        { status: 'rejected', code: 'invalid', message: 'no', column: 'status' },
        { received: 10 },
      )
      const held = edit('e2', { status: 'held', by: 'e1' }, { received: 30 })
      const twin = edit('e3', { status: 'rejected', code: 'other', message: '' }, { received: 30 })
      await write(storage, {
        edits: [
          rejected,
          held,
          twin,
          edit('e4', { status: 'applied', rev: 1 }, { received: 40 }),
          edit('e5', { status: 'lost', rev: 1, to: 1, conflict: 'e5' }, { received: 50 }),
          edit('e6', { status: 'withdrawn' }, { received: 60 }),
        ],
      })
      expect(await storage.snapshot(view => view.refused(10))).toEqual([twin, held, rejected])
      expect(await storage.snapshot(view => view.refused(2))).toEqual([twin, held])
      await write(storage, { edits: [{ ...held, outcome: { status: 'withdrawn' } }] })
      expect(await storage.snapshot(view => view.refused(10))).toEqual([twin, rejected])
    })

    it('looks edits up by id, whole, in the order asked for', async () => {
      const { storage } = subject()
      const one = edit('e1', { status: 'applied', rev: 1 }, { seq: 7, kind: 'create', amends: 'e0' })
      const two = edit('e2', { status: 'held', by: 'e1', question: { theirs: { a: 1 }, theirsDeleted: false, rev: 3 } })
      await write(storage, { edits: [one, two] })
      expect(await storage.snapshot(view => view.edits(['e2', 'nobody', 'e1']))).toStrictEqual([two, one])
    })

    it('keeps one ledger entry per edit, filtered by table and record, newest revision first', async () => {
      const { storage } = subject()
      const parked = conflict('e1', 2, { status: 'held', strategy: 'ask' })
      const other = conflict('e2', 5, { record: 'r2' })
      const note = conflict('e3', 4, { table: 'note' })
      await write(storage, { ledger: [parked, other, note] })
      const read = (filter: { table?: string; record?: string }, limit = 10): Promise<string[]> =>
        storage.snapshot(async view => (await view.ledger({ ...filter, limit })).map(entry => entry.edit))
      expect(await storage.snapshot(view => view.ledger({ limit: 10 }))).toEqual([other, note, parked])
      expect(await read({}, 1)).toEqual(['e2'])
      expect(await read({ table: 'order' })).toEqual(['e2', 'e1'])
      expect(await read({ table: 'order', record: 'r1' })).toEqual(['e1'])
      expect(await read({ record: 'r1' })).toEqual(['e3', 'e1'])
      expect(await read({ table: 'note', record: 'r2' })).toEqual([])
      const settled = conflict('e1', 9, { strategy: 'ask' })
      await write(storage, { ledger: [settled] })
      expect(await storage.snapshot(view => view.ledger({ limit: 10 }))).toEqual([settled, other, note])
    })

    it('keeps named entries: written, replaced, listed by id, removed', async () => {
      const { storage } = subject()
      const entry = (id: string, value: unknown): { kind: string; id: string; value: unknown } => ({
        kind: 'user',
        id,
        value,
      })
      await write(storage, {
        entries: [entry('b', null), entry('a', { deep: [1, 'ü'] }), { kind: 'team', id: 'a', value: 0 }],
      })
      await write(storage, { entries: [entry('b', 'new')] })
      expect(await storage.snapshot(view => view.entries('user'))).toEqual([
        entry('a', { deep: [1, 'ü'] }),
        entry('b', 'new'),
      ])
      await write(storage, { removedEntries: [entry('a', 0), entry('nobody', 0)], entries: [entry('c', 3)] })
      await storage.snapshot(async view => {
        expect(await view.entry('user', 'a')).toBeUndefined()
        expect(await view.entry('user', 'c')).toEqual(entry('c', 3))
        expect(await view.entry('team', 'a')).toEqual({ kind: 'team', id: 'a', value: 0 })
      })
      await write(storage, { removedEntries: [entry('c', 0)], entries: [entry('c', 4)] })
      expect(await storage.snapshot(view => view.entry('user', 'c'))).toEqual(entry('c', 4))
    })

    it('takes any text as table, id and kind: they are values, never SQL', async () => {
      const { storage } = subject()
      const odd = `'; drop table record; -- "x" \\ %_ \u0000 end`
      await put(storage, rev => record(odd, odd, rev))
      await write(storage, { entries: [{ kind: odd, id: odd, value: odd }] })
      await storage.snapshot(async view => {
        expect(await view.page(odd, '', 10)).toEqual([record(odd, odd, 1)])
        expect([...(await view.counts())]).toEqual([[odd, 1]])
        expect(await view.entries(odd)).toEqual([{ kind: odd, id: odd, value: odd }])
      })
    })
  })
}

const schema = (() => {
  const compiled = compileSchema({
    tables: ['order', 'early', 'late'].map(table => ({
      name: table,
      ownership: 'none',
      primaryKey: 'key',
      primaryName: 'name',
      columns: [
        { name: 'key', type: 'guid' },
        { name: 'name', type: 'string' },
        { name: 'hours', type: 'number' },
        { name: 'status', type: 'choice', choices: [{ value: 1, label: 'open' }] },
        { name: 'owner', type: 'guid' },
      ],
    })),
  })
  if (!compiled.ok) throw new Error('the schema of this suite is wrong')
  return compiled.value
})()

const name = { kind: 'column', column: schema.tables.get('order')!.byName.get('name')! } as const
