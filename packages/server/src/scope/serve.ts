import {
  checkFilter,
  dependenceOf,
  packEnvelope,
  type PublishedProfile,
  redact,
  type Schema,
  type Scope,
  type TableScope,
  unpackEnvelope,
} from '@rejoin/profile'

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

/**
 * Sessions of one class hold the same rows of everything, so what is encoded for one serves all. Scopes that ask
 * about the user are a class of their own, and so are scopes that ask the clock: those of another moment hold others.
 *
 * @param moment ms since 1970 the scope was compiled at, where `asksTheMoment`
 */
export const classOf = (scope: Scope, user: string, moment?: number): string => {
  const tables = [...scope.tables.values()]
  const shared = tables.every(({ everything }) => everything)
  const sets = tables.map(({ table, columnSet }) => `${table}:${columnSet}`).join(' ')
  if (shared) return sets
  return moment === undefined ? `${user} ${sets}` : `${user} ${moment} ${sets}`
}

/** Whether a scope of this profile holds other rows when it is compiled later: relative dates. */
export const asksTheMoment = (schema: Schema, profile: PublishedProfile | undefined): boolean =>
  (profile?.items ?? []).some(
    ({ table, filter }) =>
      filter.kind === 'custom' &&
      checkFilter(schema, table, filter.where).length === 0 &&
      dependenceOf(table, filter.where).clock,
  )
