/** The network as a device needs it. The simulator and tests bring their own. */
export interface Socket {
  /** one message; dropped where the line is not open */
  send(frame: Uint8Array): void
  /** asks for the end; `closed` follows. Codes below 4000 are sent as 1000 */
  close(code?: number): void
}

/** How a line tells of itself. Calls come one after another, none after `closed`. */
export interface SocketHandlers {
  /** frames may be sent now */
  opened(): void
  /** one frame, whole */
  message(frame: Uint8Array): void
  /** called once, also when it never opened */
  closed(code: number): void
}

/** Begins to connect; everything after that comes through the handlers, never before this returns. */
export type Connect = (handlers: SocketHandlers) => Socket

/** The part of the WebSocket API that browsers and `ws` share. */
export interface WebSocketLike {
  /** is set to `arraybuffer` */
  binaryType: string
  /** 1: open */
  readonly readyState: number
  /** as in a browser */
  send(data: Uint8Array<ArrayBuffer>): void
  /** as in a browser */
  close(code?: number): void
  /** frames may be sent */
  onopen: ((event: never) => void) | null
  /** `data` is an ArrayBuffer; anything else ends the session as damaged */
  onmessage: ((event: never) => void) | null
  /** `code` says why; always comes */
  onclose: ((event: never) => void) | null
  /** nothing is read from it: a close follows */
  onerror: ((event: never) => void) | null
}

const OPEN = 1

/** Lines over WebSockets, one for each call. @param open makes a WebSocket to the relay's `/sync`, see `syncUrl` */
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
      close: code => socket.close(closeCode(code)),
    }
  }

/** Codes a relay closes with are not all codes an API may close with. */
export const closeCode = (code: number | undefined): number => (code !== undefined && code >= 4000 ? code : 1000)

/** `https://host/base` -> `wss://host/base/sync` */
export const syncUrl = (url: string): string => {
  const at = new URL(url)
  at.protocol = at.protocol === 'https:' || at.protocol === 'wss:' ? 'wss:' : 'ws:'
  at.pathname = `${at.pathname.replace(/\/$/, '')}/sync`
  return at.href
}
