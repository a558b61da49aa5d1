import {
  compileScope,
  type Fields,
  type Publication,
  type Scope,
  type Table,
  turnOf,
  type Value,
} from '@rejoin/profile'
import { createLens } from '../live/linked.ts'
import { type Neighbours, overlaid, type Row } from '../live/neighbours.ts'
import type { RecordKey, View } from '../storage/storage.ts'
import { createStandings, type NotHeld } from './standing.ts'
import { MOST_EDITS, type Version, versionsOf } from './versions.ts'

/** Why a record is no longer held: the nearest thing that, taken back alone, would make it held again. */
export type Past =
  /** this record, or one that brought it, was changed or deleted */
  | {
      readonly why: 'changed' | 'deleted'
      readonly record: RecordKey
      /** the revision from which it was no longer held */
      readonly rev: number
      readonly edit: string
      readonly by: string
      /** relay time, ms since 1970 */
      readonly at: number
      /** by column name */
      readonly changes: Readonly<Record<string, readonly [before: Value, after: Value]>>
    }
  /** held under an earlier version of the profile */
  | { readonly why: 'republished'; readonly version: number; readonly at: number }
  /** relative dates: the last full day before `at`, counted back from then, at which it was held */
  | { readonly why: 'time'; readonly at: number }

export interface PastParts {
  readonly view: View
  readonly scope: Scope
  readonly neighbours: Neighbours
  /** of the profile, oldest first */
  readonly earlier: readonly Publication[]
  readonly key: RecordKey
  readonly standing: NotHeld
}

/** Days that relative dates are taken back. */
const MOST_DAYS = 40
const DAY = 86_400_000

export const pastOf = async (parts: PastParts): Promise<Past | undefined> =>
  (await changedSince(parts)) ?? (await timePassed(parts)) ?? (await republished(parts))

const changedSince = async (parts: PastParts): Promise<Past | undefined> => {
  const { view, scope, neighbours, key } = parts
  for (const record of await suspects(parts)) {
    const table = scope.schema.tables.get(record.table)
    if (table === undefined) continue
    for (const version of await versionsOf(view, record)) {
      if (version.before === undefined) continue
      const overlay = new Map([[record.table, new Map<string, Row | undefined>([[record.id, version.before]])]])
      const { held } = await createStandings(scope, overlaid(neighbours, overlay)).of(key.table, key.id)
      if (held) return changedBy(version, record, table)
    }
  }
  return undefined
}

const changedBy = ({ edit, rev }: Version, { table: name, id }: RecordKey, table: Table): Past => ({
  why: edit.kind === 'delete' ? 'deleted' : 'changed',
  record: { table: name, id },
  rev,
  edit: edit.edit,
  by: edit.author,
  at: edit.received,
  changes: Object.fromEntries(
    Object.entries(edit.changes).map(([column, change]) => [table.byId.get(column)?.name ?? column, change]),
  ),
})

/** The record itself, rows that would bring it, and rows that named it not long ago. */
const suspects = async (parts: PastParts): Promise<readonly RecordKey[]> => {
  const { scope, key, standing } = parts
  const near = nearIn(standing)
  const before = scope.tables.has(key.table) ? await namedBefore(parts) : []
  return [key, ...near, ...before]
}

const nearIn = (standing: NotHeld): RecordKey[] =>
  standing.why !== 'not-selected'
    ? []
    : standing.near.flatMap(({ nearest }) =>
        nearest.flatMap(({ table, id, standing: of }) => [{ table, id }, ...nearIn(of)]),
      )

/** Revisions that are looked through for rows that named the record and name another now, or are deleted. */
const MOST_REVISIONS = 1_000

const namedBefore = async ({ view, scope, key }: PastParts): Promise<readonly RecordKey[]> => {
  const found: RecordKey[] = []
  for (const { by, column, side } of scope.tables.get(key.table)?.reaches ?? []) {
    if (side !== 'one') continue
    for (const row of await view.since(by, Math.max(0, view.head.rev - MOST_REVISIONS), MOST_REVISIONS)) {
      const record = { table: by, id: row.id }
      const names = (JSON.parse(row.json) as Fields)[column] === key.id
      // Those that name it and live were seen already.
      if (names ? row.deleted : await hasNamed(view, record, column, key.id)) found.push(record)
    }
  }
  return found.toReversed()
}

const hasNamed = async (view: View, record: RecordKey, column: string, id: string): Promise<boolean> => {
  const edits = await view.editsOf(record, '', MOST_EDITS)
  return edits.some(({ changes, outcome }) => outcome.status === 'applied' && changes[column]?.[0] === id)
}

const timePassed = async ({ scope, neighbours, key }: PastParts): Promise<Past | undefined> => {
  if (turnOf(scope) === undefined) return undefined
  for (let days = 1; days <= MOST_DAYS; days++) {
    const at = scope.now - days * DAY
    // Standings put custom filters to the clock themselves; nothing else of a scope knows it.
    if ((await createStandings({ ...scope, now: at }, neighbours).of(key.table, key.id)).held)
      return { why: 'time', at }
  }
  return undefined
}

const republished = async ({ scope, neighbours, key, earlier }: PastParts): Promise<Past | undefined> => {
  const { schema, person, now } = scope
  for (const { profile, at } of earlier.toReversed()) {
    const before = compileScope(schema, profile, person, now, createLens().rows)
    if ((await createStandings(before, neighbours).of(key.table, key.id)).held) {
      return { why: 'republished', version: profile.version, at }
    }
  }
  return undefined
}
