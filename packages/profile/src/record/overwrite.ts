import { createEncoder, toUint8Array, writeVarUint } from 'lib0/encoding'
import type { Value } from '../schema/schema.ts'
import { add, type Growing, nextClock } from './growing.ts'
import { type MapItem, type StructId, writeItem } from './structs.ts'

/** What one transaction wrote: its items, in order from the client's next clock, and what they replaced. */
export interface Written {
  readonly items: readonly MapItem[]
  readonly replaced: readonly StructId[]
}

/** Writes columns in one transaction, as Yjs would: each item names what it replaces, or its column where there is nothing. */
export const overwrite = (document: Growing, client: number, writes: Readonly<Record<string, Value>>): Written => {
  const items: MapItem[] = []
  const replaced: StructId[] = []
  for (const [key, value] of Object.entries(writes)) {
    const clock = nextClock(document, client)
    const before = document.living.get(key)
    const item = { kind: 'item', client, clock, length: 1, value } as const
    if (before === undefined) items.push({ ...item, key })
    else {
      items.push({ ...item, origin: before })
      replaced.push(before)
    }
    add(document, item, key, value)
  }
  return { items, replaced }
}

/** The update Yjs would emit for it, byte for byte. */
export const updateOf = ({ items, replaced }: Written): Uint8Array => {
  const encoder = createEncoder()
  const [first] = items
  writeVarUint(encoder, first === undefined ? 0 : 1)
  if (first !== undefined) {
    writeVarUint(encoder, items.length)
    writeVarUint(encoder, first.client)
    writeVarUint(encoder, first.clock)
    for (const item of items) writeItem(encoder, item)
  }
  const ranges = rangesOf(replaced)
  writeVarUint(encoder, ranges.size)
  for (const [client, ofClient] of ranges) {
    writeVarUint(encoder, client)
    writeVarUint(encoder, ofClient.length)
    for (const { clock, length } of ofClient) {
      writeVarUint(encoder, clock)
      writeVarUint(encoder, length)
    }
  }
  return toUint8Array(encoder)
}

/** By client, the highest first; of each in order, neighbours joined. */
const rangesOf = (replaced: readonly StructId[]): Map<number, { readonly clock: number; length: number }[]> => {
  const ranges = new Map<number, { readonly clock: number; length: number }[]>()
  for (const { client, clock } of replaced.toSorted((a, b) => b.client - a.client || a.clock - b.clock)) {
    const ofClient = ranges.get(client)
    const last = ofClient?.at(-1)
    if (ofClient === undefined) ranges.set(client, [{ clock, length: 1 }])
    else if (last !== undefined && last.clock + last.length === clock) last.length++
    else ofClient.push({ clock, length: 1 })
  }
  return ranges
}
