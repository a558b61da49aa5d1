import type { WebSocket } from 'ws'
import { closeCode, type Connect } from './socket.ts'

/**
 * Lines of Node, over `ws` as it is. Spoken to as to a browser's WebSocket it makes an event and a copy of every message.
 * @param open makes one to the relay's `/sync`
 */
export const connectNodeSocket =
  (open: () => WebSocket): Connect =>
  handlers => {
    const socket = open()
    socket.on('open', () => handlers.opened())
    // Anything else than bytes is no frame: read as an empty one, it ends the session as damaged.
    socket.on('message', (data, isBinary) => handlers.message(isBinary ? frameOf(data as Buffer) : new Uint8Array()))
    socket.on('close', code => handlers.closed(code))
    // The close that follows says all there is to say.
    socket.on('error', () => {})
    return {
      send: frame => {
        if (socket.readyState === socket.OPEN) socket.send(frame)
      },
      close: code => socket.close(closeCode(code)),
    }
  }

/** Rows are kept as views of their frame: one that is a small part of what was read with it would keep all of that. */
const frameOf = (read: Buffer): Uint8Array =>
  read.length * 2 < read.buffer.byteLength
    ? new Uint8Array(read)
    : new Uint8Array(read.buffer, read.byteOffset, read.length)
