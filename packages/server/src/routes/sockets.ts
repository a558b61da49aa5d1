import { type HttpBindings, upgradeWebSocket, type WebSocketServerLike } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { limits } from '../session/limits.ts'

/**
 * Websockets behind Hono. Listeners sit on the `ws` socket itself, from the moment it opens: the adapter copies every
 * message, hides `bufferedAmount` and pings, and turns an async handler that rejects into the end of the process.
 */
export interface Sockets {
  /** goes into `serve({ websocket: { server } })` */
  readonly server: WebSocketServerLike
  /** a route's last handler: upgrades the request and hands both ends to each other */
  upgrade(open: (socket: Socket, context: Context<SocketEnv>) => SocketEnd): MiddlewareHandler
  /** once a second: pings, and ends sockets that are dead */
  tick(now: number): void
  count(): number
  /** ends every socket, those at once that do not answer the close */
  close(): Promise<void>
}

export interface SocketEnv {
  Bindings: HttpBindings
}

export interface Socket {
  send(frame: Uint8Array): void
  close(code: number, reason: string): void
  buffered(): number
}

/** What a route makes of a socket. None of it may throw; it is called in order. */
export interface SocketEnd {
  receive(frame: Uint8Array): void
  closed(): void
}

const PING_EVERY = 20_000
/** how long a socket may take to answer a close, and how long when the relay itself stops, ms */
const CLOSING = 5_000
const STOPPING = 500
/** the largest close reason, bytes */
const REASON = 123

export const createSockets = (protocols: readonly string[], log: (error: unknown) => void): Sockets => {
  const open = new Map<WebSocket, { missed: number }>()
  let pinged = 0
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.frameBytes,
    maxFragments: limits.fragments,
    maxBufferedChunks: 1_024,
    perMessageDeflate: false,
    // Never echoes an offer that is not a name of ours: it may be a token.
    handleProtocols: offered => protocols.find(name => offered.has(name)) ?? false,
  })

  const attach = (raw: WebSocket, end: (socket: Socket) => SocketEnd): void => {
    const alive = { missed: 0 }
    open.set(raw, alive)
    raw.on('error', () => raw.terminate())
    raw.on('pong', () => {
      alive.missed = 0
    })
    const close = (code: number, reason: string): void => {
      raw.close(code, reason.slice(0, REASON))
      setTimeout(() => raw.terminate(), CLOSING).unref()
    }
    const made = end({
      send: frame => {
        if (raw.readyState === raw.OPEN) raw.send(frame, { binary: true })
      },
      close,
      buffered: () => raw.bufferedAmount,
    })
    raw.on('message', (data, isBinary) => {
      alive.missed = 0
      if (raw.readyState !== raw.OPEN) return
      if (isBinary) made.receive(bytesOf(data))
      else close(1003, 'frames are binary')
    })
    raw.on('close', () => {
      open.delete(raw)
      made.closed()
    })
  }

  return {
    // ws's own types leave open whether an option is set
    server: server as WebSocketServerLike,
    upgrade: end =>
      upgradeWebSocket(
        context => ({
          onOpen: (_event, { raw }) => attach(raw as unknown as WebSocket, socket => end(socket, context)),
        }),
        { onError: log },
      ),
    tick: now => {
      if (now - pinged < PING_EVERY) return
      pinged = now
      for (const [raw, alive] of open) {
        if (alive.missed >= 2) raw.terminate()
        else if (raw.readyState === raw.OPEN) {
          alive.missed++
          raw.ping()
        }
      }
    },
    count: () => open.size,
    close: async () => {
      for (const raw of open.keys()) raw.close(1001, 'the relay is stopping')
      const until = Date.now() + STOPPING
      while (open.size > 0 && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 10))
      for (const raw of open.keys()) raw.terminate()
    },
  }
}

/** A plain view: Buffer's `slice` shares memory where a Uint8Array's copies. */
const bytesOf = (data: RawData): Uint8Array => {
  const buffer = Array.isArray(data) ? Buffer.concat(data) : data
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer)
    : new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
