import { createEncoder, toUint8Array, writeUint8, writeUint8Array, writeVarString, writeVarUint } from 'lib0/encoding'
import { crc32, crcAt } from '../bytes/crc32.ts'
import { hexBytes, toHex } from '../bytes/hex.ts'
import { ByteFault, Reader } from '../bytes/reader.ts'
import { flatIn, type Wanted } from './flat.ts'
import type { Confirmed, Content, Visible } from './record.ts'

/**
 * A confirmed record as one block of bytes, the same in the relay's storage, on the wire and in a device's
 * pages: packed once when it is merged, copied afterwards.
 *
 *     crc32 (4, of the rest) | version (1) | rev | commit (8) | changed | incarnation | devices
 *     | recent (rev, device, edit)* | columns (id, rev)* | settled (device, seq)* | document to the end
 */
const VERSION = 1
const ID_TEXT = 0
const ID_HEX = 1
const ID_UUID = 2
const SAME_AS_COMMIT = 0
const OWN_INCARNATION = 1

export const packEnvelope = (record: Confirmed): Uint8Array => {
  const encoder = createEncoder()
  writeUint8Array(encoder, new Uint8Array(4))
  writeUint8(encoder, VERSION)
  writeVarUint(encoder, record.rev)
  writeHex(encoder, record.commit)
  writeVarUint(encoder, record.rev - record.changed)
  if (record.incarnation === record.commit) writeUint8(encoder, SAME_AS_COMMIT)
  else {
    writeUint8(encoder, OWN_INCARNATION)
    writeHex(encoder, record.incarnation)
  }
  const devices = [...new Set([...record.recent.map(({ device }) => device), ...Object.keys(record.settled)])]
  writeVarUint(encoder, devices.length)
  for (const device of devices) writeId(encoder, device)
  writeVarUint(encoder, record.recent.length)
  for (const { rev, device, edit } of record.recent) {
    writeVarUint(encoder, record.rev - rev)
    writeVarUint(encoder, devices.indexOf(device))
    writeId(encoder, edit)
  }
  const columns = Object.entries(record.columns)
  writeVarUint(encoder, columns.length)
  for (const [column, rev] of columns) {
    writeVarString(encoder, column)
    writeVarUint(encoder, record.rev - rev)
  }
  const settled = Object.entries(record.settled)
  writeVarUint(encoder, settled.length)
  for (const [device, seq] of settled) {
    writeVarUint(encoder, devices.indexOf(device))
    writeVarUint(encoder, seq)
  }
  writeUint8Array(encoder, record.bytes)
  return sealed(toUint8Array(encoder))
}

/** @throws ByteFault when the bytes are damaged or of another version */
export const unpackEnvelope = (envelope: Uint8Array): Confirmed => {
  if (!isSound(envelope)) throw new ByteFault('a stored record is damaged')
  const reader = new Reader(envelope)
  reader.skip(4)
  const version = reader.byte()
  if (version !== VERSION) throw new ByteFault(`a stored record has version ${version}, this program knows ${VERSION}`)
  const rev = reader.uint()
  const commit = toHex(reader.take(8))
  const changed = rev - reader.uint()
  const incarnation = reader.byte() === SAME_AS_COMMIT ? commit : toHex(reader.take(8))
  const devices = list(reader, 2, () => readId(reader))
  const device = (): string => {
    const name = devices[reader.uint()]
    if (name === undefined) throw new ByteFault('unknown device index')
    return name
  }
  const recent: Visible[] = list(reader, 3, () => ({
    rev: rev - reader.uint(),
    device: device(),
    edit: readId(reader),
  }))
  const columns = Object.fromEntries(list(reader, 2, () => [reader.string(), rev - reader.uint()]))
  const settled = Object.fromEntries(list(reader, 2, () => [device(), reader.uint()]))
  return { rev, commit, changed, incarnation, recent, columns, settled, bytes: reader.take(reader.left) }
}

/** Whether an envelope is what was packed. It, as below, may be a part of a page. */
export const isSound = (bytes: Uint8Array, from = 0, to: number = bytes.length): boolean =>
  to - from > 14 && crc32(bytes, from + 4, to) === crcAt(bytes, from)

/**
 * What the record says, for who asks for nothing else: no checksum is looked at, no id becomes text.
 * @param wanted columns that are read, where not all are
 * @throws ByteFault where the bytes are no envelope
 */
export const contentIn = (bytes: Uint8Array, from = 0, to: number = bytes.length, wanted?: Wanted): Content => {
  const reader = new Reader(bytes, from, to)
  skipHistory(reader)
  return flatIn(reader, wanted)
}

/** To where the document begins. */
const skipHistory = (reader: Reader): void => {
  reader.skip(5)
  reader.uint()
  reader.skip(8)
  reader.uint()
  if (reader.byte() !== SAME_AS_COMMIT) reader.skip(8)
  for (let devices = reader.count(2); devices > 0; devices--) skipId(reader)
  for (let recent = reader.count(3); recent > 0; recent--) {
    reader.uint()
    reader.uint()
    skipId(reader)
  }
  for (let columns = reader.count(2); columns > 0; columns--) {
    reader.skip(reader.uint())
    reader.uint()
  }
  for (let settled = reader.count(2); settled > 0; settled--) {
    reader.uint()
    reader.uint()
  }
}

/** The revision alone, for indexes; the rest is unpacked by who needs it. */
export const revOf = (bytes: Uint8Array, from = 0, to: number = bytes.length): number => {
  const reader = new Reader(bytes, from, to)
  reader.skip(5)
  return reader.uint()
}

const sealed = (envelope: Uint8Array): Uint8Array => {
  new DataView(envelope.buffer, envelope.byteOffset).setUint32(0, crc32(envelope, 4))
  return envelope
}

const list = <T>(reader: Reader, least: number, read: () => T): T[] => {
  const items: T[] = []
  for (let count = reader.count(least); count > 0; count--) items.push(read())
  return items
}

/** A commit or incarnation: always eight bytes, so their length is not written. */
const writeHex = (encoder: ReturnType<typeof createEncoder>, id: string): void => {
  const bytes = hexBytes(id)
  if (bytes?.length !== 8) throw new Error('a commit or incarnation is 16 hex digits')
  writeBytes(encoder, bytes)
}

/** Device ids (16 hex digits) and edit ids (UUIDs) take 9 and 17 bytes; anything else is kept as text. */
const writeId = (encoder: ReturnType<typeof createEncoder>, id: string): void => {
  const bytes = id.length === 16 ? hexBytes(id) : uuidBytes(id)
  if (bytes === undefined) {
    writeUint8(encoder, ID_TEXT)
    writeVarString(encoder, id)
  } else {
    writeUint8(encoder, bytes.length === 8 ? ID_HEX : ID_UUID)
    writeBytes(encoder, bytes)
  }
}

const uuidBytes = (id: string): Uint8Array | undefined => {
  if (id.length !== 36 || id[8] !== '-' || id[13] !== '-' || id[18] !== '-' || id[23] !== '-') return undefined
  return hexBytes(id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24))
}

/** Byte by byte: for ids, lib0's way over a view of its buffer costs several times more. */
const writeBytes = (encoder: ReturnType<typeof createEncoder>, bytes: Uint8Array): void => {
  for (const byte of bytes) writeUint8(encoder, byte)
}

const skipId = (reader: Reader): void => {
  const kind = reader.byte()
  if (kind === ID_TEXT) reader.skip(reader.uint())
  else reader.skip(kind === ID_HEX ? 8 : 16)
}

const readId = (reader: Reader): string => {
  const kind = reader.byte()
  if (kind === ID_HEX) return toHex(reader.take(8))
  if (kind === ID_TEXT) return reader.string()
  if (kind !== ID_UUID) throw new ByteFault('unknown id kind')
  const hex = toHex(reader.take(16))
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
