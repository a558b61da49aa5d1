import { add, type Growing, growing, nextClock, nothingYet } from './growing.ts'
import { type MapItem, parseStructs, type Structs } from './structs.ts'

/**
 * Updates whose every item replaces the living item it names, or writes a column nobody has written: nearly every
 * update, because nearly always nobody else wrote meanwhile. Then there is nothing for Yjs to decide, and the flat form
 * is byte for byte the one a Y.Doc would give, at a fraction of its cost.
 *
 * @param work a document, or the update it began with, then updates that passed the gate or were recorded here
 * @returns undefined where Yjs has to decide
 */
export const succession = ([first, ...updates]: readonly Uint8Array[]): Growing | undefined => {
  const document = first === undefined ? nothingYet() : growing(first)
  return document !== undefined && updates.every(update => succeed(document, update)) ? document : undefined
}

/** @returns false where Yjs has to decide; `document` is then of no use any more */
const succeed = (document: Growing, update: Uint8Array): boolean => {
  const { structs, deletes } = parseStructs(update)
  for (const struct of structs) {
    const key = struct.kind === 'item' ? columnOf(struct, document) : undefined
    if (struct.kind === 'gc' || key === undefined || struct.clock !== nextClock(document, struct.client)) return false
    add(document, struct, key, struct.value)
  }
  return deletesNothingElse(deletes, document)
}

/** The column an item writes; undefined where it names something else than what lives. */
const columnOf = ({ origin, key }: MapItem, { living }: Growing): string | undefined => {
  if (origin === undefined) return key !== undefined && living.has(key) ? undefined : key
  for (const [column, item] of living) {
    if (item.client === origin.client && item.clock === origin.clock) return column
  }
  return undefined
}

/** What an update deletes is what it replaces; more, or what is not here, is for Yjs. */
const deletesNothingElse = (deletes: Structs['deletes'], document: Growing): boolean =>
  deletes.every(({ client, clock, length }) => {
    if (clock + length > nextClock(document, client)) return false
    for (const item of document.living.values()) {
      if (item.client === client && item.clock >= clock && item.clock < clock + length) return false
    }
    return true
  })
