import * as encoding from 'lib0/encoding'
import { crc32, crcAt } from '../bytes/crc32.ts'
import { ByteFault, Reader } from '../bytes/reader.ts'
import { type ChangesMessage, changesShape } from './changes.ts'
import { type Compare, type Compared, comparedShape, compareShape } from './compare.ts'
import {
  type Page,
  pageShape,
  type Plan,
  planShape,
  type Stored,
  storedShape,
  type Synced,
  syncedShape,
} from './download.ts'
import {
  type Hello,
  helloShape,
  type Refresh,
  refreshShape,
  type Stands,
  standsShape,
  type Welcome,
  welcomeShape,
} from './hello.ts'
import { type Push, pushShape, type Withdraw, withdrawShape } from './push.ts'
import { type Refusal, refusalShape } from './refusal.ts'
import { type Shape, struct, uint, union } from './shape.ts'

/**
 * The two unions that are the protocol, and their frames:
 *
 *     protocol (1) | tag (1) | body | crc32 (4, of all before)
 *
 * Version history (a test hashes the shapes, so none changes without a line here):
 *   1  first version
 *   2  `welcome` names its environment and how its user stands; `stands` tells when he stands otherwise; `hello` tells
 *      the release of the app; strategies are named freely; answers about a conflict say
 *      who is on the other side
 */
export const PROTOCOL = 2

/** What a relay takes of one frame; a larger one ends the connection. */
export const MAX_FRAME_BYTES: number = 1024 * 1024

/** Device to relay. */
export type Up =
  | ({ readonly type: 'hello' } & Hello)
  | ({ readonly type: 'stored' } & Stored)
  | ({ readonly type: 'push' } & Push)
  | ({ readonly type: 'withdraw' } & Withdraw)
  | ({ readonly type: 'compare' } & Compare)
  | { readonly type: 'ping' }
  | ({ readonly type: 'refresh' } & Refresh)

export const upShape: Shape<Up> = union('type', {
  hello: helloShape,
  stored: storedShape,
  push: pushShape,
  withdraw: withdrawShape,
  compare: compareShape,
  ping: struct({}),
  refresh: refreshShape,
})

/** Relay to device. */
export type Down =
  | ({ readonly type: 'welcome' } & Welcome)
  | ({ readonly type: 'plan' } & Plan)
  | ({ readonly type: 'page' } & Page)
  | ({ readonly type: 'synced' } & Synced)
  | ({ readonly type: 'changes' } & ChangesMessage)
  | ({ readonly type: 'compared' } & Compared)
  | ({ readonly type: 'refusal' } & Refusal)
  /** `time`: ms since 1970 by the relay's clock */
  | { readonly type: 'pong'; readonly time: number }
  | ({ readonly type: 'stands' } & Stands)

export const downShape: Shape<Down> = union('type', {
  welcome: welcomeShape,
  plan: planShape,
  page: pageShape,
  synced: syncedShape,
  changes: changesShape,
  compared: comparedShape,
  refusal: refusalShape,
  pong: struct({ time: uint }),
  stands: standsShape,
})

/** A frame the other side should not have sent, or that was damaged on its way. */
export class FrameFault extends Error {
  readonly kind: 'damaged' | 'version' | 'malformed'
  constructor(kind: FrameFault['kind'], message: string) {
    super(message)
    this.name = 'FrameFault'
    this.kind = kind
  }
}

export const encodeUp = (message: Up): Uint8Array => encodeFrame(upShape, message)
export const encodeDown = (message: Down): Uint8Array => encodeFrame(downShape, message)
/** @throws FrameFault */
export const decodeUp = (frame: Uint8Array): Up => decodeFrame(upShape, frame)
/** @throws FrameFault */
export const decodeDown = (frame: Uint8Array): Down => decodeFrame(downShape, frame)

const encodeFrame = <T>(shape: Shape<T>, message: T): Uint8Array => {
  const encoder = encoding.createEncoder()
  encoding.writeUint8(encoder, PROTOCOL)
  shape.write(encoder, message)
  encoding.writeUint32(encoder, 0)
  const frame = encoding.toUint8Array(encoder)
  const body = frame.length - 4
  new DataView(frame.buffer, frame.byteOffset).setUint32(body, crc32(frame, 0, body))
  return frame
}

const decodeFrame = <T>(shape: Shape<T>, frame: Uint8Array): T => {
  if (frame.length < 6) throw new FrameFault('damaged', 'a frame is too short')
  const body = frame.length - 4
  if (crcAt(frame, body) !== crc32(frame, 0, body)) {
    throw new FrameFault('damaged', 'a frame does not match its checksum')
  }
  if (frame[0] !== PROTOCOL)
    throw new FrameFault('version', `protocol ${frame[0]} is not understood here, ${PROTOCOL} is`)
  const reader = new Reader(frame, 1, body)
  try {
    const message = shape.read(reader)
    reader.end()
    return message
  } catch (fault) {
    if (fault instanceof ByteFault) throw new FrameFault('malformed', fault.message)
    throw fault
  }
}
