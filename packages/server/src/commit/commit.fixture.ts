import {
  clientId,
  type Edit,
  type Command,
  commandsOf,
  type EditKind,
  type Fields,
  type LedgerEntry,
  nowhere,
  type Person,
  readFlat,
  recordWrites,
  type SchemaSource,
  type StrategyName,
  unpackEnvelope,
  type Value,
} from '@rejoin/profile'
import { compileEnvironment, type Environment, type Settings } from '../environment/environment.ts'
import type { CodeRule } from '../rules/code-rule.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import type { Storage, StoredEdit } from '../storage/storage.ts'
import { type Committed, type Committer, createCommitter } from './committer.ts'
import type { Author, Judged, WriteKind } from './submission.ts'

/** A relay's commit path over a database in memory, and devices that record real edits on what it states. */

export const schema: SchemaSource = {
  tables: [
    {
      name: 'job',
      ownership: 'user',
      primaryKey: 'jobid',
      primaryName: 'title',
      columns: [
        { name: 'jobid', type: 'guid' },
        { name: 'title', type: 'string', maxLength: 100, required: true },
        { name: 'status', type: 'string' },
        { name: 'hours', type: 'number' },
        { name: 'cost', type: 'money' },
        { name: 'ownerid', type: 'lookup', target: 'user', external: true },
      ],
    },
  ],
  roles: [
    {
      name: 'technician',
      tables: {
        job: { create: 'all', read: 'all', write: 'own', delete: 'own', hidden: ['cost'], readonly: ['cost'] },
      },
    },
    { name: 'office', tables: { job: { create: 'all', read: 'all', write: 'all', delete: 'all' } } },
  ],
}

export const ana: Person = { id: 'ana', name: 'Ana', teams: [], roles: ['technician'] }
export const bo: Person = { id: 'bo', name: 'Bo', teams: [], roles: ['office'] }

export interface Relay {
  readonly storage: Storage
  readonly committer: Committer
  readonly published: Committed[]
  /** what the commit path reported as its own */
  readonly bugs: unknown[]
  content(id: string): Promise<{ fields: Fields; deleted: boolean; rev: number } | undefined>
  edit(id: string): Promise<StoredEdit | undefined>
  ledger(): Promise<LedgerEntry[]>
  online(id: string, kind: WriteKind, values: Fields, person?: Person): Promise<Judged>
  close(): Promise<void>
}

interface Extras {
  readonly commands?: readonly Command[]
  readonly rules?: readonly CodeRule[]
  readonly settings?: Partial<Settings>
}

export const openRelay = async (
  strategy: StrategyName = 'clientWins',
  authority = 5 * 256,
  { commands = [], rules = [], settings = {} }: Extras = {},
): Promise<Relay> => {
  let commits = 0
  let online = 0
  const newId = (): string => (++commits).toString(16).padStart(16, '0')
  const storage = await openSqliteStorage({ path: ':memory:', newId })
  const environment: Environment = compileEnvironment({
    schema,
    settings: { strategy, strategies: {}, ...settings },
    people: [ana, bo],
    profiles: [],
  })
  const published: Committed[] = []
  const bugs: unknown[] = []
  const committer = createCommitter({
    storage,
    environment: () => environment,
    commands: commandsOf(commands),
    rules,
    authority,
    now: () => 1_000,
    newCommit: newId,
    publish: committed => void published.push(committed),
    log: error => void bugs.push(error),
  })
  return {
    storage,
    committer,
    published,
    bugs,
    content: async id => {
      const [stored] = await storage.snapshot(view => view.records([{ table: 'job', id }]))
      if (stored === undefined) return undefined
      const confirmed = unpackEnvelope(stored.envelope)
      return { ...readFlat(confirmed.bytes), rev: confirmed.rev }
    },
    edit: async id => (await storage.snapshot(view => view.edits([id])))[0],
    ledger: () => storage.snapshot(view => view.ledger({ limit: 100 })),
    online: async (id, kind, values, person = bo) => {
      const write = {
        from: 'online',
        id: `online-${++online}`,
        person,
        kind,
        table: 'job',
        record: id,
        values,
      } as const
      const [judged] = await committer.submit([write])
      return judged!
    },
    close: () => storage.close(),
  }
}

export interface Device {
  readonly author: Author
  /** takes what the relay states as confirmed */
  pull(id: string): Promise<void>
  /** records an edit on the work document, as a device does */
  edit(id: string, kind: EditKind, values: Fields, more?: Partial<Edit>): Edit
  /** throws away what is pending on a record, and its client id with it */
  drop(id: string): void
  push(...edits: Edit[]): Promise<readonly Judged[]>
}

export const createDevice = (relay: Pick<Relay, 'storage' | 'committer'>, person: Person, number: number): Device => {
  const author: Author = { person, device: number.toString(16).padStart(16, '0'), prefixes: [1_000 + number] }
  const confirmed = new Map<string, ReturnType<typeof unpackEnvelope>>()
  const pending = new Map<string, Edit[]>()
  const index = new Map<string, number>()
  let seq = 0
  const present = (id: string): Record<string, Value> => {
    const base = confirmed.get(id)
    const fields: Record<string, Value> = base === undefined ? {} : { ...readFlat(base.bytes).fields }
    for (const { changes } of pending.get(id) ?? [])
      for (const [column, [, after]] of Object.entries(changes)) fields[column] = after
    return fields
  }
  return {
    author,
    pull: async id => {
      const [stored] = await relay.storage.snapshot(view => view.records([{ table: 'job', id }]))
      if (stored === undefined) return
      const next = unpackEnvelope(stored.envelope)
      confirmed.set(id, next)
      pending.set(
        id,
        (pending.get(id) ?? []).filter(edit => edit.seq > (next.settled[author.device] ?? 0)),
      )
    },
    edit: (id, kind, values, more = {}) => {
      const base = confirmed.get(id)
      const chain = pending.get(id) ?? []
      const before = present(id)
      const client = clientId(author.prefixes, index.get(id) ?? 0)!
      const work = [...(base === undefined ? [] : [base.bytes]), ...chain.map(({ update }) => update)]
      const writes = kind === 'delete' ? { $deleted: true } : values
      const { update } = recordWrites(`job/${id}`, work, client, writes)
      const changes = Object.fromEntries(
        Object.entries(kind === 'delete' ? {} : values).map(([column, after]) => [
          column,
          [before[column] ?? null, after] as const,
        ]),
      )
      seq++
      const edit: Edit = {
        id: `${author.device}-${seq}`,
        author: person.id,
        device: author.device,
        seq,
        tick: seq,
        at: 500,
        table: 'job',
        record: id,
        kind,
        base: base === undefined ? nowhere : { rev: base.rev, commit: base.commit },
        incarnation: kind === 'create' || base === undefined ? '' : base.incarnation,
        ...(chain.length === 0 ? {} : { after: chain.at(-1)!.id }),
        changes,
        update,
        ...(kind === 'update' ? { image: { ...before, ...values } } : {}),
        ...more,
      }
      pending.set(id, [...chain, edit])
      return edit
    },
    drop: id => {
      pending.delete(id)
      index.set(id, (index.get(id) ?? 0) + 1)
    },
    push: (...edits) => relay.committer.submit(edits.map(edit => ({ from: 'device', edits: [edit], author }))),
  }
}
