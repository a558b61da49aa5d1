import { type Encoder, writeAny, writeUint8, writeVarString, writeVarUint } from 'lib0/encoding'
import { ByteFault, Reader } from '../bytes/reader.ts'
import { readValue, skipValue } from '../bytes/value.ts'
import type { Value } from '../schema/schema.ts'
import { ROOT } from './record.ts'

/**
 * The grammar of record documents inside Yjs's V1 update encoding: garbage (GC) structs and map items that
 * hold one value each, nothing else. No text, lists, nested types, subdocuments, skips or other roots.
 * Whatever this parser takes Yjs takes too, to the same effect (structs.property.test.ts); it costs a
 * fraction of a Y.Doc, which makes it the reader of stored records and the first step of the gate.
 */

export interface StructId {
  readonly client: number
  readonly clock: number
}

export interface Garbage extends StructId {
  readonly kind: 'gc'
  readonly length: number
}

export interface MapItem extends StructId {
  readonly kind: 'item'
  readonly length: 1
  /** the item of the same column it replaces; then `key` is not written */
  readonly origin?: StructId
  readonly key?: string
  readonly value: Value
}

export type Struct = Garbage | MapItem

export interface DeleteRange extends StructId {
  readonly length: number
}

export interface Structs {
  readonly structs: readonly Struct[]
  readonly deletes: readonly DeleteRange[]
}

const GC = 0
const CONTENT_ANY = 8
const HAS_ORIGIN = 0x80
const HAS_RIGHT_ORIGIN = 0x40
const HAS_KEY = 0x20
const PARENT_IS_ROOT = 1

/** @throws ByteFault when the bytes are anything but a record update */
export const parseStructs = (bytes: Uint8Array): Structs => {
  const structs: Struct[] = []
  const deletes = eachStruct(new Reader(bytes), struct => structs.push(kept(struct)))
  return { structs, deletes }
}

/** A struct while it is visited: the next one is the same object. */
export interface Visited {
  client: number
  clock: number
  /** of garbage, 0 for an item */
  garbage: number
  origin: StructId | undefined
  key: string | undefined
  value: Value
}

export const kept = ({ client, clock, garbage, origin, key, value }: Visited): Struct => {
  if (garbage > 0) return { kind: 'gc', client, clock, length: garbage }
  return origin === undefined
    ? { kind: 'item', client, clock, length: 1, key: key!, value }
    : { kind: 'item', client, clock, length: 1, origin, value }
}

/**
 * Run by run, in order, to the end of what the reader reads.
 * @param wanted keys of the items that are read; of the others neither key nor value is known when they are visited
 * @returns the delete ranges. @throws ByteFault, also halfway
 */
export const eachStruct = (
  reader: Reader,
  visit: (struct: Visited) => void,
  wanted?: readonly string[],
): readonly DeleteRange[] => {
  const clients = reader.count(3)
  // Most records have one author.
  const met = clients > 1 ? new Set<number>() : undefined
  const struct: Visited = { client: 0, clock: 0, garbage: 0, origin: undefined, key: undefined, value: null }
  for (let c = 0; c < clients; c++) {
    const count = reader.count(2)
    const client = reader.uint()
    // Yjs keeps only the last of several runs of one client.
    if (met?.has(client) === true) throw new ByteFault('a client is there twice')
    met?.add(client)
    struct.client = client
    let clock = reader.uint()
    for (let s = 0; s < count; s++) {
      struct.clock = clock
      readStruct(reader, struct, wanted)
      visit(struct)
      clock += struct.garbage > 0 ? struct.garbage : 1
      if (clock > Number.MAX_SAFE_INTEGER) throw new ByteFault('clock out of range')
    }
  }
  const deletes = parseDeletes(reader)
  reader.end()
  return deletes
}

const readStruct = (reader: Reader, struct: Visited, wanted: readonly string[] | undefined): void => {
  const info = reader.byte()
  struct.origin = undefined
  struct.key = undefined
  if (info === GC) {
    struct.garbage = reader.uint()
    struct.value = null
    if (struct.garbage === 0) throw new ByteFault('empty struct')
    return
  }
  struct.garbage = 0
  if ((info & 0x1f) !== CONTENT_ANY) throw new ByteFault(`content type ${info & 0x1f} is not allowed`)
  if ((info & HAS_RIGHT_ORIGIN) !== 0) throw new ByteFault('a column has no right neighbour')
  if ((info & HAS_ORIGIN) !== 0) {
    const origin = { client: reader.uint(), clock: reader.uint() }
    // Yjs takes earlier items of the same client for granted, and throws halfway.
    if (origin.client === struct.client && origin.clock >= struct.clock) throw new ByteFault('an origin in the future')
    // Yjs also sets the key bit here, without writing the key: it follows from the origin.
    struct.origin = origin
  } else {
    if ((info & HAS_KEY) === 0) throw new ByteFault('an item without a column')
    if (reader.uint() !== PARENT_IS_ROOT || !reader.passes(ROOT)) throw new ByteFault('an item outside the record')
    struct.key = wanted === undefined ? reader.name() : wanted.find(key => reader.passes(key))
    if (struct.key === undefined) {
      struct.value = null
      reader.skip(reader.uint())
      return skipSingle(reader)
    }
    if (isPoison(struct.key)) throw new ByteFault('a column with a reserved name')
  }
  struct.value = readSingle(reader)
}

/** Naming what it replaces or, as in a flat document, its column. */
export const writeItem = (encoder: Encoder, { origin, key, value }: MapItem): void => {
  writeUint8(encoder, origin === undefined ? HAS_KEY | CONTENT_ANY : HAS_ORIGIN | HAS_KEY | CONTENT_ANY)
  if (origin === undefined) {
    writeVarUint(encoder, PARENT_IS_ROOT)
    writeVarString(encoder, ROOT)
    writeVarString(encoder, key!)
  } else {
    writeVarUint(encoder, origin.client)
    writeVarUint(encoder, origin.clock)
  }
  writeVarUint(encoder, 1)
  writeAny(encoder, value as never)
}

/** `__proto__`, `constructor` and the like: no column is called that (schema/names.ts), and plain objects obey them. */
export const isPoison = (key: string): boolean => poison.has(key)

const poison: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

const readSingle = (reader: Reader): Value => {
  if (reader.uint() !== 1) throw new ByteFault('a column holds one value')
  return readValue(reader)
}

const skipSingle = (reader: Reader): void => {
  if (reader.uint() !== 1) throw new ByteFault('a column holds one value')
  skipValue(reader)
}

const none: readonly DeleteRange[] = []

const parseDeletes = (reader: Reader): readonly DeleteRange[] => {
  const clients = reader.count(2)
  if (clients === 0) return none
  const deletes: DeleteRange[] = []
  for (let c = 0; c < clients; c++) {
    const client = reader.uint()
    const ranges = reader.count(2)
    for (let r = 0; r < ranges; r++) {
      const clock = reader.uint()
      const length = reader.uint()
      if (length === 0) throw new ByteFault('empty delete range')
      deletes.push({ client, clock, length })
    }
  }
  return deletes
}
