import { type Confirmed, type Content, ROOT, unpackEnvelope, type Value } from '@rejoin/profile'
import type { StoredRecord } from '@rejoin/server'
import * as Y from 'yjs'
import { broken, canonical } from './failure.ts'

/**
 * Records read the long way, by Yjs alone: what any Yjs program would see in the bytes that were stored. Refuses
 * documents that wait for something, and keeps a book of who used which clock for what.
 */
export const hydrated = (bytes: readonly Uint8Array[], place: string): Y.Doc => {
  const doc = new Y.Doc({ guid: place })
  doc.getMap(ROOT)
  for (const update of bytes) Y.applyUpdate(doc, update)
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) {
    broken('no document waits for missing structs', place)
  }
  for (const [client, structs] of doc.store.clients) {
    let clock = 0
    for (const struct of structs) {
      if (struct.id.clock !== clock) broken('clocks are contiguous', { place, client, clock, found: struct.id.clock })
      clock += struct.length
    }
  }
  return doc
}

export const contentOf = (doc: Y.Doc): Content => {
  const { $deleted, ...fields } = doc.getMap<Value>(ROOT).toJSON() as Record<string, Value>
  const live = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)
  return { fields: Object.fromEntries(live), deleted: $deleted === true }
}

export const readStored = (
  stored: Pick<StoredRecord, 'table' | 'id' | 'envelope'>,
): { readonly content: Content; readonly confirmed: Confirmed; readonly doc: Y.Doc } => {
  const confirmed = unpackEnvelope(stored.envelope)
  const doc = hydrated([confirmed.bytes], `${stored.table}/${stored.id}`)
  return { content: contentOf(doc), confirmed, doc }
}

/** Who used which (client id, clock) of which record for what. Two different things under one pair would diverge for ever. */
export interface ClockBook {
  /** an update as its author emitted it */
  emitted(place: string, update: Uint8Array): void
  /** a document as it is kept */
  kept(place: string, doc: Y.Doc): void
}

export const createClockBook = (): ClockBook => {
  const used = new Map<string, string>()
  const enter = (place: string, item: Y.Item | Y.GC | Y.Skip): void => {
    if (!(item instanceof Y.Item) || item.deleted || !(item.content instanceof Y.ContentAny)) return
    const name = `${place} ${item.id.client}:${item.id.clock}`
    const said = canonical(item.content.arr)
    const before = used.get(name)
    if (before !== undefined && before !== said)
      broken('no (client id, clock) stands for two things', { name, before, said })
    used.set(name, said)
  }
  return {
    emitted: (place, update) => {
      for (const struct of Y.decodeUpdate(update).structs) enter(place, struct)
    },
    kept: (place, doc) => {
      for (const structs of doc.store.clients.values()) for (const struct of structs) enter(place, struct)
    },
  }
}
