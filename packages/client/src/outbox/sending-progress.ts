import type { OutboxEntry } from './outbox.ts'

/** How far sending has come, from when there was something to send until there is not. */
export interface SendingProgress {
  /** entries that were accepted or refused, or taken back */
  readonly done: number
  /** entries in all: `done` and those still to go */
  readonly of: number
  /** ids of those still to go; what is refused or held is not among them */
  readonly open: readonly string[]
}

export const nothingToSend: SendingProgress = { done: 0, of: 0, open: [] }

export const sendingAfter = (before: SendingProgress, entries: readonly OutboxEntry[]): SendingProgress => {
  const going = entries.filter(({ state }) => state === 'waiting' || state === 'sent')
  const open = going.map(({ id }) => id)
  const now = new Set(going.flatMap(({ id, amends }) => (amends === undefined ? [id] : [id, amends])))
  const gone = before.open.filter(id => !now.has(id)).length
  const done = before.open.length === 0 ? (open.length === 0 ? before.done : 0) : before.done + gone
  const same = done === before.done && open.join() === before.open.join()
  return same ? before : { done, of: done + open.length, open }
}
