import { askAbout, type Compared, type Node, root, type RowState, type Synced, type Up } from '@rejoin/profile'

/**
 * Finding the rows that differ where a fingerprint does: questions about parts of a table, a few at a time, until no
 * part differs. What was lacking or too much comes as changes, before each answer.
 */
export interface Comparing {
  /** messages that may go now */
  questions(): Up[]
  answered(compared: Compared): void
  readonly done: boolean
}

/** Questions under way at a time. */
const MAX_OPEN = 4
/** Parts in one question: keeps a message far below what a frame may weigh. */
const MAX_NODES = 64

export const createComparing = (
  tables: readonly string[],
  rows: (table: string) => readonly RowState[],
  columnSet: (table: string) => string,
): Comparing => {
  const waiting: { readonly table: string; readonly nodes: readonly Node[] }[] = tables.map(table => ({
    table,
    nodes: [root],
  }))
  let open = 0
  return {
    questions: () => {
      const ups: Up[] = []
      while (open < MAX_OPEN && waiting.length > 0) {
        const { table, nodes } = waiting.shift()!
        ups.push({ type: 'compare', table, ...askAbout(rows(table), nodes, columnSet(table)) })
        open++
      }
      return ups
    },
    answered: ({ table, differing }) => {
      open--
      for (let at = 0; at < differing.length; at += MAX_NODES)
        waiting.push({ table, nodes: differing.slice(at, at + MAX_NODES) })
    },
    get done() {
      return open === 0 && waiting.length === 0
    },
  }
}

/** Tables whose rows here are not what the relay says this device should hold. */
export const differing = (synced: Synced, fingerprint: (table: string) => string): string[] =>
  synced.tables.filter(each => fingerprint(each.table) !== each.fingerprint).map(({ table }) => table)
