import { fieldsToRow, type PlainRow, sameValue, type Table } from '@rejoin/profile'
import type { Act } from '../device/act.ts'
import { createDerived, type Observable } from '../observe/observable.ts'
import { keptList } from '../observe/same.ts'
import { type Conflicted, keyOfConflicted } from '../replica/conflicted.ts'
import { SCHEMA } from '../replica/gone-columns.ts'
import { schemaOf } from '../replica/grant.ts'
import type { Reading } from '../replica/replica.ts'

/** Conflicts this device's edits met, newest first: both versions, and who was on the other side (CF6, CF16). */
export interface LedgerView extends Observable<readonly LedgerNote[]> {
  /**
   * "why did my value change?", as far as this device was told, newest first: of a record or one column of it, the
   * conflicts that made it other than one side wanted it, and later changes of others that replaced what was written
   * here. Who the others are only the relay knows: `online.why`
   */
  why(table: string, id: string, column?: string): readonly LedgerNote[]
}

/** One conflict that an edit of this device met, and how it was settled. Records are rows by column name. */
export interface LedgerNote {
  /** id of the edit */
  readonly edit: string
  /** table name */
  readonly table: string
  /** record id */
  readonly record: string
  /** what the edit was */
  readonly kind: Conflicted['kind']
  /**
   * `applied`: the edit counts, in part or whole; `lost`: the other side does; `replaced`: it had taken effect, and
   * somebody's later change gave these values up for others
   */
  readonly status: Conflicted['status']
  /**
   * name of the strategy that settled it; `schema`: of columns that are no more, whose values `mine` holds by their ids;
   * `elsewhere`: the entry was decided about on another device of its author;
   * '' where this device was not told, or there was no conflict
   */
  readonly strategy: string
  /** revision at which it was settled */
  readonly rev: number
  /** ms since 1970, this device's clock */
  readonly at: number
  /** the record as the author saw it with his edit */
  readonly mine: PlainRow
  /** undefined where they had deleted it, or this device never held their version */
  readonly theirs: PlainRow | undefined
  /** undefined where it is deleted */
  readonly result: PlainRow | undefined
  /** the others' changes it met */
  readonly against: Conflicted['against']
  /**
   * writes the author's values again, as a new edit on the record as it is now; a record deleted since is created again
   * @throws RejoinFault
   */
  restore(): Promise<void>
}

export const createLedger = (
  replica: Reading,
  act: (act: Act) => Promise<void>,
  report: (error: unknown) => void,
): LedgerView => {
  // What happened happens once: a note is the same object for as long as its table is read by the same schema.
  const written = new WeakMap<Conflicted, { readonly by: Table | undefined; readonly note: LedgerNote }>()
  const noteOf = (found: Conflicted): LedgerNote => {
    const by = replica.grant === undefined ? undefined : schemaOf(replica.grant).tables.get(found.table)
    const known = written.get(found)
    if (known !== undefined && known.by === by) return known.note
    const note = write(found, by)
    written.set(found, { by, note })
    return note
  }
  const write = (found: Conflicted, by: Table | undefined): LedgerNote => {
    const { edit, table, record, kind, status, strategy, rev, at, mine, theirs, result, against } = found
    const row = (content: Conflicted['theirs']): PlainRow | undefined =>
      content === null || by === undefined
        ? undefined
        : { ...fieldsToRow(by, record, content.fields), ...(strategy === SCHEMA ? content.fields : {}) }
    return {
      edit,
      table,
      record,
      kind,
      status,
      strategy,
      rev,
      at,
      mine: row(mine) ?? {},
      theirs: theirs?.deleted === true ? undefined : row(theirs),
      result: result?.deleted === true ? undefined : row(result),
      against,
      restore: () => act({ do: 'restore', conflict: keyOfConflicted(found) }),
    }
  }
  const notes = (): readonly LedgerNote[] =>
    // Other people's versions are part of what expires.
    replica.memory.meta.sealed === true
      ? []
      : [...replica.memory.ledger.values()].toSorted((a, b) => b.rev - a.rev).map(noteOf)
  const all = createDerived<readonly LedgerNote[]>(before => keptList(before, notes()), report)
  const list = createDerived<readonly LedgerNote[]>(
    before =>
      keptList(
        before,
        all.current.filter(({ status }) => status !== 'replaced'),
      ),
    report,
  )
  replica.touched.subscribe(({ ledger, state }) => {
    if (!ledger && !state) return
    all.stale()
    list.stale()
  })
  return {
    get current() {
      return list.current
    },
    subscribe: list.subscribe,
    why: (table, id, column) =>
      all.current.filter(
        note => note.table === table && note.record === id && (column === undefined || isAbout(note, column)),
      ),
  }
}

const isAbout = ({ mine, theirs, result }: LedgerNote, column: string): boolean =>
  !sameValue(mine[column], result?.[column]) || (theirs !== undefined && !sameValue(theirs[column], result?.[column]))
