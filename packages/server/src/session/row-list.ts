import {
  addRow,
  type Compare,
  emptyFingerprint,
  type Finding,
  fingerprintText,
  FrameFault,
  type Node,
  placeOf,
  type RowState,
  type Scope,
  type TableScope,
} from '@rejoin/profile'
import { membersOf } from '../scope/members.ts'
import type { View } from '../storage/storage.ts'
import { eachRow } from './each-row.ts'

/**
 * Which rows of a table the sessions of a class hold, as of a revision, sorted by their place in the tree of parts
 * (profile, scope/reconcile.ts): a question looks at the rows it is about, and the sums of large parts are made once.
 */
export interface RowList {
  readonly size: number
  add(row: RowState): void
  /** @throws FrameFault where the parts of the question overlap: no device asks twice for one row */
  answer(question: Omit<Compare, 'table'>, pause: () => Promise<void>): Promise<Finding>
}

const PARTS = 64
const LEVELS = 5
/** Rows lie in buckets: those of one node two levels down. */
const BUCKETS = PARTS * PARTS
/** Rows summed without a pause. */
const STEP = 5_000

/** Where a node begins, in parts of its level; how many buckets it has. */
const placeAt = (id: string, depth: number): number => Math.floor(placeOf(id) / PARTS ** (LEVELS - depth))

export const createRowList = (columnSet: string): RowList => {
  const buckets: (RowState[] | undefined)[] = Array.from({ length: BUCKETS })
  const sums = new Map<string, readonly string[]>()
  let size = 0

  const bucketsOf = ({ depth, prefix }: Node): (RowState[] | undefined)[] => {
    if (depth > LEVELS) return []
    if (depth >= 2) return [buckets[Math.floor(prefix / PARTS ** (depth - 2))]]
    const width = PARTS ** (2 - depth)
    return buckets.slice(prefix * width, (prefix + 1) * width)
  }

  const answer: RowList['answer'] = async ({ splits, leaves }, pause) => {
    let seen = 0
    let sinceRest = 0

    const visit = async (node: Node, each: (row: RowState) => void): Promise<void> => {
      for (const bucket of bucketsOf(node)) {
        if (bucket === undefined) continue
        for (const row of bucket) {
          if (node.depth > 2 && placeAt(row.id, node.depth) !== node.prefix) continue
          if (++seen > size) throw new FrameFault('malformed', 'the parts of a question overlap')
          each(row)
        }
        sinceRest += bucket.length
        if (sinceRest < STEP) continue
        sinceRest = 0
        await pause()
      }
    }

    const sumsOf = async (node: Node): Promise<readonly string[]> => {
      const name = `${node.depth}/${node.prefix}`
      const known = sums.get(name)
      if (known !== undefined) return known
      const parts = Array.from({ length: PARTS }, emptyFingerprint)
      await visit(node, row => addRow(parts[placeAt(row.id, node.depth + 1) % PARTS]!, row, columnSet))
      const texts = parts.map(fingerprintText)
      // Further down there are too many nodes to keep, and each has few rows.
      if (node.depth < 2 && node.prefix < PARTS ** node.depth) sums.set(name, texts)
      return texts
    }

    const differing: Node[] = []
    const send = new Set<string>()
    const drop = new Set<string>()
    for (const { parts, ...node } of splits) {
      if (node.depth >= LEVELS) continue
      const own = await sumsOf(node)
      own.forEach((sum, part) => {
        if (sum !== parts[part]) differing.push({ depth: node.depth + 1, prefix: node.prefix * PARTS + part })
      })
    }
    for (const leaf of leaves) {
      const theirs = new Map(leaf.rows.map(({ id, rev }) => [id, rev]))
      await visit(leaf, ({ id, rev }) => {
        if (theirs.get(id) !== rev) send.add(id)
        theirs.delete(id)
      })
      for (const id of theirs.keys()) drop.add(id)
    }
    return { differing, send: [...send], drop: [...drop] }
  }

  return {
    get size() {
      return size
    },
    add: ({ id, rev }) => {
      const bucket = placeAt(id, 2)
      const row = { id, rev }
      if (buckets[bucket] === undefined) buckets[bucket] = [row]
      else buckets[bucket].push(row)
      size++
    },
    answer,
  }
}

/** The lists of a relay, for as long as nothing has changed that decides over them. */
export interface RowLists {
  /** @param read told how many rows were looked at to make one */
  of(view: View, scope: Scope, part: TableScope, run: Reading): Promise<RowList>
}

export interface Reading {
  readonly pause: () => Promise<void>
  readonly read: (rows: number) => void
}

/** @param mostRows rows of all lists together */
export const createRowLists = (mostRows = 500_000): RowLists => {
  const lists = new Map<string, { readonly rev: number; readonly commit: string; readonly list: RowList }>()
  const numbers = new WeakMap<Scope, number>()
  let scopes = 0
  let rows = 0

  /** A table that is held whole is the same to everybody who holds the same columns of it. */
  const nameOf = (scope: Scope, part: TableScope): string => {
    if (part.everything) return `${part.table} ${part.columnSet}`
    const number = numbers.get(scope) ?? ++scopes
    numbers.set(scope, number)
    return `${part.table} of ${number}`
  }

  const forget = (name: string): void => {
    rows -= lists.get(name)?.list.size ?? 0
    lists.delete(name)
  }

  const make = async (view: View, scope: Scope, part: TableScope, { pause, read }: Reading): Promise<RowList> => {
    const list = createRowList(part.columnSet)
    if (part.everything) await eachRow(view, part.table, { visit: row => list.add(row), pause })
    else for (const row of (await membersOf(view, scope, new Set([part.table]))).get(part.table)!) list.add(row)
    read(list.size)
    return list
  }

  return {
    of: async (view, scope, part, run) => {
      const name = nameOf(scope, part)
      const known = lists.get(name)
      if (known !== undefined && (await stands(view, deciding(scope, part), known))) return known.list
      const list = await make(view, scope, part, run)
      if ((lists.get(name)?.rev ?? 0) <= view.head.rev && list.size <= mostRows) {
        forget(name)
        lists.set(name, { ...view.head, list })
        rows += list.size
        for (const oldest of lists.keys()) {
          if (rows <= mostRows && lists.size <= MOST_LISTS) break
          forget(oldest)
        }
      }
      return list
    },
  }
}

const MOST_LISTS = 256

/** Tables whose rows say which of a table's the scope holds. */
const deciding = ({ profile }: Scope, part: TableScope): readonly string[] =>
  part.alone ? [part.table] : (profile?.items ?? []).map(({ table }) => table)

/** Whether tables are, in this view, as they were then. */
const stands = async (view: View, tables: readonly string[], at: { rev: number; commit: string }): Promise<boolean> => {
  if (at.rev > view.head.rev || (await view.commitOf(at.rev)) !== at.commit) return false
  if (at.rev === view.head.rev) return true
  for (const table of tables) if ((await view.since(table, at.rev, 1)).length > 0) return false
  return true
}
