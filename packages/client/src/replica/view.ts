import { type Content, type Fields, foldPending, type Outcome, type Present, type Strategy } from '@rejoin/profile'
import { type Entry, isMeant } from '../outbox/outbox-state.ts'
import { decode, type Row } from './memory.ts'

/** A record as its device's user sees it: confirmed, with his own pending edits laid over by the rules of the merge. */
export interface Seen {
  readonly device: string
  readonly strategy: Strategy
  /** outcomes of settled edits that pending ones name */
  readonly outcome: (edit: string) => Outcome | undefined
}

/** @returns undefined where there is no such record */
export const viewOf = (row: Row | undefined, chain: readonly Entry[], seen: Seen): Content | undefined => {
  const confirmed = row === undefined ? undefined : decode(row)
  if (chain.length === 0) return row?.gone === undefined ? confirmed?.content : undefined
  const pending = chain.filter(({ state, edit }) => isMeant(state) && !isInside(row, edit.seq, seen.device))
  // Once nothing of the author's own is left on it, a gone record is gone.
  if (pending.length === 0) return row?.gone === undefined ? confirmed?.content : undefined
  return foldPending(
    presentOf(row, chain, seen),
    pending.map(({ edit }) => edit),
    seen.strategy,
  ).content
}

const presentOf = (row: Row | undefined, chain: readonly Entry[], { outcome }: Seen): Present => {
  const confirmed = row === undefined ? undefined : decode(row)
  const outcomes = new Map<string, Outcome>()
  for (const { edit, state } of chain) {
    if (state.status === 'accepted') outcomes.set(edit.id, state.answer)
    const after = edit.after === undefined ? undefined : outcome(edit.after)
    if (after !== undefined) outcomes.set(edit.after!, after)
  }
  if (confirmed === undefined) return { standing: undefined, rev: 0, outcomes }
  const { rev, changed, recent, incarnation } = confirmed.confirmed
  return { standing: { state: 'held', content: confirmed.content, changed, recent }, rev, incarnation, outcomes }
}

/** An edit already merged into the confirmed record is never folded again, whatever path the record came by. */
export const isInside = (row: Row | undefined, seq: number, device: string): boolean =>
  row !== undefined && seq <= (decode(row)?.confirmed.settled[device] ?? 0)

export const isLive = (content: Content | undefined): content is Content => content !== undefined && !content.deleted

export const fieldsOf = (content: Content | undefined): Fields => content?.fields ?? {}
