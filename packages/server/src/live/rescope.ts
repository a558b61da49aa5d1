import type { Position, RowState, Scope } from '@rejoin/profile'
import { membersOf } from '../scope/members.ts'
import { whyGone } from '../scope/why-gone.ts'
import { keyOf, type View } from '../storage/storage.ts'
import { createTelling, pushedOf, type Told } from './live.ts'

/**
 * What another moment, or another standing of the person, changes of what is held, with no change of any row (DS5, DS6):
 * the rows of both scopes are asked for, and the difference is told.
 *
 * @returns undefined where that is more than is told at once: the device compares
 */
export const rescoped = async (
  view: View,
  before: Scope,
  after: Scope,
  passed: ReadonlySet<string>,
  at: Position,
): Promise<Told | undefined> => {
  const [had, has] = [await membersOf(view, before), await membersOf(view, after)]
  const rows: { table: string; id: string }[] = []
  const left: { table: string; id: string }[] = []
  for (const table of new Set([...had.keys(), ...has.keys()])) {
    const [old, next] = [had.get(table), has.get(table)]
    // whole now, or whole before: that is no list of rows
    if (old === undefined || next === undefined) return undefined
    rows.push(...missing(old, next).map(id => ({ table, id })))
    left.push(...missing(next, old).map(id => ({ table, id })))
  }
  if (rows.length + left.length > MOST_TOLD) return undefined
  const stored = await view.records([...rows, ...left])
  const standing = new Map(stored.map(row => [keyOf(row), row]))
  const gone = left.map(key => ({ ...key, why: whyGone(after.tables.get(key.table), standing.get(keyOf(key))) }))
  return createTelling(at, standing)(after, pushedOf({ rows, gone, unsure: false }, passed, new Set()))
}

const MOST_TOLD = 2_000

/** Ids of the second list that the first has not. */
const missing = (of: readonly RowState[], from: readonly RowState[]): string[] => {
  const there = new Set(of.map(({ id }) => id))
  return from.flatMap(({ id }) => (there.has(id) ? [] : [id]))
}
