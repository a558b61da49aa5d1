import { randomBytes } from 'node:crypto'
import {
  addRow,
  type Answered,
  askAbout,
  type Confirmed,
  decodeDown,
  type Down,
  type Edit,
  emptyFingerprint,
  encodeUp,
  type Fields,
  fingerprintText,
  type Holding,
  type Node,
  type Position,
  readFlat,
  recordWrites,
  root,
  type SchemaSource,
  type Synced,
  unpackEnvelope,
  unpackRows,
  type Up,
  type Value,
} from '@rejoin/profile'
import { type EnvironmentSource } from '../environment/environment.ts'

/** An environment in which who owns a job decides who holds it: rows enter and leave scopes as owners change. */
const schema: SchemaSource = {
  tables: [
    {
      name: 'job',
      ownership: 'user',
      primaryKey: 'jobid',
      primaryName: 'title',
      columns: [
        { name: 'jobid', type: 'guid' },
        { name: 'title', type: 'string' },
        { name: 'status', type: 'string' },
        { name: 'ownerid', type: 'lookup', targets: ['systemuser', 'team'], external: true },
      ],
    },
  ],
  roles: [
    { name: 'office', tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } } },
    { name: 'field', tables: { job: { create: 'own', read: 'own', write: 'own', delete: 'own' } } },
  ],
}

export const source: EnvironmentSource = {
  schema,
  settings: { strategy: 'clientWins', strategies: {} },
  people: [
    { id: 'olga', name: 'Olga', teams: [], roles: ['office'] },
    { id: 'ana', name: 'Ana', teams: [], roles: ['field'] },
    { id: 'ben', name: 'Ben', teams: [], roles: ['field'] },
  ],
  profiles: [
    {
      profile: { name: 'jobs', version: 1, items: [{ table: 'job', filter: { kind: 'all' } }] },
      members: { everyone: true },
    },
  ],
}

export const newId = (): string => randomBytes(8).toString('hex')

/** Opens a connection: what comes goes to `receive`; gives how to send. */
export type Dial = (receive: (frame: Uint8Array) => void) => Promise<(frame: Uint8Array) => void>

/** A device as bare as SPEC.md allows: it keeps rows, compares when told to, and speaks frames. */
export interface Device {
  /** connects with what it holds; resolves when it has compared and everything is equal */
  connect(dial: Dial): Promise<void>
  /** what it shows of a job; undefined where it holds none */
  job(id: string): Fields | undefined
  ids(): string[]
  confirmed(id: string): Confirmed | undefined
  /** an update of a job it holds, on what is confirmed */
  edit(id: string, values: Fields): Edit
  /** resolves with the answer, after its rows were taken; stays open while there is no connection */
  push(edit: Edit): Promise<Answered['answer']>
  /** everything that came, as it came */
  readonly frames: readonly Uint8Array[]
  /** how often it was told to compare */
  readonly compared: number
  readonly at: Position
}

export const createDevice = (user: string, token: string): Device => {
  const device = newId()
  const rows = new Map<string, Confirmed>()
  const frames: Uint8Array[] = []
  const waiting = new Map<string, { edit: Edit; answered: (answer: Answered['answer']) => void }>()
  let send: (message: Up) => void = () => {}
  let prefix = 0
  let columnSet = ''
  let at: Position | undefined
  let seq = 0
  let compared = 0
  let comparing = 0
  let ready = (): void => {}

  const take = (id: string, envelope: Uint8Array): void => {
    const next = unpackEnvelope(envelope)
    if (next.rev > (rows.get(id)?.rev ?? 0)) rows.set(id, next)
  }
  const states = () => [...rows].map(([id, { rev }]) => ({ id, rev }))
  const ask = (nodes: readonly Node[]): void => {
    comparing++
    send({ type: 'compare', table: 'job', ...askAbout(states(), nodes, columnSet) })
  }
  const synced = ({ tables, at: reached }: Synced): void => {
    compared++
    at = reached
    const sum = emptyFingerprint()
    for (const row of states()) addRow(sum, row, columnSet)
    const theirs = tables.find(({ table }) => table === 'job')
    if (theirs === undefined || theirs.fingerprint === fingerprintText(sum)) return ready()
    ask([root])
  }
  const receive = (message: Down): void => {
    switch (message.type) {
      case 'welcome':
        prefix = message.prefixes[0]!
        columnSet = message.tables[0]?.columnSet ?? ''
        for (const { edit } of waiting.values()) send({ type: 'push', edits: [edit] })
        return
      case 'page':
        for (const { id, envelope } of unpackRows(message.packed)) take(id, envelope)
        return send({ type: 'stored', pages: 1 })
      case 'synced':
        return synced(message)
      case 'compared':
        comparing--
        if (message.differing.length > 0) ask(message.differing)
        return comparing === 0 ? ready() : undefined
      case 'changes':
        for (const { id, envelope } of message.rows) take(id, envelope)
        for (const { id } of message.gone) rows.delete(id)
        if (message.at === undefined) send({ type: 'stored', pages: 1 })
        else at = message.at
        for (const { edit, answer } of message.answers) {
          waiting.get(edit)?.answered(answer)
          waiting.delete(edit)
        }
        return
      case 'plan':
      case 'pong':
      case 'stands':
      case 'refusal':
    }
  }

  return {
    frames,
    get compared() {
      return compared
    },
    get at() {
      return at ?? { rev: 0, commit: '' }
    },
    connect: async dial => {
      const done = new Promise<void>(resolve => {
        ready = resolve
      })
      comparing = 0
      const out = await dial(frame => {
        frames.push(frame)
        receive(decodeDown(frame))
      })
      send = message => out(encodeUp(message))
      const holdings: Holding[] = at === undefined ? [] : [{ table: 'job', state: 'complete', at, columnSet }]
      send({ type: 'hello', token, device, app: 'test', schema: 0, profile: 0, ids: 0, live: true, holdings })
      await done
    },
    job: id => {
      const held = rows.get(id)
      return held === undefined ? undefined : readFlat(held.bytes).fields
    },
    ids: () => [...rows.keys()].toSorted(),
    confirmed: id => rows.get(id),
    edit: (id, values) => {
      const base = rows.get(id)!
      const { fields } = readFlat(base.bytes)
      return {
        id: newId(),
        author: user,
        device,
        seq: ++seq,
        tick: seq,
        at: 0,
        table: 'job',
        record: id,
        kind: 'update',
        base: { rev: base.rev, commit: base.commit },
        incarnation: base.incarnation,
        changes: Object.fromEntries(
          Object.entries(values).map(([column, after]) => [column, [fields[column] ?? null, after] as [Value, Value]]),
        ),
        update: recordWrites(`job/${id}`, [base.bytes], prefix * 256, values).update,
        image: { ...fields, ...values },
      }
    },
    push: edit =>
      new Promise(answered => {
        waiting.set(edit.id, { edit, answered })
        send({ type: 'push', edits: [edit] })
      }),
  }
}

/** Waits until `holds` does, and fails with what there was instead. */
export const until = async (holds: () => boolean, say: () => unknown = () => '', within = 20_000): Promise<void> => {
  for (const started = Date.now(); !holds();) {
    if (Date.now() - started > within) throw new Error(`still not so after ${within} ms: ${JSON.stringify(say())}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
