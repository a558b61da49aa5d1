import { FaultError, type Schema } from '@rejoin/profile'
import { administer } from '../admin/administer.ts'
import { changing } from '../admin/change.ts'
import type { Core } from '../core.ts'
import { type Share, shareId } from '../directory/directory.ts'
import { type Environment, loadEnvironment } from '../environment/environment.ts'
import {
  type Entry,
  entryKey,
  type Found,
  keyOf,
  type Storage,
  type StoredRecord,
  type View,
} from '../storage/storage.ts'
import { type Emptied, emptiedKey } from './emptied.ts'
import {
  type Erasure,
  erasureKey,
  type ErasureProgress,
  type ErasureReport,
  notBegun,
  nothingYet,
  progressKey,
  type Target,
} from './erasure.ts'
import type { ErasureList } from './list.ts'
import { conflictWithout, editWithout, recordWithout } from './take-out.ts'

/** Carries erasures out, and again where a database was restored from before them. */
export interface Erasures {
  /** resolves when everything is gone, with what was touched */
  erase(erasure: Erasure): Promise<ErasureReport>
  /** what the list names and this database has not seen, and what was cut off. @returns how many */
  replay(): Promise<number>
}

export interface ErasuresParts {
  readonly storage: Storage
  readonly list?: ErasureList | undefined
  /** of all tables, by name: ids of their document columns */
  readonly documentColumns: (table: string) => readonly string[]
  /** @returns whether there was such a document */
  readonly removeDocument?: ((target: Target, column: string) => Promise<boolean>) | undefined
  /** tells whoever holds a record that it changed past the committer */
  readonly tell: Core['lookAgain']
  /** follows a change of the environment, made as an administrator makes one */
  readonly changed: Core['reload']
  /** ms since 1970 */
  readonly now: () => number
  /** 16 hex digits, random */
  readonly newCommit: () => string
}

/** Records of one commit. */
const BATCH = 50
/** Edits of one commit. */
const EDITS = 500

export const createErasures = (parts: ErasuresParts): Erasures => {
  const { storage, list, tell } = parts

  const carryOut = async ({ erasure, progress }: KnownErasure): Promise<ErasureReport> => {
    let { done, report } = progress
    while (done < erasure.targets.length) {
      const targets = erasure.targets.slice(done, done + BATCH)
      report = sum(report, await eraseBatch(parts, erasure, targets))
      done += targets.length
      const value: ErasureProgress = { done, report }
      await storage.commit({}, () => ({ result: undefined, entries: [{ ...progressKey(erasure.id), value }] }))
      await tell()
    }
    return report
  }

  const begin = (erasure: Erasure): Promise<void> =>
    storage.commit({}, () => ({ result: undefined, entries: [{ ...erasureKey(erasure.id), value: erasure }] }))

  return {
    erase: async erasure => {
      // The list first: what it names is done at the next start, whatever becomes of this one.
      await list?.append(erasure)
      await begin(erasure)
      return carryOut({ erasure, progress: notBegun })
    },
    replay: async () => {
      const listed = (await list?.read()) ?? []
      const known = new Set<string>()
      for (const { erasure } of await knownErasures(storage)) {
        known.add(erasure.id)
        if (!listed.some(({ id }) => id === erasure.id)) await list?.append(erasure)
      }
      for (const erasure of listed) if (!known.has(erasure.id)) await begin(erasure)
      const open = (await knownErasures(storage)).filter(
        ({ erasure, progress }) => progress.done < erasure.targets.length,
      )
      for (const each of open) await carryOut(each)
      return open.length
    },
  }
}

export interface KnownErasure {
  readonly erasure: Erasure
  readonly progress: ErasureProgress
}

/** In the order they were asked for. */
export const knownErasures = (storage: Storage): Promise<KnownErasure[]> =>
  storage.snapshot(async view => {
    const progress = new Map((await view.entries('erasure-progress')).map(({ id, value }) => [id, value]))
    return (await view.entries('erasure')).map(({ id, value }) => ({
      erasure: value as Erasure,
      progress: (progress.get(id) as ErasureProgress | undefined) ?? notBegun,
    }))
  })

/** Records first: from then on nothing more comes in about them. Done twice it does nothing the second time. */
const eraseBatch = async (
  parts: ErasuresParts,
  erasure: Erasure,
  targets: readonly Target[],
): Promise<ErasureReport> => {
  const { storage, newCommit } = parts
  const commit = newCommit()
  const records = await storage.commit({ records: targets, entries: targets.map(emptiedKey) }, found => {
    const written = recordsWithout(found, targets, { commit, erasure: erasure.id })
    const last = written.at(-1)
    const head = last === undefined ? {} : { head: { rev: last.rev, commit } }
    return {
      result: countsOf(found, targets, written),
      records: written,
      entries: marksOf(found, targets, written),
      ...head,
    }
  })
  let report: ErasureReport = { ...nothingYet, records }
  for (const target of targets) {
    const { edits, conflicts } = await eraseHistory(storage, target)
    const shares = target.columns === undefined ? await removeShares(parts, erasure, target) : 0
    const documents = await removeDocuments(parts, target)
    report = sum(report, { records: {}, edits, conflicts, documents, shares })
  }
  return report
}

const recordsWithout = (
  { head, records }: Found,
  targets: readonly Target[],
  place: { readonly commit: string; readonly erasure: string },
): StoredRecord[] => {
  const written = new Map<string, StoredRecord>()
  let { rev } = head
  for (const target of targets) {
    // A record may be named twice: what is written last says all of it, at one revision.
    const key = keyOf(target)
    const next = recordWithout(target, written.get(key) ?? records.get(key), { ...place, rev: rev + 1 })
    if (next === undefined) continue
    rev++
    written.delete(key)
    written.set(key, next)
  }
  return [...written.values()]
}

/** So that a device that still has them does not bring them back; a column may be empty here and held there. */
const marksOf = (
  { records, entries }: Found,
  targets: readonly Target[],
  written: readonly StoredRecord[],
): Entry[] => {
  const revs = new Map([...records.values(), ...written].map(row => [keyOf(row), row.rev]))
  const marks = new Map<string, Entry>()
  for (const target of targets) {
    const rev = revs.get(keyOf(target))
    if (target.columns === undefined || rev === undefined) continue
    const key = emptiedKey(target)
    const before = (marks.get(key.id) ?? entries.get(entryKey(key)))?.value as Emptied | undefined
    const emptied = Object.fromEntries(target.columns.map(column => [column, rev]))
    marks.set(key.id, { ...key, value: { ...before, ...emptied } })
  }
  return [...marks.values()]
}

const countsOf = (
  { records }: Found,
  targets: readonly Target[],
  written: readonly StoredRecord[],
): ErasureReport['records'] => {
  const counts: Record<string, { purged: number; emptied: number; unknown: number }> = {}
  const changed = new Map(written.map(row => [keyOf(row), row]))
  for (const key of new Set(targets.map(keyOf))) {
    const row = changed.get(key)
    const { table } = targets.find(target => keyOf(target) === key)!
    const count = (counts[table] ??= { purged: 0, emptied: 0, unknown: 0 })
    if (!records.has(key)) count.unknown++
    else if (row !== undefined) count[row.purged ? 'purged' : 'emptied']++
  }
  return counts
}

/** Edits that were answered, refused or are held, and conflicts with both their versions. */
const eraseHistory = async (storage: Storage, target: Target): Promise<Pick<ErasureReport, 'edits' | 'conflicts'>> => {
  let after = ''
  let edits = 0
  for (;;) {
    const page = await storage.snapshot(view => view.editsOf(target, after, EDITS))
    const ids = page.map(({ edit }) => edit)
    edits += await storage.commit({ edits: ids }, found => {
      const erased = [...found.edits.values()].flatMap(edit => editWithout(target, edit) ?? [])
      return { result: erased.length, erased }
    })
    if (page.length < EDITS) break
    after = ids.at(-1)!
  }
  const entries = await storage.snapshot(view => ledgerOf(view, target))
  const ledger = entries.flatMap(entry => conflictWithout(target, entry) ?? [])
  if (ledger.length > 0) await storage.commit({}, () => ({ result: undefined, ledger }))
  return { edits, conflicts: ledger.length }
}

/** All of them: the record is gone, and its conflicts grow no more. */
const ledgerOf = (view: View, { table, id }: Target) =>
  view.ledger({ table, record: id, limit: Number.MAX_SAFE_INTEGER })

/** As an administrator removes them: with the audit, and heard of by every relay. */
const removeShares = async (
  { storage, now, changed }: ErasuresParts,
  { by }: Erasure,
  { table, id }: Target,
): Promise<number> => {
  const sharesIn = ({ directory }: Environment): Share[] =>
    [...directory.shares.values()]
      .flatMap(list => [...list.values()])
      .filter(share => share.table === table && share.record === id)
  const known = await storage.snapshot(loadEnvironment)
  const { length } = sharesIn(known)
  if (length === 0) return 0
  const done = await administer({ storage, now, known }, by, environment =>
    changing(
      `erased the shares of table ${table}, record ${id}`,
      [],
      sharesIn(environment).map(share => ({ kind: 'share', id: shareId(share) })),
    ),
  )
  if (!done.ok) throw new FaultError(done.faults)
  await changed()
  return length
}

const removeDocuments = async ({ documentColumns, removeDocument }: ErasuresParts, target: Target): Promise<number> => {
  let removed = 0
  for (const column of documentColumns(target.table)) {
    if (target.columns !== undefined && !target.columns.includes(column)) continue
    if ((await removeDocument?.(target, column)) === true) removed++
  }
  return removed
}

const sum = (one: ErasureReport, other: ErasureReport): ErasureReport => {
  const records = { ...one.records }
  for (const [table, { purged, emptied, unknown }] of Object.entries(other.records)) {
    const before = records[table] ?? { purged: 0, emptied: 0, unknown: 0 }
    records[table] = {
      purged: before.purged + purged,
      emptied: before.emptied + emptied,
      unknown: before.unknown + unknown,
    }
  }
  return {
    records,
    edits: one.edits + other.edits,
    conflicts: one.conflicts + other.conflicts,
    documents: one.documents + other.documents,
    shares: one.shares + other.shares,
  }
}

/** Ids of a table's document columns. */
export const documentColumns = ({ tables }: Schema, table: string): readonly string[] =>
  (tables.get(table)?.columns ?? []).filter(({ type }) => type === 'document').map(({ id }) => id)
