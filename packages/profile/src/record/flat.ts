import { createEncoder, toUint8Array, writeUint8, writeVarUint } from 'lib0/encoding'
import { ByteFault, Reader } from '../bytes/reader.ts'
import type { Value } from '../schema/schema.ts'
import { type Content, DELETED } from './record.ts'
import { eachStruct, parseStructs, type Struct, writeItem } from './structs.ts'

/**
 * The flat form: the bytes of a collected record. Per client one run from clock 0, in which every
 * superseded item has become garbage of the same length and every living item names root and column
 * instead of an origin. Size follows the content and the number of authors, not the number of edits.
 */

/** What a flat document says, without a Y.Doc. */
export interface Flat {
  /** living items by column id, the deleted mark among them */
  readonly live: ReadonlyMap<string, LiveItem>
  /** next clock by client */
  readonly state: ReadonlyMap<number, number>
}

export interface LiveItem {
  readonly client: number
  readonly clock: number
  readonly value: Value
}

/** @throws ByteFault where the bytes are no flat record document */
export const parseFlat = (bytes: Uint8Array): Flat => {
  const { structs, deletes } = parseStructs(bytes)
  if (deletes.length > 0) throw noDeletes()
  const live = new Map<string, LiveItem>()
  const state = new Map<number, number>()
  for (const struct of structs) {
    const { client, clock, length } = struct
    if (clock !== (state.get(client) ?? 0)) throw noGaps()
    state.set(client, clock + length)
    if (struct.kind === 'gc') continue
    if (struct.key === undefined || live.has(struct.key)) throw writtenTwice()
    live.set(struct.key, { client, clock, value: struct.value })
  }
  return { live, state }
}

/**
 * The plain content of a stored record.
 * @param wanted columns that are read, where not all are; `wantedOf` makes it
 * @throws ByteFault when it is damaged
 */
export const readFlat = (bytes: Uint8Array, wanted?: Wanted): Content => flatIn(new Reader(bytes), wanted)

/** What is left in a reader, read as a stored record's document. */
export const flatIn = (reader: Reader, wanted?: Wanted): Content => {
  const fields: Record<string, Value> = {}
  /** columns met that are not in `fields`: cleared ones and the deleted mark */
  let others: Set<string> | undefined
  let deleted = false
  let client = -1
  let next = 0
  const deletes = eachStruct(
    reader,
    struct => {
      if (struct.client !== client) next = 0
      if (struct.clock !== next) throw noGaps()
      client = struct.client
      next += struct.garbage > 0 ? struct.garbage : 1
      if (struct.garbage > 0) return
      const { key, value } = struct
      if (key === undefined && wanted !== undefined && struct.origin === undefined) return
      // No key is a name of Object.prototype (structs.ts).
      if (key === undefined || key in fields || others?.has(key) === true) throw writtenTwice()
      if (key === DELETED) deleted = value === true
      if (key === DELETED || value === null) (others ??= new Set()).add(key)
      else fields[key] = value
    },
    wanted,
  )
  if (deletes.length > 0) throw noDeletes()
  return { fields, deleted }
}

/** Columns by id, and the deleted mark. */
export type Wanted = readonly string[]

export const wantedOf = (columns: Iterable<string>): Wanted => [...new Set([...columns, DELETED])]

const noDeletes = (): ByteFault => new ByteFault('a flat document has no delete set')
const noGaps = (): ByteFault => new ByteFault('a flat document has no gaps')
const writtenTwice = (): ByteFault => new ByteFault('a column is written twice')

/** Writes runs of structs, each from clock 0, in the order given. Neighbouring garbage is joined. */
export const writeFlat = (runs: readonly (readonly Struct[])[]): Uint8Array => {
  const encoder = createEncoder()
  const filled = runs.filter(run => run.length > 0)
  writeVarUint(encoder, filled.length)
  for (const run of filled) {
    const joined = joinGarbage(run)
    writeVarUint(encoder, joined.length)
    writeVarUint(encoder, run[0]!.client)
    writeVarUint(encoder, 0)
    for (const struct of joined) {
      if (struct.kind === 'gc') {
        writeUint8(encoder, 0)
        writeVarUint(encoder, struct.length)
        continue
      }
      writeItem(encoder, struct)
    }
  }
  writeVarUint(encoder, 0)
  return toUint8Array(encoder)
}

const joinGarbage = (run: readonly Struct[]): Struct[] => {
  const joined: Struct[] = []
  for (const struct of run) {
    const last = joined.at(-1)
    if (struct.kind === 'gc' && last?.kind === 'gc')
      joined[joined.length - 1] = { ...last, length: last.length + struct.length }
    else joined.push(struct)
  }
  return joined
}

/**
 * The document as someone may hold it who may not see every column: hidden items become garbage, clocks
 * stay contiguous. The result must never be merged into a fuller document.
 */
export const redact = (bytes: Uint8Array, visible: ReadonlySet<string>): Uint8Array => {
  const runs: Struct[][] = []
  for (const struct of parseStructs(bytes).structs) {
    if (runs.at(-1)?.[0]?.client !== struct.client) runs.push([])
    const hidden = struct.kind === 'item' && struct.key !== DELETED && !visible.has(struct.key!)
    runs.at(-1)!.push(hidden ? { kind: 'gc', client: struct.client, clock: struct.clock, length: 1 } : struct)
  }
  return writeFlat(runs)
}
