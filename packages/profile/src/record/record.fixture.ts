import fc from 'fast-check'
import {
  createEncoder,
  type Encoder,
  toUint8Array,
  writeAny,
  writeUint8,
  writeVarString,
  writeVarUint,
} from 'lib0/encoding'
import * as Y from 'yjs'
import type { Edit } from '../edit/edit.ts'
import type { Fields, Value } from '../schema/schema.ts'
import { type Content, DELETED, ROOT } from './record.ts'

/** Generated documents, made by Yjs itself, and updates written byte by byte, for the tests of this folder. */

export const GUID = 'task/r1'
export const COLUMNS: readonly string[] = ['title', 'status', 'owner', 'note', 'due', 'secret']

export const values: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(fc.string({ maxLength: 4 }), fc.nat(9)), { maxLength: 4 }),
)

/** One step of clients with a Y.Doc each: a write (each column once, as an edit does), a deletion, an exchange. */
export type Step =
  | { readonly do: 'write'; readonly who: number; readonly fields: readonly (readonly [string, Value])[] }
  | { readonly do: 'remove'; readonly who: number; readonly column: string }
  | { readonly do: 'tell'; readonly who: number; readonly whom: number }

const CLIENTS = 4
const who = fc.nat(CLIENTS - 1)
const column = fc.constantFrom(...COLUMNS)
const written = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(column, values) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(DELETED), fc.boolean()) },
)

export const histories: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('write' as const),
        who,
        fields: fc.uniqueArray(written, { selector: ([key]) => key, minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), who, column }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('tell' as const), who, whom: who }) },
  ),
  { minLength: 1, maxLength: 30 },
)

/** Client ids of the generated authors: 256 ids under each of four prefixes. */
export const authorOf = (index: number): number => (1000 + index * 37) * 256 + index

/** What the clients made together, as one living document, and every update emitted on the way. */
export const play = (steps: readonly Step[]): { readonly doc: Y.Doc; readonly updates: readonly Uint8Array[] } => {
  const updates: Uint8Array[] = []
  const docs = Array.from({ length: CLIENTS }, (_, index) => {
    const doc = new Y.Doc({ guid: GUID })
    doc.clientID = authorOf(index)
    doc.on('update', (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (transaction.local) updates.push(update)
    })
    return doc
  })
  for (const step of steps) {
    const doc = docs[step.who]!
    if (step.do === 'tell') Y.applyUpdate(docs[step.whom]!, Y.encodeStateAsUpdate(doc))
    else if (step.do === 'remove') doc.getMap(ROOT).delete(step.column)
    else {
      doc.transact(() => {
        for (const [key, value] of step.fields) doc.getMap<Value>(ROOT).set(key, value)
      })
    }
  }
  const doc = new Y.Doc({ guid: GUID })
  for (const each of docs) Y.applyUpdate(doc, Y.encodeStateAsUpdate(each))
  return { doc, updates }
}

/** Yjs's own word on what a document says, in no code of this folder. */
export const saidByYjs = (doc: Y.Doc): { readonly fields: Fields; readonly deleted: boolean } => {
  const { [DELETED]: mark, ...rest } = doc.getMap(ROOT).toJSON() as Record<string, Value>
  const present = Object.entries(rest).filter(([, value]) => value !== null)
  return { fields: Object.fromEntries(present), deleted: mark === true }
}

export const loaded = (...updates: readonly Uint8Array[]): Y.Doc => {
  const doc = new Y.Doc({ guid: GUID })
  for (const update of updates) Y.applyUpdate(doc, update)
  return doc
}

/** Clocks by client, as Yjs states them. */
export const clocksIn = (doc: Y.Doc): ReadonlyMap<number, number> => Y.decodeStateVector(Y.encodeStateVector(doc))

export const waits = (doc: Y.Doc): boolean => doc.store.pendingStructs !== null || doc.store.pendingDs !== null

/** An update written by hand, so that a test can say what no Yjs would. */
export type RawStruct = (encoder: Encoder) => void

export interface RawRun {
  readonly client: number
  readonly clock?: number
  readonly structs: readonly RawStruct[]
}

export type RawDelete = readonly [client: number, clock: number, length: number]

export const rawUpdate = (runs: readonly RawRun[], deletes: readonly RawDelete[] = []): Uint8Array => {
  const encoder = createEncoder()
  writeVarUint(encoder, runs.length)
  for (const { client, clock = 0, structs } of runs) {
    writeVarUint(encoder, structs.length)
    writeVarUint(encoder, client)
    writeVarUint(encoder, clock)
    for (const struct of structs) struct(encoder)
  }
  writeVarUint(encoder, deletes.length)
  for (const [client, clock, length] of deletes) {
    for (const part of [client, 1, clock, length]) writeVarUint(encoder, part)
  }
  return toUint8Array(encoder)
}

export const rawItem =
  (key: string, value: unknown, root: string = ROOT): RawStruct =>
  encoder => {
    writeUint8(encoder, 0x28)
    writeVarUint(encoder, 1)
    writeVarString(encoder, root)
    writeVarString(encoder, key)
    writeVarUint(encoder, 1)
    writeAny(encoder, value as never)
  }

export const rawReplacing =
  (client: number, clock: number, value: unknown): RawStruct =>
  encoder => {
    writeUint8(encoder, 0xa8)
    writeVarUint(encoder, client)
    writeVarUint(encoder, clock)
    writeVarUint(encoder, 1)
    writeAny(encoder, value as never)
  }

export const rawGarbage =
  (length: number): RawStruct =>
  encoder => {
    writeUint8(encoder, 0)
    writeVarUint(encoder, length)
  }

export const rawSkip =
  (length: number): RawStruct =>
  encoder => {
    writeUint8(encoder, 10)
    writeVarUint(encoder, length)
  }

/** An edit with its middle filled in. */
export const anEdit = (part: Partial<Edit> & Pick<Edit, 'update' | 'changes'>): Edit => ({
  id: '01890000-0000-7000-8000-000000000001',
  author: 'ann',
  device: '00000000000000a1',
  seq: 1,
  tick: 1,
  at: 0,
  table: 'task',
  record: 'r1',
  kind: 'update',
  base: { rev: 1, commit: '00000000000000c1' },
  incarnation: '00000000000000c1',
  ...part,
})

export const contains = (bytes: Uint8Array, text: string): boolean => Buffer.from(bytes).includes(Buffer.from(text))

/** A content with some columns written, null clearing. */
export const over = (content: Content, changes: Readonly<Record<string, Value>>): Content => {
  const all = Object.entries({ ...content.fields, ...changes })
  return { ...content, fields: Object.fromEntries(all.filter(([, value]) => value !== null)) }
}
