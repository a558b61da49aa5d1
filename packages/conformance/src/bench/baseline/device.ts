import { WebSocket } from 'ws'
import type { Change, Down, Row, Up } from './messages.ts'
import type { BaselineStore } from './store.ts'

/** A device of the baseline: parses what comes, stores it in one transaction per message, then says so. */
export interface BaselineDevice {
  readonly store: BaselineStore
  readonly rev: number
  /** websocket payload since the device connected */
  readonly traffic: { readonly sent: number; readonly received: number }
  /** resolves when everything after `since` is stored; the device is live from then on */
  sync(since: number): Promise<void>
  /** one message, one transaction of the relay; resolves with its acknowledgement */
  send(changes: readonly Change[]): Promise<void>
  /** resolves when `rows` more changed rows of others have been stored */
  stored(rows: number): Promise<void>
  /** leaves; the store stays open */
  close(): Promise<void>
}

interface Waiter {
  readonly resolve: () => void
  readonly reject: (fault: Error) => void
}

export const connectDevice = async (url: string, store: BaselineStore): Promise<BaselineDevice> => {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const traffic = { sent: 0, received: 0 }
  const acks = new Map<number, Waiter>()
  let rev = 0
  let message = 0
  let synced: Waiter | undefined
  let awaited: (Waiter & { rows: number }) | undefined

  const keep = (rows: readonly Row[]): void => {
    store.put(rows)
    if (awaited === undefined) return
    awaited.rows -= rows.length
    if (awaited.rows <= 0) awaited.resolve()
  }
  const hear = (down: Down): void => {
    if (down.kind === 'page') return store.put(down.rows)
    if (down.kind === 'changed') return keep(down.rows)
    rev = down.rev
    if (down.kind === 'synced') return synced?.resolve()
    acks.get(down.message)?.resolve()
    acks.delete(down.message)
  }
  socket.on('message', data => {
    const text = data.toString()
    traffic.received += Buffer.byteLength(text)
    hear(JSON.parse(text) as Down)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const gone = new Promise<void>(resolve => socket.once('close', () => resolve()))
  void gone.then(() => {
    const fault = new Error('the relay closed the connection of a baseline device')
    for (const waiter of [...acks.values(), synced, awaited]) waiter?.reject(fault)
  })
  const say = (up: Up): void => {
    const text = JSON.stringify(up)
    traffic.sent += Buffer.byteLength(text)
    socket.send(text)
  }

  return {
    store,
    traffic,
    get rev() {
      return rev
    },
    sync: since =>
      new Promise<void>((resolve, reject) => {
        synced = { resolve, reject }
        say({ kind: 'sync', since })
      }),
    send: changes =>
      new Promise<void>((resolve, reject) => {
        message += 1
        acks.set(message, { resolve, reject })
        say({ kind: 'edits', message, changes })
      }),
    stored: rows =>
      new Promise<void>((resolve, reject) => {
        awaited = { rows, resolve, reject }
      }),
    close: () => {
      socket.close()
      return gone
    },
  }
}
