import * as Y from 'yjs'
import { sameValue } from '../bytes/value.ts'
import type { Value } from '../schema/schema.ts'
import { writeFlat } from './flat.ts'
import { contentOf, flatBytes } from './growing.ts'
import { overwrite, updateOf } from './overwrite.ts'
import { type Content, DELETED, ROOT } from './record.ts'
import type { Struct } from './structs.ts'
import { succession } from './succession.ts'

/**
 * The record as a living Y.Doc: only while an edit is recorded or merged. A document is hydrated from bytes,
 * changed in one transaction, flattened back to bytes and dropped.
 */

/** One value per column to write; null clears the column, `DELETED` sets or lifts the mark. */
export type Writes = Readonly<Record<string, Value>>

export const hydrate = (guid: string, bytes: readonly Uint8Array[]): Y.Doc => {
  // Without a guid Yjs makes a uuid, which costs ten times the rest of the constructor.
  const doc = new Y.Doc({ guid })
  doc.getMap(ROOT)
  for (const update of bytes) Y.applyUpdate(doc, update)
  return doc
}

/** Whether part of an update waits for something the document never got. Must not happen behind the gate. */
export const hasPending = (doc: Y.Doc): boolean => doc.store.pendingStructs !== null || doc.store.pendingDs !== null

export const contentOfDoc = (doc: Y.Doc): Content => {
  const fields: Record<string, Value> = {}
  let deleted = false
  for (const [key, value] of doc.getMap<Value>(ROOT).entries()) {
    if (key === DELETED) deleted = value === true
    else if (value !== null && value !== undefined) fields[key] = value
  }
  return { fields, deleted }
}

/** The next clock of a client in the document. */
export const clockOf = (doc: Y.Doc, client: number): number => Y.getState(doc.store, client)

/** Runs one transaction under `client` and returns exactly what it emitted. */
export const write = (doc: Y.Doc, client: number, writes: Writes): Uint8Array => {
  let emitted: Uint8Array | undefined
  const keep = (update: Uint8Array): void => {
    emitted = update
  }
  // After loading: set before, Yjs would meet structs of its own id and choose another.
  doc.clientID = client
  doc.on('update', keep)
  doc.transact(() => {
    const map = doc.getMap<Value>(ROOT)
    for (const [key, value] of Object.entries(writes)) map.set(key, value)
  })
  doc.off('update', keep)
  return emitted ?? new Uint8Array([0, 0])
}

/** What has to be written so that a document says `expected`. */
export const difference = (present: Content, expected: Content): Writes => {
  const writes: Record<string, Value> = {}
  for (const key of new Set([...Object.keys(present.fields), ...Object.keys(expected.fields)])) {
    if (!sameValue(present.fields[key], expected.fields[key])) writes[key] = expected.fields[key] ?? null
  }
  if (present.deleted !== expected.deleted) writes[DELETED] = expected.deleted
  return writes
}

/** The flat form of a document. @throws when something lives in it that no record may hold (a bug of the gate) */
export const flatten = (doc: Y.Doc): Uint8Array => {
  const clients = [...doc.store.clients.keys()].toSorted((a, b) => b - a)
  return writeFlat(clients.map(client => doc.store.clients.get(client)!.map(struct => flatStruct(client, struct))))
}

const flatStruct = (client: number, struct: Y.GC | Y.Item): Struct => {
  const { clock } = struct.id
  if (!(struct instanceof Y.Item) || struct.deleted) return { kind: 'gc', client, clock, length: struct.length }
  const { content, parentSub } = struct
  if (!(content instanceof Y.ContentAny) || content.arr.length !== 1 || parentSub === null) {
    throw new Error(`record document ${client}:${clock} holds something that is no column`)
  }
  return { kind: 'item', client, clock, length: 1, key: parentSub, value: content.arr[0] as Value }
}

/**
 * Merges an author's update into the standing document and asserts what the record must say: whatever differs
 * is written under the relay's own client id, so that Yjs's tie-break never decides anything.
 */
export const settleDocument = (
  guid: string,
  standing: Uint8Array | undefined,
  update: Uint8Array | undefined,
  expected: Content,
  authority: number,
): Uint8Array => {
  const plain = succession([standing, update].filter(bytes => bytes !== undefined))
  if (plain === undefined) return settleInYjs(guid, standing, update, expected, authority)
  overwrite(plain, authority, difference(contentOf(plain), expected))
  return flatBytes(plain)
}

/** The same in a living document, whatever the update is. */
export const settleInYjs = (
  guid: string,
  standing: Uint8Array | undefined,
  update: Uint8Array | undefined,
  expected: Content,
  authority: number,
): Uint8Array => {
  const doc = hydrate(guid, standing === undefined ? [] : [standing])
  if (update !== undefined) Y.applyUpdate(doc, update)
  if (hasPending(doc)) throw new Error(`an update of ${guid} passed the gate with something missing`)
  const writes = difference(contentOfDoc(doc), expected)
  if (Object.keys(writes).length > 0) write(doc, authority, writes)
  const bytes = flatten(doc)
  doc.destroy()
  return bytes
}

/** Records a user's writes on the work document and returns the update with the work document after it. */
export const recordWrites = (guid: string, work: readonly Uint8Array[], client: number, writes: Writes): Recorded => {
  const plain = succession(work)
  if (plain === undefined) return recordInYjs(guid, work, client, writes)
  const update = updateOf(overwrite(plain, client, writes))
  return { update, work: flatBytes(plain) }
}

export interface Recorded {
  readonly update: Uint8Array
  readonly work: Uint8Array
}

/** The same in a living document, whatever the work is. */
export const recordInYjs = (guid: string, work: readonly Uint8Array[], client: number, writes: Writes): Recorded => {
  const doc = hydrate(guid, work)
  const update = write(doc, client, writes)
  const after = flatten(doc)
  doc.destroy()
  return { update, work: after }
}
