import type { Welcome } from '@rejoin/profile'
import { heard } from '../lifetime/freshness.ts'
import type { Draft } from '../replica/draft.ts'
import { grantFrom } from '../replica/grant.ts'
import { pagesOf, putRow, rowsOf } from '../replica/keys.ts'
import { keyOf, type Memory, type Row, type TableState } from '../replica/memory.ts'

/** Stores a welcome: the grant, and the end of tables it no longer names. Unsent edits of those stay. */
export const takeWelcome = (draft: Draft, welcome: Welcome, tables: Iterable<string>): void => {
  const { cursor, grant } = draft.meta()
  const granted = new Set(welcome.tables.map(({ table }) => table))
  for (const table of tables) {
    const state = draft.tables.get(table)
    if (state === undefined) continue
    if (!granted.has(table)) endTable(draft, table, state)
    // The cursor counts for tables that were complete when it was written: it becomes theirs.
    else if (state.state === 'complete' && cursor !== undefined) draft.tables.set(table, { ...state, at: cursor })
  }
  const { cursor: _, fresh, ...meta } = draft.meta()
  draft.replaceMeta({
    ...meta,
    grant: grantFrom(welcome, grant),
    ...(fresh === undefined ? {} : { fresh: heard(fresh, welcome.time) }),
  })
}

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

/** Bytes under the author's own unsettled edits. */
const keptRows = (memory: Memory, table: string): Map<string, Row> => {
  const kept = new Map<string, Row>()
  for (const [id, row] of memory.rows.get(table) ?? []) {
    if (memory.chains.has(keyOf({ table, id }))) kept.set(id, { ...row, generation: 0, gone: row.gone ?? 'left' })
  }
  return kept
}
