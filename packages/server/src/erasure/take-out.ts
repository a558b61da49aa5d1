import {
  type Confirmed,
  type Content,
  type LedgerEntry,
  type Outcome,
  packEnvelope,
  readFlat,
  redact,
  REMEMBERED,
  unpackEnvelope,
} from '@rejoin/profile'
import { bare } from '../commit/answering.ts'
import { ONLINE } from '../commit/online.ts'
import type { StoredEdit, StoredRecord } from '../storage/storage.ts'
import type { Target } from './erasure.ts'
import { isErased, tombstone } from './tombstone.ts'

/** What becomes of everything kept about a target. Pure; undefined where there is nothing left to take out. */
export interface Place {
  readonly rev: number
  readonly commit: string
  /** id of the erasure: it stands among the record's visible changes */
  readonly erasure: string
}

/**
 * The record without it: a tombstone, also where there never was one, so that a device that is told to repeat its edits
 * after a restore cannot create it; or its document with the columns' items as garbage of the same length.
 */
export const recordWithout = (
  target: Target,
  stored: StoredRecord | undefined,
  { rev, commit, erasure }: Place,
): StoredRecord | undefined => {
  const { table, id, columns } = target
  if (columns === undefined) return stored !== undefined && isErased(stored) ? undefined : tombstone({ table, id }, rev)
  if (stored === undefined || stored.purged) return undefined
  const confirmed = unpackEnvelope(stored.envelope)
  const { fields } = readFlat(confirmed.bytes)
  const there = columns.filter(column => fields[column] !== undefined)
  if (there.length === 0) return undefined
  const kept = new Set(Object.keys(fields).filter(column => !there.includes(column)))
  const emptied: Confirmed = {
    ...confirmed,
    rev,
    commit,
    changed: rev,
    recent: [...confirmed.recent, { rev, edit: erasure, device: ONLINE }].slice(-REMEMBERED),
    columns: { ...confirmed.columns, ...Object.fromEntries(there.map(column => [column, rev])) },
    bytes: redact(confirmed.bytes, kept),
  }
  const json = JSON.stringify(without(fields, columns))
  return { ...stored, rev, json, envelope: packEnvelope(emptied) }
}

export const editWithout = ({ columns }: Target, edit: StoredEdit): StoredEdit | undefined => {
  // What a command was told is not told apart by columns.
  const erased = {
    ...bare(edit),
    changes: without(edit.changes, columns),
    outcome: outcomeWithout(edit.outcome, columns),
  }
  return isSame(erased, edit) ? undefined : erased
}

const outcomeWithout = (outcome: Outcome, columns: Target['columns']): Outcome =>
  outcome.status !== 'held' || outcome.question === undefined
    ? outcome
    : { ...outcome, question: { ...outcome.question, theirs: without(outcome.question.theirs, columns) } }

export const conflictWithout = ({ columns }: Target, entry: LedgerEntry): LedgerEntry | undefined => {
  const emptied = ({ fields, deleted }: Content): Content => ({ fields: without(fields, columns), deleted })
  const { changes, mine, theirs, result } = entry
  const left = {
    changes: without(changes, columns),
    mine: emptied(mine),
    theirs: emptied(theirs),
    result: emptied(result),
  }
  return isSame(left, { changes, mine, theirs, result }) ? undefined : { ...entry, ...left }
}

const without = <T>(values: Readonly<Record<string, T>>, columns: Target['columns']): Readonly<Record<string, T>> =>
  columns === undefined
    ? {}
    : Object.fromEntries(Object.entries(values).filter(([column]) => !columns.includes(column)))

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
