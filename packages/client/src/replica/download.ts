import { eachRow, isSound, type Page } from '@rejoin/profile'
import type { StoreChange } from '../store/store.ts'
import type { Draft, Prepared } from './draft.ts'
import { pageKey, pagesOf, putAuthored, putPage, putRow, rowsOf } from './keys.ts'
import { generationIn, keyOf, type Memory, readableIn, type Row, rowFrom, rowIn, type TableState } from './memory.ts'

/**
 * Downloads by generation: pages of a table are stored as they come and read only when the last one is there; the
 * switch and the end of the earlier generation are in the commit of the last page (FS6).
 */
export const takePage = (draft: Draft, page: Page): void => {
  const { table, after, columnSet, start } = page
  const before = draft.tables.get(table)
  const resumed = goesOn(before, page)
  const run = resumed ? before : begun(before, page)
  draft.also(table, memory => {
    const begin = resumed ? nothing : beginning(memory, before, page)
    const staged = resumed ? (memory.staged.get(table) ?? new Map<string, Row>()) : new Map<string, Row>()
    const { packed } = page
    eachRow(packed, (id, from, to) => {
      if (isSound(packed, from, to)) staged.set(id, rowIn(packed, from, to, run.generation))
    })
    const put = putPage(pageKey(table, run.generation, run.pages), page.rows, page.packed)
    const end = page.last ? switching(memory, table, run, staged) : staging(table, staged)
    return {
      changes: [...begin.changes, put, ...end.changes],
      apply: () => {
        begin.apply()
        end.apply(memory)
      },
    }
  })
  draft.tables.set(
    table,
    page.last
      ? { state: 'complete', at: start, columnSet, generation: run.generation }
      : { ...run, after, pages: run.pages + 1, rows: run.rows + page.rows },
  )
}

type Partial = Extract<TableState, { state: 'partial' }>

const nothing = { changes: [] as StoreChange[], apply: () => {} }

const goesOn = (state: TableState | undefined, { start, columnSet }: Page): state is Partial =>
  state?.state === 'partial' &&
  state.columnSet === columnSet &&
  state.start.rev === start.rev &&
  state.start.commit === start.commit

const begun = (before: TableState | undefined, { start, columnSet }: Page): Partial => {
  const readable = readableIn(before)
  const readColumns = before?.state === 'complete' ? before.columnSet : (before?.previous?.columnSet ?? '')
  const previous = readable === undefined ? {} : { previous: { generation: readable, columnSet: readColumns } }
  return {
    state: 'partial',
    start,
    after: '',
    columnSet,
    generation: generationIn(before) + 1,
    pages: 0,
    rows: 0,
    ...previous,
  }
}

const beginning = (memory: Memory, before: TableState | undefined, { table, columnSet }: Page): typeof nothing => {
  const abandoned: StoreChange[] =
    before?.state === 'partial' ? [{ clear: 'page', ...pagesOf(table, before.generation) }] : []
  // The same columns again, though the set was complete: this is another history, in which the clocks of the
  // device's client ids may mean something else. Recording notices the life that never was.
  const foreign = before?.state === 'complete' && before.columnSet === columnSet
  const aged = foreign ? [...memory.authored].filter(([key]) => key.startsWith(`${table}/`)) : []
  const renewed = aged.map(([key, authored]) => [key, { ...authored, incarnation: ANOTHER_HISTORY }] as const)
  return {
    changes: [...abandoned, ...renewed.map(([key, authored]) => putAuthored(key, authored))],
    apply: () => {
      for (const [key, authored] of renewed) memory.authored.set(key, authored)
    },
  }
}

/** No incarnation is this: they are 16 hex digits. */
const ANOTHER_HISTORY = 'another history'

const staging = (table: string, staged: Map<string, Row>): Prepared => ({
  changes: [],
  apply: memory => void memory.staged.set(table, staged),
})

const switching = (memory: Memory, table: string, run: Partial, staged: Map<string, Row>): Prepared => {
  const kept = survivors(memory, table, run, staged)
  const ended: StoreChange[] =
    run.previous === undefined ? [] : [{ clear: 'page', ...pagesOf(table, run.previous.generation) }]
  return {
    changes: [
      ...ended,
      { clear: 'overlay', ...rowsOf(table) },
      ...[...kept].map(([id, row]) => putRow(keyOf({ table, id }), row)),
    ],
    apply: () => {
      for (const [id, row] of kept) staged.set(id, row)
      memory.staged.delete(table)
      memory.rows.set(table, staged)
    },
  }
}

/**
 * What stays of the rows held before: those that came while the pages did and are newer, and the bytes under the
 * author's own unsettled edits.
 */
const survivors = (memory: Memory, table: string, run: Partial, staged: ReadonlyMap<string, Row>): Map<string, Row> => {
  const kept = new Map<string, Row>()
  for (const [id, row] of memory.rows.get(table) ?? []) {
    const paged = staged.get(id)
    const newer = row.generation === run.generation && (row.gone !== undefined || row.rev > (paged?.rev ?? 0))
    if (newer) kept.set(id, row)
    else if (
      paged === undefined &&
      (row.kept !== undefined || (row.envelope !== undefined && memory.chains.has(keyOf({ table, id }))))
    ) {
      kept.set(id, rowFrom(row.rev, run.generation, row.envelope, row.gone ?? 'left', row.kept))
    }
  }
  return kept
}
