import { addRow, emptyFingerprint, fingerprintText, placeOf, type RowState } from './fingerprint.ts'

/**
 * Range reconciliation over a tree of parts: every node has 64 parts by the next six bits of the row's place. The
 * asking side (the device) sends the fingerprints of a node's parts, or all rows of a small node; the answering side
 * names parts that differ, or settles rows. Cost follows the difference.
 */
export const PARTS = 64
const BITS = 6
const LEVELS = 5

/** A node with at most this many rows is settled row by row. */
export const LEAF_ROWS = 64

export interface Node {
  readonly depth: number
  readonly prefix: number
}

export const root: Node = { depth: 0, prefix: 0 }

export const partOf = (node: Node, part: number): Node => ({
  depth: node.depth + 1,
  prefix: node.prefix * PARTS + part,
})

const prefixAt = (id: string, depth: number): number => placeOf(id) >>> (BITS * (LEVELS - depth))

export const inNode = (id: string, { depth, prefix }: Node): boolean => prefixAt(id, depth) === prefix

/** The fingerprints of a node's parts, as text. */
export const partsOf = (rows: Iterable<RowState>, node: Node, columnSet: string): string[] => {
  const parts = Array.from({ length: PARTS }, emptyFingerprint)
  for (const row of rows) {
    if (inNode(row.id, node)) addRow(parts[prefixAt(row.id, node.depth + 1) % PARTS]!, row, columnSet)
  }
  return parts.map(fingerprintText)
}

/** What the asking side sends next about nodes that differ. */
export interface Question {
  readonly splits: readonly (Node & { readonly parts: readonly string[] })[]
  readonly leaves: readonly (Node & { readonly rows: readonly RowState[] })[]
}

export const ask = (rows: readonly RowState[], nodes: readonly Node[], columnSet: string): Question => {
  const splits: (Node & { readonly parts: readonly string[] })[] = []
  const leaves: (Node & { readonly rows: readonly RowState[] })[] = []
  for (const node of nodes) {
    const inside = rows.filter(({ id }) => inNode(id, node))
    if (inside.length <= LEAF_ROWS || node.depth >= LEVELS - 1) {
      leaves.push({ ...node, rows: inside.map(({ id, rev }) => ({ id, rev })) })
    } else splits.push({ ...node, parts: partsOf(inside, node, columnSet) })
  }
  return { splits, leaves }
}

/** What the answering side finds: parts that differ, rows the other lacks or has too old, rows it must drop. */
export interface Finding {
  readonly differing: readonly Node[]
  readonly send: readonly string[]
  readonly drop: readonly string[]
}

export const answer = (rows: readonly RowState[], { splits, leaves }: Question, columnSet: string): Finding => {
  const differing: Node[] = []
  for (const { parts, ...node } of splits) {
    const own = partsOf(rows, node, columnSet)
    own.forEach((fingerprint, part) => {
      if (fingerprint !== parts[part]) differing.push(partOf(node, part))
    })
  }
  const send: string[] = []
  const drop: string[] = []
  for (const leaf of leaves) {
    const theirs = new Map(leaf.rows.map(({ id, rev }) => [id, rev]))
    for (const { id, rev } of rows) {
      if (!inNode(id, leaf)) continue
      if (theirs.get(id) !== rev) send.push(id)
      theirs.delete(id)
    }
    drop.push(...theirs.keys())
  }
  return { differing, send, drop }
}
