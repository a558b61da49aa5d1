import {
  addRow,
  emptyFingerprint,
  encodeDown,
  type Fields,
  fingerprintText,
  type Holding,
  packRows,
  type PackedRow,
  type Position,
  type Scope,
  type Synced,
  type TableScope,
} from '@rejoin/profile'
import { serveEnvelope } from '../scope/serve.ts'
import type { Storage, StoredIndex, StoredRecord, View } from '../storage/storage.ts'
import { eachRow, isHeld } from './each-row.ts'
import { limits } from './limits.ts'

/**
 * Brings a device from what it holds to the present: pages of tables it lacks, as of R0; then everything that
 * changed since, to R1; then the fingerprints at R1. Live changes follow from R1.
 */
export interface CatchUp {
  readonly storage: Storage
  readonly scope: Scope
  readonly holdings: readonly Holding[]
  readonly send: (frame: Uint8Array) => void
  /** the same for pages and changes, which the device acknowledges */
  readonly sendCounted: (frame: Uint8Array) => void
  /** resolves when few enough of those are unacknowledged */
  readonly room: () => Promise<void>
  /** known fingerprints, shared by the sessions of a relay */
  readonly fingerprints: FingerprintCache
  readonly scopeClass: string
  /** lets others have their turn between steps over many rows */
  readonly pause: () => Promise<void>
}

/** What a table needs: everything since a position, after pages from a row on where it is not complete. */
interface Need {
  readonly part: TableScope
  /** moves on as changes are sent */
  since: Position
  readonly pages?: { readonly after: string }
  /** rows behind `pages.after` are in the pages as they were at this revision, or later */
  paged?: number
}

/** @returns the position the device has reached */
export const catchUp = async (run: CatchUp): Promise<Position> => {
  const needs = await run.storage.snapshot(view => needsOf(view, run))
  const missing = needs.filter(({ pages }) => pages !== undefined)
  if (missing.length > 0) {
    run.send(await run.storage.snapshot(view => planFrame(run, view, missing)))
    for (const need of missing) await sendPages(run, need)
  }
  for (const need of needs) await sendSince(run, need)
  // What is left is little: sent from one snapshot with the fingerprints, without waiting for the device.
  return run.storage.snapshot(async view => {
    for (const need of needs) {
      for (let more = true; more;) more = await sendBatch(run, view, need)
    }
    const tables: Synced['tables'][number][] = []
    for (const { part } of needs) tables.push(await fingerprintOf(run, view, part))
    run.send(encodeDown({ type: 'synced', at: view.head, tables }))
    return view.head
  })
}

const needsOf = async (view: View, { scope, holdings }: CatchUp): Promise<Need[]> => {
  const needs: Need[] = []
  for (const part of scope.tables.values()) {
    const holding = holdings.find(({ table }) => table === part.table)
    needs.push(
      holding !== undefined && (await fits(view, holding, part)) ? needAfter(part, holding) : needAll(part, view.head),
    )
  }
  return needs
}

const needAll = (part: TableScope, head: Position): Need => ({ part, since: head, pages: { after: '' } })

const needAfter = (part: TableScope, holding: Holding): Need =>
  holding.state === 'complete'
    ? { part, since: holding.at }
    : { part, since: holding.start, pages: { after: holding.after } }

/** A position of another timeline, or rows of another column set, are worth nothing here. */
const fits = async (view: View, holding: Holding, part: TableScope): Promise<boolean> => {
  const { rev, commit } = holding.state === 'complete' ? holding.at : holding.start
  return holding.columnSet === part.columnSet && rev <= view.head.rev && (await view.commitOf(rev)) === commit
}

const planFrame = async ({ pause }: CatchUp, view: View, needs: readonly Need[]): Promise<Uint8Array> => {
  const counts = await view.counts()
  const tables: { table: string; rows: number }[] = []
  for (const { part, pages } of needs) {
    let rows = 0
    if (part.everything && pages?.after === '') rows = counts.get(part.table) ?? 0
    else await eachRow(view, part, { visit: () => rows++, pause, after: pages?.after ?? '' })
    tables.push({ table: part.table, rows })
  }
  return encodeDown({ type: 'plan', tables })
}

const sendPages = async (run: CatchUp, need: Need): Promise<void> => {
  const { part, since: start, pages } = need
  // Where this goes on, and where another try may: that one is told, so it names no row outside the scope (SE1).
  let reached = pages?.after ?? ''
  let after = reached
  for (;;) {
    await run.room()
    const stored = await run.storage.snapshot(view => {
      need.paged ??= view.head.rev
      return view.page(part.table, reached, limits.pageRows)
    })
    const { rows, taken } = cut(stored, part)
    reached = taken.at(-1)?.id ?? reached
    after = rows.at(-1)?.id ?? after
    const last = taken.length === stored.length && stored.length < limits.pageRows
    if (rows.length === 0 && !last) continue
    run.sendCounted(
      encodeDown({
        type: 'page',
        table: part.table,
        start,
        columnSet: part.columnSet,
        after,
        last,
        rows: rows.length,
        packed: packRows(rows),
      }),
    )
    if (last) return
  }
}

/** As many rows as a page may weigh. */
export const cut = (
  stored: readonly StoredRecord[],
  part: TableScope,
): { rows: PackedRow[]; taken: readonly StoredRecord[] } => {
  const rows: PackedRow[] = []
  let bytes = 0
  for (const [index, row] of stored.entries()) {
    if (!isHeld(row, part)) continue
    const envelope = serveEnvelope(row.envelope, part)
    bytes += envelope.length
    if (bytes > limits.pageBytes && rows.length > 0) return { rows, taken: stored.slice(0, index) }
    rows.push({ id: row.id, envelope })
  }
  return { rows, taken: stored }
}

const sendSince = async (run: CatchUp, need: Need): Promise<void> => {
  for (let more = true; more;) {
    await run.room()
    more = await run.storage.snapshot(view => sendBatch(run, view, need))
  }
}

/** The next rows that changed, as one message. @returns whether there may be more */
const sendBatch = async (run: CatchUp, view: View, need: Need): Promise<boolean> => {
  const { part } = need
  const stored = await view.since(part.table, need.since.rev, limits.pageRows)
  const { taken } = cut(stored, part)
  if (taken.length === 0) return false
  need.since = { rev: taken.at(-1)!.rev, commit: '' }
  const table = part.table
  const rows = taken
    .filter(row => isHeld(row, part) && !isPaged(row, need))
    .map(({ id, envelope }) => ({ table, id, envelope: serveEnvelope(envelope, part) }))
  const gone = taken
    .filter(row => row.deleted && !row.purged && part.holds(JSON.parse(row.json) as Fields, row.id))
    .map(({ id }) => ({ table, id, why: 'deleted' as const }))
  if (rows.length > 0 || gone.length > 0) run.sendCounted(encodeDown({ type: 'changes', rows, gone, answers: [] }))
  return taken.length < stored.length || stored.length === limits.pageRows
}

/** Whether the pages of this very session brought the row as it is. */
const isPaged = ({ id, rev }: StoredIndex, { pages, paged }: Need): boolean =>
  pages !== undefined && paged !== undefined && id > pages.after && rev <= paged

/** A class's fingerprint of a table holds until the next revision. */
export type FingerprintCache = Map<string, { readonly rev: number; readonly sum: Synced['tables'][number] }>

/** Classes come and go: those whose scope asks the clock have one for each moment. */
const MOST_FINGERPRINTS = 10_000

const fingerprintOf = async (run: CatchUp, view: View, part: TableScope): Promise<Synced['tables'][number]> => {
  const key = `${run.scopeClass} ${part.table}`
  const known = run.fingerprints.get(key)
  if (known?.rev === view.head.rev) return known.sum
  const sum = emptyFingerprint()
  await eachRow(view, part, { visit: row => addRow(sum, row, part.columnSet), pause: run.pause })
  const found = { table: part.table, rows: sum.rows, fingerprint: fingerprintText(sum) }
  run.fingerprints.delete(key)
  run.fingerprints.set(key, { rev: view.head.rev, sum: found })
  for (const oldest of run.fingerprints.keys()) {
    if (run.fingerprints.size <= MOST_FINGERPRINTS) break
    run.fingerprints.delete(oldest)
  }
  return found
}
