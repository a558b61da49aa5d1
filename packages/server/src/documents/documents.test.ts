import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as encoding from 'lib0/encoding'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { type Opened, openRelay, refusalOf } from '../routes/relay.fixture.ts'
import { answerFrame, updateFrame } from './message.ts'
import { openSqliteDocuments } from './sqlite.ts'
import type { DocumentStorage } from './storage.ts'

let opened: Opened
let url: string
let storage: DocumentStorage
let folder: string
const providers: WebsocketProvider[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoin-documents-'))
  await open()
  await opened.ask('olga', '/api/tables/visit', {
    method: 'POST',
    json: { id: 'v1', values: { title: 'Pump', ownerid: 'fritz' } },
  })
})
afterEach(async () => {
  for (const provider of providers.splice(0)) provider.destroy()
  await opened.close()
  await rm(folder, { recursive: true })
})

const open = async (): Promise<void> => {
  storage = openSqliteDocuments(join(folder, 'documents'))
  opened = await openRelay({ documents: storage })
  url = (await opened.serve()).url
}

interface Editor {
  readonly doc: Y.Doc
  readonly text: Y.Text
  readonly provider: WebsocketProvider
  readonly closed: Promise<{ readonly code: number }>
}

const edit = async (user: string, place = 'visit/v1/report', doc = new Y.Doc()): Promise<Editor> => {
  const provider = new WebsocketProvider(`${url.replace('http', 'ws')}/documents`, place, doc, {
    protocols: ['rejoin.document', `rejoin.token.${await opened.issuer.token(user)}`],
    WebSocketPolyfill: WebSocket as never,
    disableBc: true,
  })
  providers.push(provider)
  const closed = new Promise<{ code: number }>(resolve => {
    provider.on('connection-close', event => resolve({ code: event?.code ?? 0 }))
  })
  return { doc, text: doc.getText('text'), provider, closed }
}
const synced = (editor: Editor) => expect.poll(() => editor.provider.synced).toBe(true)
const change = (json: unknown, method = 'PATCH'): Promise<Response> =>
  opened.ask('olga', '/api/tables/visit/v1', { method, ...(json === undefined ? {} : { json }) })

/** A bare socket on a document, for what no provider sends. */
const raw = async (user: string, place = 'visit/v1/report'): Promise<{ socket: WebSocket; code: Promise<number> }> => {
  const token = await opened.issuer.token(user)
  const address = `${url.replace('http', 'ws')}/documents/${place}`
  const socket = new WebSocket(address, ['rejoin.document', `rejoin.token.${token}`])
  const code = new Promise<number>(resolve => socket.on('close', resolve))
  await new Promise(resolve => socket.once('open', resolve))
  return { socket, code }
}

test('two stock providers write one text and see each other; what they wrote outlives the relay', async () => {
  const a = await edit('fritz')
  const b = await edit('olga')
  await synced(a)
  await synced(b)
  a.text.insert(0, 'Pump ')
  await expect.poll(() => b.text.toString()).toBe('Pump ')
  b.text.insert(5, 'replaced')
  await expect.poll(() => a.text.toString()).toBe('Pump replaced')
  a.provider.awareness.setLocalStateField('user', { name: 'Fritz' })
  await expect.poll(() => b.provider.awareness.getStates().get(a.doc.clientID)).toEqual({ user: { name: 'Fritz' } })
  a.provider.disconnect()
  await expect.poll(() => b.provider.awareness.getStates().has(a.doc.clientID)).toBe(false)
  b.provider.destroy()
  await opened.close()
  await open()
  await opened.ask('olga', '/api/tables/visit', { method: 'POST', json: { id: 'v1', values: { title: 'Pump' } } })
  const c = await edit('olga')
  await synced(c)
  expect(c.text.toString()).toBe('Pump replaced')
})

test('a document that is erased while somebody writes it stays gone, however slow the disk is', async () => {
  const a = await edit('fritz')
  await synced(a)
  a.text.insert(0, 'secret')
  a.text.insert(6, ' of hers')
  await expect.poll(async () => (await storage.load('visit/v1/report')).length).toBe(2)
  const { compact } = storage
  let compacted = 0
  const slow: DocumentStorage['compact'] = async (...call) => {
    await new Promise(resolve => setTimeout(resolve, 50))
    compacted++
    return compact(...call)
  }
  Object.assign(storage, { compact: slow })
  const json = { rows: [{ table: 'visit', id: 'v1' }], reason: 'asked' }
  expect((await opened.ask('boss', '/api/admin/erasures', { method: 'POST', json })).status).toBe(201)
  expect((await a.closed).code).toBe(4404)
  await expect.poll(() => compacted).toBe(1)
  await new Promise(resolve => setTimeout(resolve, 20))
  expect(await storage.load('visit/v1/report')).toEqual([])
})

test('what was written offline is merged by character when the provider connects', async () => {
  const a = await edit('fritz')
  await synced(a)
  a.text.insert(0, 'abc')
  await expect.poll(async () => (await storage.load('visit/v1/report')).length).toBe(1)
  a.provider.disconnect()
  a.text.insert(3, ' offline')
  const b = await edit('olga')
  await synced(b)
  b.text.insert(0, 'online ')
  a.provider.connect()
  await expect.poll(() => [a.text.toString(), b.text.toString()]).toEqual(Array(2).fill('online abc offline'))
})

test('an update is stored before anybody else hears of it', async () => {
  const order: string[] = []
  const append = storage.append.bind(storage)
  let let_through = (): void => {}
  const held = new Promise<void>(resolve => {
    let_through = resolve
  })
  storage.append = async (...call) => {
    await held
    const written = await append(...call)
    order.push('stored')
    return written
  }
  const a = await edit('fritz')
  const b = await edit('olga')
  await synced(a)
  await synced(b)
  b.doc.on('update', () => order.push('heard'))
  a.text.insert(0, 'x')
  // nobody is served it either while it is not stored
  const late = await edit('rita')
  await new Promise(resolve => setTimeout(resolve, 100))
  expect([b.text.toString(), late.text.toString(), late.provider.synced]).toEqual(['', '', false])
  let_through()
  await expect.poll(() => order).toEqual(['stored', 'heard'])
  await expect.poll(() => late.text.toString()).toBe('x')
})

test('a document that is not there and one that may not be seen are closed alike, with 4404, and not retried', async () => {
  const codes = await Promise.all(
    [
      ['flora', 'visit/v1/report'],
      ['flora', 'visit/none/report'],
      ['flora', 'visit/v1/title'],
      ['flora', 'visit/v1/none'],
      ['flora', 'none/v1/report'],
    ].map(async ([user, place]) => {
      const editor = await edit(user!, place)
      const { code } = await editor.closed
      return [code, editor.provider.shouldConnect]
    }),
  )
  expect(codes).toEqual(Array(5).fill([4404, false]))
})

test('without a good token nothing is read: 4401; a token in the address: 400 before the upgrade', async () => {
  const none = new WebSocket(`${url.replace('http', 'ws')}/documents/visit/v1/report`, ['rejoin.document'])
  expect(await new Promise(resolve => none.on('close', resolve))).toBe(4401)
  const forged = new WebSocket(`${url.replace('http', 'ws')}/documents/visit/v1/report`, [
    'rejoin.document',
    'rejoin.token.x',
  ])
  const heard: unknown[] = []
  forged.on('message', data => heard.push(data))
  expect(await new Promise(resolve => forged.on('close', resolve))).toBe(4401)
  expect(forged.protocol).toBe('rejoin.document')
  expect(heard).toEqual([])
  expect(await refusalOf(`${url}/documents/visit/v1/report?token=x`)).toBe(400)
  expect((await fetch(`${url}/documents/visit/v1/report`)).status).toBe(426)
})

test('a reader receives, and is closed with 4403 when he writes', async () => {
  const writer = await edit('fritz')
  await synced(writer)
  writer.text.insert(0, 'read this')
  const reader = await edit('rita')
  await expect.poll(() => reader.text.toString()).toBe('read this')
  reader.text.insert(0, 'no: ')
  expect((await reader.closed).code).toBe(4403)
  expect(writer.text.toString()).toBe('read this')
})

test('a document is closed at once when its record leaves the scope, is deleted, or the sign-in ends', async () => {
  const given = await edit('fritz')
  const office = await edit('olga')
  await synced(given)
  await synced(office)
  await change({ values: { ownerid: 'flora' } })
  expect((await given.closed).code).toBe(4404)
  expect(office.provider.wsconnected).toBe(true)
  await change(undefined, 'DELETE')
  expect((await office.closed).code).toBe(4404)
  await opened.ask('olga', '/api/tables/visit', { method: 'POST', json: { id: 'v1', values: { title: 'Again' } } })
  const again = await edit('olga')
  await synced(again)
  opened.skip(13 * 3600 * 1000)
  expect((await again.closed).code).toBe(4401)
})

test('a right that is taken away closes its documents within 5 s', async () => {
  const editor = await edit('fritz')
  await synced(editor)
  const { core } = opened.relay
  const person = { id: 'fritz', name: 'Fritz Field', teams: [], roles: [] }
  await core.storage.commit({}, () => ({
    result: undefined,
    entries: [{ kind: 'person', id: 'fritz', value: person }],
  }))
  await core.reload()
  const began = Date.now()
  expect((await editor.closed).code).toBe(4404)
  expect(Date.now() - began).toBeLessThan(5_000)
})

test('malformed messages close their socket only, and change nothing', async () => {
  const editor = await edit('olga')
  await synced(editor)
  editor.text.insert(0, 'whole')
  await expect.poll(async () => (await storage.load('visit/v1/report')).length).toBe(1)
  const gap = ((): Uint8Array => {
    const doc = new Y.Doc()
    doc.getText('text').insert(0, 'a')
    const before = Y.encodeStateVector(doc)
    doc.getText('text').insert(1, 'b')
    return Y.encodeStateAsUpdate(doc, before)
  })()
  const subdocument = new Y.Doc()
  subdocument.getMap('m').set('d', new Y.Doc())
  const frames: [Uint8Array, number][] = [
    [Uint8Array.of(), 1007],
    [Uint8Array.of(9), 1007],
    [Uint8Array.of(0, 7, 0), 1007],
    [Uint8Array.of(0, 2, 200, 1), 1007],
    [updateFrame(Uint8Array.of(1, 1, 1)), 1007],
    [answerFrame(gap), 1013],
    [updateFrame(Y.encodeStateAsUpdate(subdocument)), 1007],
    [Uint8Array.of(0, 0, 1, 255), 1007],
    [encoding.encode(encoder => encoding.writeUint8Array(encoder, Uint8Array.of(1, 3, 1, 5, 9))), 1007],
  ]
  for (const [frame, expected] of frames) {
    const { socket, code } = await raw('fritz')
    socket.send(frame)
    expect(await code, `frame ${frame.slice(0, 4).join(' ')}`).toBe(expected)
  }
  expect(editor.provider.wsconnected).toBe(true)
  const fresh = await edit('olga')
  await synced(fresh)
  expect(fresh.text.toString()).toBe('whole')
})

test('nobody speaks for the cursor of another', async () => {
  const a = await edit('fritz')
  const b = await edit('olga')
  await synced(a)
  await synced(b)
  a.provider.awareness.setLocalState({ name: 'Fritz' })
  await expect.poll(() => b.provider.awareness.getStates().get(a.doc.clientID)).toEqual({ name: 'Fritz' })
  const { socket } = await raw('olga')
  const forged = encoding.encode(encoder => {
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarUint(encoder, a.doc.clientID)
    encoding.writeVarUint(encoder, 1_000)
    encoding.writeVarString(encoder, JSON.stringify({ name: 'Mallory' }))
  })
  socket.send(
    encoding.encode(encoder => {
      encoding.writeVarUint(encoder, 1)
      encoding.writeVarUint8Array(encoder, forged)
    }),
  )
  a.provider.awareness.setLocalState({ name: 'Fritz again' })
  await expect.poll(() => b.provider.awareness.getStates().get(a.doc.clientID)).toEqual({ name: 'Fritz again' })
  socket.terminate()
})

test('the log is written as one snapshot now and then, and when the last editor leaves', async () => {
  const a = await edit('fritz')
  await synced(a)
  for (let n = 0; n < 30; n++) {
    a.text.insert(0, 'x')
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  await expect.poll(async () => (await storage.load('visit/v1/report')).length).toBe(30)
  a.provider.destroy()
  await expect.poll(async () => (await storage.load('visit/v1/report')).length).toBe(1)
  const b = await edit('olga')
  await synced(b)
  expect(b.text.toString()).toBe('x'.repeat(30))
})
