import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person, SchemaSource, StrategyName } from '@rejoin/profile'
import Database from 'better-sqlite3'
import pino from 'pino'
import * as Y from 'yjs'
import { ana, bo, createDevice, type Device, schema } from '../commit/commit.fixture.ts'
import { shareEntry } from '../directory/directory.ts'
import { openSqliteDocuments } from '../documents/sqlite.ts'
import { type DocumentStorage, documentName } from '../documents/storage.ts'
import { environmentEntries } from '../environment/environment.ts'
import { createDevelopmentIssuer } from '../identity/identity.ts'
import { createRelay, type Relay } from '../relay.ts'
import { openSqliteStorage, type SqliteStorage } from '../storage/sqlite/sqlite.ts'
import { openErasureList } from './list.ts'

/** A relay over files, with a person's data in every place where Rejoin keeps any. */
export interface World {
  readonly folder: string
  /** the relay as it runs now */
  relay(): Relay
  storage(): SqliteStorage
  token(user: string): Promise<string>
  ask(user: string, path: string, json?: unknown): Promise<Response>
  erase(subject: object): Promise<Response>
  close(): Promise<void>
  /** closes it and serves the same files again */
  reopen(): Promise<void>
  keepBackup(): Promise<void>
  /** puts the database back as it was; what is kept outside it stays */
  restoreBackup(): Promise<void>
  dispose(): Promise<void>
}

const source: SchemaSource = {
  tables: [{ ...schema.tables[0]!, columns: [...schema.tables[0]!.columns, { name: 'report', type: 'document' }] }],
  roles: [
    ...schema.roles!.map(role => (role.name === 'office' ? { ...role, admin: true } : role)),
    { name: 'helper', tables: { job: { create: 'own', read: 'own', write: 'own', delete: 'own' } } },
  ],
}

/** Reads his own jobs alone. */
export const cy: Person = { id: 'cy', name: 'Cy', teams: [], roles: ['helper'] }

const everyJob = {
  profile: { name: 'all', version: 1, items: [{ table: 'job', filter: { kind: 'all' } }] },
  members: { everyone: true },
} as const

export const openWorld = async (strategy: StrategyName = 'ask'): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), 'rejoin-erasure-'))
  const path = join(folder, 'relay.db')
  const issuer = await createDevelopmentIssuer()
  let ids = 0
  const openAll = async (): Promise<{ relay: Relay; storage: SqliteStorage }> => {
    const storage = await openSqliteStorage({ path, newId: () => String(++ids).padStart(16, '0') })
    if ((await storage.snapshot(view => view.entries('environment'))).length === 0) {
      const settings = { strategy, strategies: {} }
      const entries = environmentEntries({ schema: source, settings, people: [ana, bo, cy], profiles: [everyJob] })
      await storage.commit({}, () => ({ result: undefined, entries }))
    }
    const documents = openSqliteDocuments(`${path}-documents`)
    const erasures = openErasureList(join(folder, 'erasures'))
    try {
      const relay = await createRelay({ storage, documents, erasures, issuer, log: pino({ level: 'silent' }) })
      return { relay, storage }
    } catch (error) {
      await Promise.all([storage.close(), documents.close()])
      throw error
    }
  }
  let open = await openAll()
  const ask: World['ask'] = async (user, to, json) =>
    open.relay.app.request(to, {
      headers: { authorization: `Bearer ${await issuer.token(user)}`, 'content-type': 'application/json' },
      ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
    })
  const close = (): Promise<void> => open.relay.close()
  const files = async (from: string, to: string): Promise<void> => {
    for (const name of await readdir(from))
      if (/^relay\.db(-documents)?$/.test(name)) await cp(join(from, name), join(to, name))
  }
  return {
    folder,
    relay: () => open.relay,
    storage: () => open.storage,
    token: user => issuer.token(user),
    ask,
    erase: subject => ask('bo', '/api/admin/erasures', { reason: 'she asked for it', ...subject }),
    close,
    reopen: async () => {
      await close().catch(() => undefined)
      open = await openAll()
    },
    keepBackup: async () => {
      await close()
      await cp(folder, `${folder}-backup`, { recursive: true })
      open = await openAll()
    },
    restoreBackup: async () => {
      await close()
      await files(`${folder}-backup`, folder)
      open = await openAll()
    },
    dispose: async () => {
      await close().catch(() => undefined)
      await rm(folder, { recursive: true })
      await rm(`${folder}-backup`, { recursive: true, force: true })
    },
  }
}

/** Words that stand in one record each time: as it is, as it was, in conflicts, refused, parked, in its document. */
export const CANARIES = ['WAS', 'IS', 'THEIRS', 'MINE', 'REFUSED', 'UNBORN', 'DOCUMENT'].map(word => `canary-${word}`)
export const KEPT = 'canary-KEPT'

/** @returns the device with an edit about the record that it has not sent */
export const fill = async (world: World): Promise<Device> => {
  const { committer } = world.relay().core
  const device = createDevice({ storage: world.storage(), committer }, bo, 1)
  const writer = createDevice({ storage: world.storage(), committer }, ana, 2)
  const other = createDevice({ storage: world.storage(), committer }, bo, 3)
  const statuses: string[] = []
  const push = async (from: Device, edit: ReturnType<Device['edit']>): Promise<void> => {
    for (const { answer } of await from.push(edit)) statuses.push(answer.status)
  }
  await push(device, device.edit('J1', 'create', { title: 'canary-WAS', status: 'canary-WAS' }))
  await push(other, other.edit('J3', 'create', { title: KEPT, status: 'canary-KEPT too' }))
  await device.pull('J1')
  await other.pull('J1')
  await push(other, other.edit('J1', 'update', { title: 'canary-IS', status: 'canary-THEIRS' }))
  await push(device, device.edit('J1', 'update', { status: 'canary-MINE' }))
  await other.pull('J1')
  await push(other, other.edit('J1', 'update', { title: null, status: 'canary-REFUSED' }))
  await push(writer, writer.edit('J2', 'create', { title: 'canary-UNBORN', cost: 1 }))
  if (statuses.join() !== 'applied,applied,applied,held,rejected,rejected') throw new Error(statuses.join())
  const share = shareEntry({ table: 'job', record: 'J1', with: 'ana', rights: ['read'] })
  await world.storage().commit({}, () => ({ result: undefined, entries: [share] }))
  await world.relay().core.reload()
  await inDocuments(world, documents =>
    documents.append(documentName('job', 'J1', 'report'), textUpdate('canary-DOCUMENT'), 0),
  )
  return device
}

export const inDocuments = async <T>(world: World, use: (documents: DocumentStorage) => Promise<T>): Promise<T> => {
  const documents = openSqliteDocuments(join(world.folder, 'relay.db-documents'))
  try {
    return await use(documents)
  } finally {
    await documents.close()
  }
}

export const textUpdate = (text: string): Uint8Array => {
  const doc = new Y.Doc({ guid: 'report' })
  doc.getText('report').insert(0, text)
  return Y.encodeStateAsUpdate(doc)
}

/** Every row of every table of every database, and what lies beside them: what anybody could read. */
export const everything = async ({ folder }: Pick<World, 'folder'>): Promise<Map<string, string>> => {
  const found = new Map<string, string>()
  for (const file of ['relay.db', 'relay.db-documents']) {
    const db = new Database(join(folder, file), { readonly: true })
    const tables = db.prepare<[], { name: string }>("select name from sqlite_schema where type = 'table'").all()
    for (const { name } of tables) {
      const rows = db.prepare<[], unknown[]>(`select * from "${name}"`).raw().all()
      found.set(
        name,
        rows
          .flat()
          .map(cell => (Buffer.isBuffer(cell) ? cell.toString('latin1') : String(cell)))
          .join('\n'),
      )
    }
    db.close()
  }
  found.set('list', await readFile(join(folder, 'erasures'), 'latin1').catch(() => ''))
  return found
}

/** Which words are where. */
export const traces = (found: ReadonlyMap<string, string>, words: readonly string[]): Record<string, string[]> =>
  Object.fromEntries(
    [...found]
      .map(([place, text]) => [place, words.filter(word => text.includes(word))] as const)
      .filter(([, words]) => words.length > 0),
  )

/** The bytes of every file, whatever they mean. */
export const bytesOf = async ({ folder }: Pick<World, 'folder'>): Promise<Map<string, string>> =>
  new Map(
    await Promise.all(
      (await readdir(folder)).map(async name => [name, await readFile(join(folder, name), 'latin1')] as const),
    ),
  )
