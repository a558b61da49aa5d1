import { ByteFault } from '../bytes/reader.ts'
import { sameValue } from '../bytes/value.ts'
import type { Edit } from '../edit/edit.ts'
import type { Value } from '../schema/schema.ts'
import { prefixOf } from './client-ids.ts'
import type { Flat, LiveItem } from './flat.ts'
import { DELETED } from './record.ts'
import { type DeleteRange, type MapItem, isPoison, parseStructs, type StructId } from './structs.ts'

/**
 * The gate every update passes before it meets a document: it must be what one honest transaction of its author
 * emits for exactly the changes the edit states. It reads, it never touches a document.
 */

export type GateVerdict =
  | { readonly pass: true }
  /** a clock is missing or used: the author has to record the edit again on what the relay has */
  | { readonly pass: false; readonly why: 'resync'; readonly message: string }
  /** no honest client sends this */
  | { readonly pass: false; readonly why: 'malformed' | 'forged'; readonly message: string }

export const MAX_UPDATE_BYTES: number = 256 * 1024
/** A record as a document; refused by the relay, and before that by the device that would save it. */
export const MAX_RECORD_BYTES: number = 512 * 1024
const MAX_DELETE_RANGES = 1000

/**
 * @param standing the record's document as the relay has it, undefined where there is none
 * @param prefixes the client id prefixes granted to the author's device
 */
export const checkUpdate = (edit: Edit, standing: Flat | undefined, prefixes: readonly number[]): GateVerdict => {
  if (edit.kind !== 'delete' && Object.keys(edit.changes).some(isReserved))
    return malformed('a column with a reserved name')
  if (edit.update.length > MAX_UPDATE_BYTES) return malformed('the update is too large')
  try {
    const { structs, deletes } = parseStructs(edit.update)
    const items = structs.filter(struct => struct.kind === 'item')
    if (items.length !== structs.length) return malformed('garbage in an edit')
    if (items.length === 0) return isBare(edit, deletes) ? { pass: true } : malformed('the update writes nothing')
    return (
      checkClocks(items, standing, prefixes) ??
      checkItems(items, writesOf(edit), standing) ??
      checkDeletes(deletes, writesOf(edit), standing) ?? { pass: true }
    )
  } catch (fault) {
    if (fault instanceof ByteFault) return malformed(fault.message)
    throw fault
  }
}

/** A record may be created without a single value, and a command may show nothing: there is nothing to write then. */
const isBare = (edit: Edit, deletes: readonly DeleteRange[]): boolean =>
  (edit.kind === 'create' || edit.kind === 'command') && Object.keys(edit.changes).length === 0 && deletes.length === 0

/** An item whose column was collected names no column: a reserved one must already fail in what the edit states. */
const isReserved = (column: string): boolean => column.startsWith('$') || isPoison(column)

/** What an edit's update must write, by column id. */
export const writesOf = (edit: Pick<Edit, 'kind' | 'changes'>): ReadonlyMap<string, Value> =>
  new Map<string, Value>(
    edit.kind === 'delete'
      ? [[DELETED, true]]
      : Object.entries(edit.changes).map(([column, [, after]]) => [column, after]),
  )

const checkClocks = (
  items: readonly MapItem[],
  standing: Flat | undefined,
  prefixes: readonly number[],
): GateVerdict | undefined => {
  const { client, clock } = items[0]!
  if (!prefixes.includes(prefixOf(client)))
    return { pass: false, why: 'forged', message: 'a client id of someone else' }
  let expected = standing?.state.get(client) ?? 0
  if (clock !== expected) return resync(`clock ${clock} does not follow ${expected}`)
  for (const item of items) {
    if (item.client !== client) return malformed('an edit has one client id')
    if (item.clock !== expected++) return malformed('a gap inside the update')
    if (item.origin !== undefined && !isKnown(item.origin, standing)) return resync('an origin is missing')
  }
  return undefined
}

const isKnown = (id: StructId, standing: Flat | undefined): boolean => id.clock < (standing?.state.get(id.client) ?? 0)

const checkItems = (
  items: readonly MapItem[],
  writes: ReadonlyMap<string, Value>,
  standing: Flat | undefined,
): GateVerdict | undefined => {
  if (items.length !== writes.size) return malformed('the update writes other columns than the edit states')
  const left = new Map(writes)
  const collected: MapItem[] = []
  for (const item of items) {
    const key = item.key ?? liveAt(item.origin!, standing)
    if (key === undefined) {
      collected.push(item)
      continue
    }
    if (!left.has(key) || !sameValue(left.get(key), item.value))
      return malformed('the update says something else than the edit')
    left.delete(key)
  }
  // Its column was collected with its origin: it integrates as nothing, and must still say what the edit says.
  for (const item of collected) {
    const match = [...left].find(([, value]) => sameValue(value, item.value))
    if (match === undefined) return malformed('the update says something else than the edit')
    left.delete(match[0])
  }
  return undefined
}

const liveAt = (id: StructId, standing: Flat | undefined): string | undefined => {
  for (const [key, item] of standing?.live ?? none) if (item.client === id.client && item.clock === id.clock) return key
  return undefined
}

const none: ReadonlyMap<string, LiveItem> = new Map()

const checkDeletes = (
  deletes: readonly DeleteRange[],
  writes: ReadonlyMap<string, Value>,
  standing: Flat | undefined,
): GateVerdict | undefined => {
  if (deletes.length > MAX_DELETE_RANGES) return malformed('too many delete ranges')
  for (const { client, clock, length } of deletes) {
    if (clock + length > (standing?.state.get(client) ?? 0)) return resync('a deleted item is missing')
    for (const [key, item] of standing?.live ?? none) {
      const hit = item.client === client && item.clock >= clock && item.clock < clock + length
      if (hit && !writes.has(key))
        return { pass: false, why: 'forged', message: 'a column outside the edit is deleted' }
    }
  }
  return undefined
}

const malformed = (message: string): GateVerdict => ({ pass: false, why: 'malformed', message })
const resync = (message: string): GateVerdict => ({ pass: false, why: 'resync', message })
