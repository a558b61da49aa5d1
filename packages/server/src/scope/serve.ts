import { packEnvelope, redact, type TableScope, unpackEnvelope } from '@rejoin/profile'

/**
 * Bytes as a scope lets them out. With every column selected that is the stored envelope itself; otherwise hidden
 * columns leave as garbage, and so does every trace of when they changed.
 */
export const serveEnvelope = (
  envelope: Uint8Array,
  scope: TableScope,
  cache?: Map<string, Uint8Array>,
  key = '',
): Uint8Array => {
  if (scope.columnSet === '*') return envelope
  const name = `${scope.columnSet} ${key}`
  const known = cache?.get(name)
  if (known !== undefined) return known
  const confirmed = unpackEnvelope(envelope)
  const columns = Object.fromEntries(Object.entries(confirmed.columns).filter(([column]) => scope.columns.has(column)))
  const served = packEnvelope({ ...confirmed, columns, bytes: redact(confirmed.bytes, scope.columns) })
  cache?.set(name, served)
  return served
}
