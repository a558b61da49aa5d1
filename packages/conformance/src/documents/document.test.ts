import 'fake-indexeddb/auto'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createRelay,
  environmentEntries,
  openDevelopmentIssuer,
  openSqliteDocuments,
  openSqliteStorage,
  serveRelay,
} from '@rejoin/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { IndexeddbPersistence } from 'y-indexeddb'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

/** A report column, edited by stock Yjs providers alone: y-websocket through the relay, y-indexeddb on the device. */
let folder: string
let relay: Awaited<ReturnType<typeof createRelay>>
let served: Awaited<ReturnType<typeof serveRelay>>
let token: string
const opened: { destroy(): unknown }[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoin-document-'))
  const storage = await openSqliteStorage({
    path: join(folder, 'relay.db'),
    newId: () => randomBytes(8).toString('hex'),
  })
  const columns = [
    { name: 'visitid', type: 'guid' as const },
    { name: 'title', type: 'string' as const },
    { name: 'report', type: 'document' as const },
  ]
  const visit = {
    name: 'visit',
    ownership: 'organization' as const,
    primaryKey: 'visitid',
    primaryName: 'title',
    columns,
  }
  const profile = { name: 'all', version: 1, items: [{ table: 'visit', filter: { kind: 'all' as const } }] }
  const entries = environmentEntries({
    schema: { tables: [visit] },
    settings: { strategy: 'serverWins', strategies: {} },
    people: [{ id: 'ana', name: 'Ana', teams: [], roles: [] }],
    profiles: [{ profile, members: { everyone: true } }],
  })
  await storage.commit({}, () => ({ result: undefined, entries }))
  const issuer = await openDevelopmentIssuer(storage)
  relay = await createRelay({ storage, issuer, documents: openSqliteDocuments(join(folder, 'documents')) })
  served = await serveRelay(relay, { port: 0 })
  token = await issuer.token('ana')
  const person = relay.core.environment().person('ana')!
  const values = { title: 'Pump' }
  await relay.core.committer.submit([
    { from: 'online', id: 'c1', person, kind: 'create', table: 'visit', record: 'V1', values },
  ])
})

afterEach(async () => {
  for (const each of opened.splice(0)) await each.destroy()
  await served.close()
  await rm(folder, { recursive: true, force: true })
})

const openReport = async (device: string, online: boolean) => {
  const doc = new Y.Doc()
  const kept = new IndexeddbPersistence(`${device}/visit/V1/report`, doc)
  await kept.whenSynced
  const provider = new WebsocketProvider(`${served.url.replace('http', 'ws')}/documents`, 'visit/V1/report', doc, {
    protocols: ['rejoin.document', `rejoin.token.${token}`],
    WebSocketPolyfill: WebSocket as never,
    disableBc: true,
    connect: online,
  })
  opened.push(provider)
  return {
    text: doc.getText('text'),
    provider,
    leave: async () => {
      provider.destroy()
      await kept.destroy()
      doc.destroy()
    },
  }
}

describe('a document column', () => {
  it('[DO1] opens through the stock y-websocket provider, with presence', async () => {
    const one = await openReport('tablet', true)
    const two = await openReport('phone', true)
    one.provider.awareness.setLocalStateField('user', { name: 'Ana' })
    one.text.insert(0, 'Seal replaced')
    await expect.poll(() => two.text.toString()).toBe('Seal replaced')
    const seen = () => [...two.provider.awareness.getStates().values()].some(state => state['user']?.name === 'Ana')
    await expect.poll(seen).toBe(true)
  })

  it('[DO2] is edited offline, survives a restart in y-indexeddb and merges by character when back, whatever the conflict setting', async () => {
    const office = await openReport('office', true)
    office.text.insert(0, 'Pump runs')
    const laptop = await openReport('laptop', true)
    await expect.poll(() => laptop.text.toString()).toBe('Pump runs')
    laptop.provider.disconnect()
    laptop.text.insert(0, 'Site 4: ')
    await new Promise(resolve => setTimeout(resolve, 50))
    await laptop.leave()
    office.text.insert(office.text.length, ' again')
    const again = await openReport('laptop', false)
    expect(again.text.toString()).toBe('Site 4: Pump runs')
    again.provider.connect()
    await expect.poll(() => again.text.toString()).toBe('Site 4: Pump runs again')
    await expect.poll(() => office.text.toString()).toBe('Site 4: Pump runs again')
  })
})
