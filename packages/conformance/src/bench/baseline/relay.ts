import type { Value } from '@rejoin/profile'
import { WebSocketServer, type WebSocket } from 'ws'
import { openDatabase } from './database.ts'
import { PAGE, type Change, type Up } from './messages.ts'

/**
 * The baseline's relay, a process of its own: `relay.ts FILE`. Each message of edits is one synchronous-FULL
 * transaction, then an acknowledgement to its author and the changed rows to everyone else who has synced.
 * Stored JSON goes out as stored, without being parsed.
 */
interface Stored {
  readonly id: string
  readonly rev: number
  readonly json: string
}

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: relay.ts FILE')

const database = openDatabase(file)
const read = database.prepare<[string], { json: string }>('SELECT json FROM record WHERE id = ?')
const write = database.prepare('UPDATE record SET rev = ?, json = ? WHERE id = ?')
const allAfter = database.prepare<[string, number], Stored>(
  'SELECT id, rev, json FROM record WHERE id > ? ORDER BY id LIMIT ?',
)
const changedSince = database.prepare<[number, number], Stored>(
  'SELECT id, rev, json FROM record WHERE rev > ? ORDER BY rev LIMIT ?',
)
let head = database.prepare<[], { rev: number }>('SELECT coalesce(max(rev), 0) AS rev FROM record').get()?.rev ?? 0

const rowText = ({ id, rev, json }: Stored): string => `["${id}",${rev},${json}]`
const framed = (kind: 'page' | 'changed', rows: readonly Stored[]): string =>
  `{"kind":"${kind}","rows":[${rows.map(rowText).join(',')}]}`

const apply = database.transaction((changes: readonly Change[]): Stored[] => {
  const rev = head + 1
  return changes.map(({ id, column, value }) => {
    const found = read.get(id)
    if (found === undefined) throw new Error(`no record ${id}`)
    const values = JSON.parse(found.json) as Record<string, Value>
    values[column] = value
    const json = JSON.stringify(values)
    write.run(rev, json, id)
    return { id, rev, json }
  })
})

const live = new Set<WebSocket>()

const sent = (socket: WebSocket, text: string): Promise<void> =>
  new Promise((resolve, reject) =>
    socket.send(text, fault => (fault === undefined || fault === null ? resolve() : reject(fault))),
  )

const sync = async (socket: WebSocket, since: number): Promise<void> => {
  let id = ''
  let rev = since
  for (;;) {
    const rows = since === 0 ? allAfter.all(id, PAGE) : changedSince.all(rev, PAGE)
    const last = rows.at(-1)
    if (last === undefined) break
    await sent(socket, framed('page', rows))
    id = last.id
    rev = last.rev
  }
  live.add(socket)
  await sent(socket, JSON.stringify({ kind: 'synced', rev: head }))
}

const receive = (socket: WebSocket, text: string): void => {
  const up = JSON.parse(text) as Up
  if (up.kind === 'sync') return void sync(socket, up.since).catch(() => socket.terminate())
  const rows = apply.immediate(up.changes)
  head += 1
  socket.send(JSON.stringify({ kind: 'ack', message: up.message, rev: head }))
  if (live.size === 0 || (live.size === 1 && live.has(socket))) return
  const news = framed('changed', rows)
  for (const other of live) if (other !== socket) other.send(news)
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
server.on('connection', socket => {
  socket.on('message', data => receive(socket, data.toString()))
  socket.on('close', () => live.delete(socket))
  socket.on('error', () => socket.terminate())
})
server.on('listening', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') console.log(`listening on ws://127.0.0.1:${address.port}`)
})
process.on('SIGTERM', () => {
  database.close()
  process.exit(0)
})
