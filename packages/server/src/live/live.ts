import {
  type Answer,
  type Answered,
  type ChangedBy,
  type ChangesMessage,
  type Content,
  encodeDown,
  type GoneReason,
  type Position,
  type Scope,
  type TableScope,
} from '@rejoin/profile'
import type { Changed, Judged } from '../commit/submission.ts'
import { serveEnvelope } from '../scope/serve.ts'
import { keyOf } from '../storage/storage.ts'
import type { Concern } from './notes.ts'

/** What one session hears of a commit. */
export interface Told extends Pick<ChangesMessage, 'rows' | 'gone'> {
  readonly at: Position
  /** rows may have left of which that cannot be told: the device has to compare */
  readonly unsure: boolean
  /** as a message; undefined where there is nothing to say */
  readonly frame: () => Uint8Array | undefined
}

/** A row as it now is. */
export type Standing = Pick<Changed, 'table' | 'id' | 'rev' | 'envelope'>

/** Serves and encodes what several sessions hear alike once. */
export const createTelling = (
  at: Position,
  standing: ReadonlyMap<string, Standing>,
): ((scope: Scope, concern: Concern) => Told) => {
  const served = new Map<string, Uint8Array>()
  const known = new Map<string, Told>()

  const make = (scope: Scope, { rows: keys, gone, unsure }: Concern): Told => {
    const rows = keys.flatMap(({ table, id }) => {
      const row = standing.get(keyOf({ table, id }))
      const part = scope.tables.get(table)
      if (row === undefined || part === undefined) return []
      return [{ table, id, envelope: serveEnvelope(row.envelope, part, served, `${table}/${id}/${row.rev}`) }]
    })
    let frame: Uint8Array | undefined
    const empty = rows.length + gone.length === 0
    return {
      ...{ at, rows, gone, unsure },
      frame: () => (empty ? undefined : (frame ??= encodeDown({ type: 'changes', at, rows, gone, answers: [] }))),
    }
  }

  return (scope, concern) => {
    let name = concern.unsure ? '?' : ''
    for (const { table, id } of concern.rows) name += `${table}/${id} ${scope.tables.get(table)?.columnSet ?? ''}\n`
    for (const { table, id, why } of concern.gone) name += `${table}/${id} ${why}\n`
    let told = known.get(name)
    if (told === undefined) known.set(name, (told = make(scope, concern)))
    return told
  }
}

/**
 * What of a concern is told at once. Of tables that passes bring that is only what the person may read no more, and what
 * the session itself did.
 */
export const pushedOf = (concern: Concern, passed: ReadonlySet<string>, own: ReadonlySet<string>): Concern =>
  passed.size === 0
    ? concern
    : {
        rows: concern.rows.filter(row => !passed.has(row.table) || own.has(keyOf(row))),
        gone: concern.gone.filter(row => !passed.has(row.table) || row.why === 'unknown' || own.has(keyOf(row))),
        unsure: concern.unsure,
      }

export const nothingTold = (at: Position): Told => ({ at, rows: [], gone: [], unsure: false, frame: () => undefined })

/**
 * Answers with the rows they are about, in one message. An author is told the fate of his own record even where it
 * is outside his scope: he knows it already, and must not wait for a row that never comes (LW8).
 *
 * @param standing the row of every record an answer is about
 * @param held whether the session holds a record, by `keyOf`
 */
export const answersFor = (
  scope: Scope,
  judged: readonly Judged[],
  told: Told,
  standing: ReadonlyMap<string, Changed>,
  held: (key: string) => boolean,
): Pick<ChangesMessage, 'rows' | 'gone' | 'answers'> => {
  const rows = [...told.rows]
  const gone = [...told.gone]
  const said = new Set([...rows, ...gone].map(keyOf))
  for (const { table, record, answer } of judged) {
    const key = keyOf({ table, id: record })
    const row = standing.get(key)
    if (row === undefined || said.has(key) || (answer.status !== 'applied' && answer.status !== 'lost')) continue
    said.add(key)
    const part = scope.tables.get(table)
    if (!row.after.deleted && part !== undefined && held(key)) {
      rows.push({ table, id: record, envelope: serveEnvelope(row.envelope, part) })
    } else gone.push({ table, id: record, why: whyGone(row.after, part, record) })
  }
  const answers = judged.map(({ edit, table, record, answer }): Answered => {
    const part = held(keyOf({ table, id: record })) ? scope.tables.get(table) : undefined
    return { edit, answer: servedAnswer(answer, part, sawDeleted(standing.get(keyOf({ table, id: record })), scope)) }
  })
  return { rows, gone, answers }
}

/** A row its author may still read has left by the profile alone; of one he may not, he learns no more than that. */
const whyGone = ({ deleted, fields }: Content, part: TableScope | undefined, id: string): GoneReason =>
  deleted ? 'deleted' : part !== undefined && !part.reads(fields, id) ? 'unknown' : 'left'

/** A record that is deleted, and that its reader could read to the end. */
const sawDeleted = (row: Changed | undefined, scope: Scope): boolean =>
  row?.after.deleted === true && scope.tables.get(row.table)?.reads(row.after.fields, row.id) === true

/** A question names the other version: the columns its author's device may hold, while it may hold the record at all. */
const servedAnswer = (answer: Answer, part: TableScope | undefined, sawDelete: boolean): Answer => {
  const isHeld = (column: string): boolean => part?.columns.has(column) === true
  // Of who changed nothing that this device may hold it is not told either.
  const known = (by: readonly ChangedBy[]): readonly ChangedBy[] =>
    by
      .map(change => ({ ...change, columns: change.columns.filter(isHeld) }))
      .filter(({ columns }, at) => columns.length > 0 || (sawDelete && at === by.length - 1))
  if (answer.status === 'applied' || answer.status === 'lost') {
    return answer.by === undefined ? answer : { ...answer, by: known(answer.by) }
  }
  if (answer.status !== 'held' || answer.question === undefined) return answer
  const { theirs, theirsDeleted, rev, by } = answer.question
  const shown = Object.fromEntries(Object.entries(theirs).filter(([column]) => isHeld(column)))
  const question = { theirs: shown, theirsDeleted, rev }
  return { ...answer, question: by === undefined ? question : { ...question, by: known(by) } }
}
