import * as Y from 'yjs'
import { documentLimits } from './limits.ts'

/**
 * Whether an update may be merged into a document: well-formed, of a bounded size, without a gap and without the
 * kinds of content no editor needs. What has a gap must not be stored: Yjs would wait for ever for what is missing.
 */
export type DocumentVerdict =
  | { readonly pass: true; readonly changes: boolean }
  | { readonly pass: false; readonly why: 'malformed' | 'too-large' | 'gap' }

const refused = (why: 'malformed' | 'too-large' | 'gap'): DocumentVerdict => ({ pass: false, why })

export const checkDocumentUpdate = (doc: Y.Doc, update: Uint8Array): DocumentVerdict => {
  let decoded: ReturnType<typeof Y.decodeUpdate>
  try {
    decoded = Y.decodeUpdate(update)
  } catch {
    return refused('malformed')
  }
  const { structs, ds } = decoded
  const ranges = [...ds.clients.values()].reduce((sum, items) => sum + items.length, 0)
  if (structs.length > documentLimits.structs || ranges > documentLimits.deleteRanges) return refused('too-large')
  const ends = endsAfter(doc, structs)
  if (ends === undefined) return refused('gap')
  if (ends.size > documentLimits.clients) return refused('too-large')
  const known = (id: Y.ID | null): boolean => id === null || id.clock < (ends.get(id.client) ?? 0)
  for (const struct of structs) {
    if (!(struct instanceof Y.Item)) continue
    if (struct.content instanceof Y.ContentDoc) return refused('malformed')
    if (!known(struct.origin) || !known(struct.rightOrigin)) return refused('gap')
    if (struct.parent instanceof Y.ID && !known(struct.parent)) return refused('gap')
    if (struct.parentSub !== null && struct.parentSub in Object.prototype) return refused('malformed')
  }
  for (const [client, items] of ds.clients) {
    if (items.some(({ clock, len }) => clock + len > (ends.get(client) ?? 0))) return refused('gap')
  }
  return { pass: true, changes: ranges > 0 || structs.length > 0 }
}

/** The next clock of every client once the update is in; undefined where one would leave a hole. */
const endsAfter = (doc: Y.Doc, structs: readonly (Y.GC | Y.Item | { id: Y.ID; length: number })[]) => {
  const ends = new Map<number, number>()
  for (const [client, items] of doc.store.clients) {
    const last = items.at(-1)!
    ends.set(client, last.id.clock + last.length)
  }
  for (const struct of structs) {
    const { client, clock } = struct.id
    const end = ends.get(client) ?? 0
    if (clock > end || (!(struct instanceof Y.GC) && !(struct instanceof Y.Item))) return undefined
    ends.set(client, Math.max(end, clock + struct.length))
  }
  return ends
}

/** Whether bytes are a state vector within bounds. */
export const isStateVector = (bytes: Uint8Array): boolean => {
  if (bytes.length > documentLimits.stateVectorBytes) return false
  try {
    return Y.decodeStateVector(bytes).size <= documentLimits.clients
  } catch {
    return false
  }
}
