import { type Content, REMEMBERED, sameValue, type Value, type Visible } from '@rejoin/profile'
import { type Conflicted, keyOfConflicted } from './conflicted.ts'
import type { Draft } from './draft.ts'
import { type Decoded, decode, keyFrom, type Row } from './memory.ts'

/**
 * A value of this device's own that was in force and is not any more, because somebody else's later change arrived: the
 * only trace of it that a device without a link can show. Told from what rows remember of their changes.
 */
export const noteReplaced = (draft: Draft, key: string, before: Row | undefined, at: number): void => {
  // Only a record this device has worked on can have a value of its own.
  if (before === undefined || draft.authored.get(key) === undefined) return
  const row = draft.rows.get(key)
  const [was, is] = [decode(before), row === undefined || row === before ? undefined : decode(row)]
  if (was === undefined || is === undefined || was.confirmed.incarnation !== is.confirmed.incarnation) return
  for (const column of Object.keys(is.confirmed.columns)) {
    const mine = writerOf(was, column)
    if (mine?.device === draft.meta().device)
      note(draft, key, { mine, column, value: was.content.fields[column] }, is, at)
  }
}

/** The same of an edit that had been replaced before its author heard that it took effect. */
export const noteReplacedBefore = (
  draft: Draft,
  key: string,
  mine: Visible,
  values: Readonly<Record<string, Value>>,
  at: number,
): void => {
  const row = draft.rows.get(key)
  const is = row === undefined || row.gone !== undefined ? undefined : decode(row)
  if (is === undefined) return
  for (const [column, value] of Object.entries(values)) note(draft, key, { mine, column, value }, is, at)
}

interface Own {
  readonly mine: Visible
  readonly column: string
  readonly value: Value | undefined
}

const note = (draft: Draft, key: string, { mine, column, value = null }: Own, is: Decoded, at: number): void => {
  const theirs = writerOf(is, column)
  if (theirs === undefined || theirs.rev <= mine.rev || theirs.device === mine.device) return
  if (sameValue(value, is.content.fields[column] ?? null)) return
  const { table, id } = keyFrom(key)
  const found: Conflicted = {
    edit: mine.edit,
    table,
    record: id,
    kind: 'update',
    status: 'replaced',
    strategy: '',
    rev: theirs.rev,
    at,
    changes: { [column]: [is.content.fields[column] ?? null, value] },
    mine: { ...is.content, fields: { ...is.content.fields, [column]: value } },
    theirs: is.content,
    result: is.content,
    against: [theirs],
  }
  const known = draft.ledger.get(keyOfConflicted(found))
  draft.ledger.set(keyOfConflicted(found), known === undefined ? found : both(known, found))
}

/** One change replaced several columns of one edit. */
const both = (known: Conflicted, found: Conflicted): Conflicted => ({
  ...found,
  changes: { ...known.changes, ...found.changes },
  mine: { ...found.mine, fields: { ...found.mine.fields, ...ownIn(known) } },
})

const ownIn = ({ changes }: Conflicted): Content['fields'] =>
  Object.fromEntries(Object.entries(changes).map(([column, [, own]]) => [column, own]))

/** Who made a column what it is, as far as the record remembers its changes; what never changed since is of the first. */
const writerOf = ({ confirmed: { columns, recent } }: Decoded, column: string): Visible | undefined => {
  const rev = columns[column]
  if (rev === undefined) return recent.length < REMEMBERED ? recent[0] : undefined
  return recent.find(change => change.rev === rev)
}
