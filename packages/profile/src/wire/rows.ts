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
  const reader = new Reader(packed)
  const rows: PackedRow[] = []
  while (reader.left > 0) rows.push({ id: reader.string(), envelope: reader.blob() })
  return rows
}
