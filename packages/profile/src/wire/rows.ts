import * as encoding from 'lib0/encoding'
import { Reader } from '../bytes/reader.ts'

/** Rows of a page: (id, envelope)*, packed once by the relay and kept by the device as they are. */
export interface PackedRow {
  readonly id: string
  readonly envelope: Uint8Array
}

export const packRows = (rows: readonly PackedRow[]): Uint8Array => {
  const encoder = encoding.createEncoder()
  for (const { id, envelope } of rows) {
    encoding.writeVarString(encoder, id)
    encoding.writeVarUint8Array(encoder, envelope)
  }
  return encoding.toUint8Array(encoder)
}

/** Envelopes are views into the page. @throws ByteFault where the page is damaged */
export const unpackRows = (packed: Uint8Array): PackedRow[] => {
  const rows: PackedRow[] = []
  eachRow(packed, (id, from, to) => rows.push({ id, envelope: packed.subarray(from, to) }))
  return rows
}

/** Where in the page each envelope lies, for who keeps the page. @throws ByteFault where it is damaged, also halfway */
export const eachRow = (packed: Uint8Array, visit: (id: string, from: number, to: number) => void): void => {
  const reader = new Reader(packed)
  while (reader.left > 0) {
    const id = reader.string()
    const length = reader.uint()
    reader.skip(length)
    visit(id, reader.at - length, reader.at)
  }
}
