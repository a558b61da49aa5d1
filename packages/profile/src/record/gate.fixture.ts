import { expect } from 'vitest'
import * as Y from 'yjs'
import type { Changes, Edit } from '../edit/edit.ts'
import type { Value } from '../schema/schema.ts'
import { recordWrites } from './document.ts'
import { parseFlat } from './flat.ts'
import { checkUpdate, type GateVerdict } from './gate.ts'
import { GUID, loaded, type RawDelete, type RawStruct, rawUpdate } from './record.fixture.ts'
import { ROOT } from './record.ts'

/** A record of three authors, and edits of one of them, honest and not. */

export const MINE = 500 * 256
export const OTHER = 900 * 256
export const RELAY = 2 ** 51
export const PREFIXES = [500]

export const write = (work: readonly Uint8Array[], client: number, fields: Record<string, Value>): Uint8Array =>
  recordWrites(GUID, work, client, fields).update

export const says = (fields: Record<string, Value>): Changes =>
  Object.fromEntries(Object.entries(fields).map(([column, value]) => [column, [null, value] as const]))

/** title by me (clock 0), status and owner by another device (clocks 0 and 1), note by the relay (clock 1; what it replaced, clock 0, is collected) */
export const standing: Uint8Array = [
  { client: MINE, fields: { title: 'mine' } },
  { client: OTHER, fields: { status: 'open', owner: 'bob' } },
  { client: RELAY, fields: { note: 'draft' } },
  { client: RELAY, fields: { note: 'secret' } },
].reduce(
  (bytes, { client, fields }) => recordWrites(GUID, [bytes], client, fields as never).work,
  Uint8Array.of(0, 0) as Uint8Array,
)

export const gate = (edit: Edit, on: Uint8Array | undefined = standing): GateVerdict => {
  const flat = on === undefined ? undefined : parseFlat(on)
  const [before, update] = [structuredClone(flat), edit.update.slice()]
  const verdict = checkUpdate(edit, flat, PREFIXES)
  // Whatever the verdict, nothing changed.
  expect(flat).toEqual(before)
  expect(edit.update).toEqual(update)
  return verdict
}

export const byHand = (structs: readonly RawStruct[], deletes: readonly RawDelete[] = [], clock = 1): Uint8Array =>
  rawUpdate([{ client: MINE, clock, structs }], deletes)

export const honest = (): Uint8Array => write([standing], MINE, { status: 'done' })
export const done = says({ status: 'done' })
export const nested = (make: (map: Y.Map<unknown>) => void): Uint8Array => {
  const doc = loaded(standing)
  doc.clientID = MINE
  let update: Uint8Array | undefined
  doc.on('update', emitted => (update = emitted))
  doc.transact(() => make(doc.getMap(ROOT)))
  return update!
}
export const elsewhere = (make: (doc: Y.Doc) => void): Uint8Array => {
  const doc = loaded(standing)
  doc.clientID = MINE
  let update: Uint8Array | undefined
  doc.on('update', emitted => (update = emitted))
  make(doc)
  return update!
}
