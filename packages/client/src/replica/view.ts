import {
  type Content,
  type Edit,
  type Fields,
  foldPending,
  type Handle,
  type Outcome,
  type Present,
  type Strategy,
  type Wanted,
} from '@rejoin/profile'
import { type Entry, isMeant } from '../outbox/outbox-state.ts'
import { decode, type Decoded, partOf, type Row } from './memory.ts'

/** A record as its device's user sees it: confirmed, with his own pending edits laid over by the rules of the merge. */
export interface Seen {
  readonly device: string
  readonly strategy: Strategy
  /** outcomes of settled edits that pending ones name */
  readonly outcome: (edit: string) => Outcome | undefined
  /** the offline step of a command, where the app has it */
  readonly stepOf: (edit: Edit) => Handle | undefined
}

/** A record nobody here has pending edits on. `only`: of which at least these columns are read. */
export const plainView = (row: Row | undefined, only?: Wanted): Content | undefined => {
  if (row === undefined || row.gone !== undefined) return undefined
  return only === undefined ? decode(row)?.content : partOf(row, only)
}

/** @returns undefined where there is no such record */
export const viewOf = (
  row: Row | undefined,
  chain: readonly Entry[],
  seen: Seen,
  foreign: readonly Edit[] = [],
): Content | undefined => {
  if (chain.length + foreign.length === 0) return plainView(row)
  const own = chain.filter(({ state, edit }) => isMeant(state) && !isInside(row, edit.seq, seen.device))
  const pending = inOrder(own, outside(row, foreign))
  // What may not be read any more is not shown by way of what was written there (DS14).
  if (row?.gone === 'unknown' && !pending.some(({ kind }) => kind === 'create')) return undefined
  // Once nothing of the author's own is left on it, a gone record is gone.
  if (pending.length === 0) return plainView(row)
  return foldPending(presentOf(row, chain, seen), pending, seen.strategy, seen.stepOf).content
}

/**
 * Pending edits of others that the confirmed record does not have inside yet. Changes of a record that is not here lie
 * on nothing, and are not shown; a create and what follows it are.
 */
export const outside = (row: Row | undefined, foreign: readonly Edit[]): readonly Edit[] => {
  if (foreign.length === 0) return foreign
  const here = row !== undefined && row.gone === undefined
  if (!here && !foreign.some(({ kind }) => kind === 'create')) return []
  return foreign.filter(({ seq, device }) => !isInside(row, seq, device))
}

/** By (tick, device), so that peers agree among themselves; of one device in the order it made them. */
const inOrder = (own: readonly Entry[], foreign: readonly Edit[]): readonly Edit[] => {
  const edits = own.map(({ edit }) => edit)
  if (foreign.length === 0) return edits
  return [...edits, ...foreign].toSorted(
    (a, b) => a.tick - b.tick || (a.device < b.device ? -1 : a.device > b.device ? 1 : a.seq - b.seq),
  )
}

const presentOf = (row: Row | undefined, chain: readonly Entry[], { device, outcome }: Seen): Present => {
  const confirmed = row === undefined ? undefined : decode(row)
  const outcomes = new Map<string, Outcome>()
  for (const { edit, state } of chain) {
    const merged =
      state.status === 'accepted'
        ? state.answer
        : isInside(row, edit.seq, device)
          ? rememberedAs(edit, confirmed!)
          : undefined
    if (merged !== undefined) outcomes.set(edit.id, merged)
    const after = edit.after === undefined ? undefined : outcome(edit.after)
    if (after !== undefined) outcomes.set(edit.after!, after)
  }
  if (confirmed === undefined) return { standing: undefined, rev: 0, outcomes }
  const { rev, changed, recent, incarnation } = confirmed.confirmed
  return { standing: { state: 'held', content: confirmed.content, changed, recent }, rev, incarnation, outcomes }
}

/**
 * Merged, but the answer was lost with the connection: the author's last change that the record remembers stands for
 * it. Without it, more changes of his own than a record remembers would look like those of others.
 */
const rememberedAs = ({ id, device }: Edit, { confirmed: { recent } }: Decoded): Outcome | undefined => {
  const known = recent.findLast(({ edit }) => edit === id) ?? recent.findLast(change => change.device === device)
  return known === undefined ? undefined : { status: 'applied', rev: known.rev }
}

/** An edit already merged into the confirmed record is never folded again, whatever path the record came by. */
export const isInside = (row: Row | undefined, seq: number, device: string): boolean =>
  row !== undefined && seq <= (decode(row)?.confirmed.settled[device] ?? 0)

export const isLive = (content: Content | undefined): content is Content => content !== undefined && !content.deleted

export const fieldsOf = (content: Content | undefined): Fields => content?.fields ?? {}
