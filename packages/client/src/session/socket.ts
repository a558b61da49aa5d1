/** The network as a device needs it. The simulator and tests bring their own. */
export interface Socket {
  send(frame: Uint8Array): void
  close(code?: number): void
}

export interface SocketHandlers {
  opened(): void
  message(frame: Uint8Array): void
  /** called once, also when it never opened */
  closed(code: number): void
}

/** Begins to connect; everything after that comes through the handlers, never before this returns. */
export type Connect = (handlers: SocketHandlers) => Socket

/** The part of the WebSocket API that browsers and `ws` share. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  send(data: Uint8Array<ArrayBuffer>): void
  close(code?: number): void
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
}

const OPEN = 1

/** @param open makes a WebSocket to the relay's /sync */
export const connectWebSocket =
  (open: () => WebSocketLike): Connect =>
  handlers => {
    const socket = open()
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => handlers.opened()
    socket.onmessage = (event: { readonly data: unknown }) => {
      // Anything else than bytes is no frame: read as an empty one, it ends the session as damaged.
      handlers.message(event.data instanceof ArrayBuffer ? new Uint8Array(event.data) : new Uint8Array())
    }
    socket.onclose = (event: { readonly code: number }) => {
      socket.onclose = null
      handlers.closed(event.code)
    }
    // The close that follows says all there is to say; without a listener `ws` would throw.
    socket.onerror = () => {}
    return {
      send: frame => {
        if (socket.readyState === OPEN) socket.send(frame as Uint8Array<ArrayBuffer>)
      },
      // Codes a relay closes with are not all codes an API may close with.
      close: code => socket.close(code !== undefined && code >= 4000 ? code : 1000),
    }
  }

/** `https://host/base` -> `wss://host/base/sync` */
export const syncUrl = (url: string): string => {
  const at = new URL(url)
  at.protocol = at.protocol === 'https:' || at.protocol === 'wss:' ? 'wss:' : 'ws:'
  at.pathname = `${at.pathname.replace(/\/$/, '')}/sync`
  return at.href
}
