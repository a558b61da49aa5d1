import type { Stands, Welcome } from '@rejoin/profile'
import { heard } from '../lifetime/freshness.ts'
import { dropPinned } from '../pins/pin.ts'
import type { Draft } from '../replica/draft.ts'
import { grantFrom } from '../replica/grant.ts'
import { pagesOf, putRow, rowsOf } from '../replica/keys.ts'
import { keyOf, type Memory, type Row, rowFrom, type TableState } from '../replica/memory.ts'
import { endGrace } from '../replica/rows.ts'

/**
 * Stores a welcome: the grant, and the end of tables it no longer names. Unsent edits of those stay.
 *
 * @param live changes are pushed, but of tables with an interval
 */
export const takeWelcome = (draft: Draft, welcome: Welcome, memory: Memory, live: boolean): void => {
  const { cursor, grant } = draft.meta()
  const otherRights = grant !== undefined && grant.rights !== welcome.rights
  const granted = new Set(welcome.tables.map(({ table }) => table))
  for (const table of memory.tables.keys()) {
    const state = draft.tables.get(table)
    if (state === undefined) continue
    if (!granted.has(table)) endTable(draft, table, state)
    else if (state.state === 'complete') {
      // The cursor counts for tables that were complete when it was written: it becomes theirs.
      const { passed, ...rest } = state
      const at = passed === undefined ? (cursor ?? state.at) : state.at
      const apart = isPassed(welcome.tables, table, live)
        ? { passed: otherRights ? ('due' as const) : (passed ?? 0) }
        : {}
      draft.tables.set(table, { ...rest, at, ...apart })
    }
  }
  if (otherRights) endBesides(draft, memory)
  const { cursor: _, fresh, ...meta } = draft.meta()
  draft.replaceMeta({
    ...meta,
    grant: grantFrom(welcome, grant),
    ...(fresh === undefined ? {} : { fresh: heard(fresh, welcome.time) }),
  })
}

/** The user stands otherwise, in mid-session. */
export const takeStands = (draft: Draft, { rights, footing }: Stands, memory: Memory): void => {
  const { grant } = draft.meta()
  if (grant === undefined) return
  if (grant.rights !== rights) endBesides(draft, memory)
  draft.setMeta({ grant: { ...grant, rights, footing } })
}

/** Nobody can say any more whether he may still read what is outside his scope. */
const endBesides = (draft: Draft, memory: Memory): void => {
  endGrace(draft, memory.authored.keys(), Infinity)
  dropPinned(draft)
}

/** Whether nothing is pushed of a table: passes bring it. */
export const isPassed = (granted: Welcome['tables'], table: string, live: boolean): boolean =>
  !live || granted.some(each => each.table === table && each.interval !== undefined)

const endTable = (draft: Draft, table: string, state: TableState): void => {
  draft.tables.set(table, undefined)
  draft.also(table, memory => {
    const kept = keptRows(memory, table)
    const previous = state.state === 'partial' ? state.previous : undefined
    return {
      changes: [
        { clear: 'page', ...pagesOf(table, state.generation) },
        ...(previous === undefined ? [] : [{ clear: 'page' as const, ...pagesOf(table, previous.generation) }]),
        { clear: 'overlay', ...rowsOf(table) },
        ...[...kept].map(([id, row]) => putRow(keyOf({ table, id }), row)),
      ],
      apply: () => {
        memory.staged.delete(table)
        memory.rows.set(table, kept)
      },
    }
  })
}

/** Bytes under the author's own unsettled edits: not shown, as it may be the right that is gone. */
const keptRows = (memory: Memory, table: string): Map<string, Row> => {
  const kept = new Map<string, Row>()
  for (const [id, row] of memory.rows.get(table) ?? []) {
    if (memory.chains.has(keyOf({ table, id }))) kept.set(id, rowFrom(row.rev, 0, row.envelope, row.gone ?? 'unknown'))
  }
  return kept
}
