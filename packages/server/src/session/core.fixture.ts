import {
  decodeDown,
  type Down,
  encodeUp,
  type Filter,
  freshDocument,
  type Holding,
  packEnvelope,
  type SchemaSource,
  type Up,
} from '@rejoin/profile'
import { type Core, createCore } from '../core.ts'
import { environmentEntries } from '../environment/environment.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import type { Storage, StoredRecord, View } from '../storage/storage.ts'

const schema: SchemaSource = {
  tables: [
    {
      name: 'task',
      ownership: 'organization',
      primaryKey: 'taskid',
      primaryName: 'title',
      columns: [
        { name: 'taskid', type: 'guid' },
        { name: 'title', type: 'string' },
        { name: 'due', type: 'datetime' },
      ],
    },
  ],
  roles: [{ name: 'field', tables: { task: { create: 'all', read: 'all', write: 'all', delete: 'all' } } }],
}

/** A relay without sockets whose clock stands, and the other ends of its sessions. */
export interface Bench {
  readonly core: Core
  readonly storage: Storage
  /** rows asked of storage in one go, as they were asked */
  readonly reads: readonly { readonly rows: number; readonly pauses: number }[]
  readonly pauses: () => number
  skip(ms: number): void
  write(id: string, title: string, due?: string): Promise<void>
  connect(user: string, device: string, holdings?: readonly Holding[]): End
  close(): Promise<void>
}

export interface End {
  readonly got: readonly Down[]
  readonly codes: readonly number[]
  send(message: Up): Promise<void>
  of<T extends Down['type']>(type: T): Extract<Down, { type: T }>[]
}

/** @param rows there from the start: `T000000`, `T000001` …, one revision each, of one commit */
export const openBench = async ({ where, rows = 0 }: { where?: Filter; rows?: number } = {}): Promise<Bench> => {
  let ids = 0
  let clock = Date.parse('2026-03-10T12:00:00Z')
  let pauses = 0
  const reads: { rows: number; pauses: number }[] = []
  const newId = (): string => (++ids).toString(16).padStart(16, '0')
  const storage = await openSqliteStorage({ path: ':memory:', newId })
  const filter = where === undefined ? { kind: 'all' as const } : { kind: 'custom' as const, where }
  const entries = environmentEntries({
    schema,
    settings: { strategy: 'clientWins', strategies: {} },
    people: ['ana', 'ben'].map(id => ({ id, name: id, teams: [], roles: ['field'] })),
    profiles: [
      { profile: { name: 'all', version: 1, items: [{ table: 'task', filter }] }, members: { everyone: true } },
    ],
  })
  await storage.commit({}, () => ({ result: undefined, entries }))
  if (rows > 0) await fill(storage, rows)
  const counted = (view: View): View => ({
    ...view,
    head: view.head,
    index: async (table, after, limit) => {
      const found = await view.index(table, after, limit)
      reads.push({ rows: found.length, pauses })
      return found
    },
  })
  const core = await createCore({
    storage: { ...storage, snapshot: read => storage.snapshot(view => read(counted(view))) },
    identity: { verify: async token => ({ ok: true, user: token, expires: clock + 1e9 }) },
    now: () => clock,
    random: length => crypto.getRandomValues(new Uint8Array(length)),
    log: error => {
      throw error
    },
    pause: async () => {
      pauses++
      await new Promise(resolve => setImmediate(resolve))
    },
  })
  return {
    core,
    storage,
    reads,
    pauses: () => pauses,
    skip: ms => {
      clock += ms
    },
    write: async (record, title, due) => {
      const person = core.environment().person('ben')!
      const known = (await storage.snapshot(view => view.records([{ table: 'task', id: record }]))).length > 0
      const kind = known ? 'update' : 'create'
      const [judged] = await core.committer.submit([
        {
          from: 'online',
          id: newId(),
          person,
          kind,
          table: 'task',
          record,
          values: due === undefined ? { title } : { title, due },
        },
      ])
      if (judged?.answer.status !== 'applied') throw new Error(`not written: ${JSON.stringify(judged)}`)
    },
    connect: (user, device, holdings = []) => {
      const got: Down[] = []
      const codes: number[] = []
      const session = core.connect({
        send: frame => got.push(decodeDown(frame)),
        close: code => codes.push(code),
        buffered: () => 0,
      })
      const send = (message: Up): Promise<void> => session.receive(encodeUp(message))
      void send({
        type: 'hello',
        token: user,
        device,
        app: 'test',
        schema: 0,
        profile: 0,
        ids: 0,
        live: true,
        holdings,
      })
      return { got, codes, send, of: type => got.filter(each => each.type === type) as never }
    },
    close: () => core.close(),
  }
}

const fill = async (storage: Storage, count: number): Promise<void> => {
  const commit = FILLED
  const bytes = freshDocument({}, 256)
  const records = Array.from({ length: count }, (_, n): StoredRecord => {
    const rev = n + 1
    const confirmed = { rev, commit, bytes, changed: rev, incarnation: commit, columns: {}, recent: [], settled: {} }
    const row = { table: 'task', id: idAt(n), rev, deleted: false, purged: false, json: '{}' }
    return { ...row, envelope: packEnvelope(confirmed) }
  })
  await storage.commit({}, () => ({ result: undefined, head: { rev: count, commit }, records }))
}

/** The commit of the rows that are there from the start. */
export const FILLED: string = 'c'.repeat(16)
export const idAt = (n: number): string => `T${String(n).padStart(6, '0')}`

export const until = async (holds: () => boolean): Promise<void> => {
  for (const started = Date.now(); !holds();) {
    if (Date.now() - started > 10_000) throw new Error('still not so after 10 s')
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}
