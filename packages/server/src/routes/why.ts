import {
  type ChangedBy,
  type EditKind,
  type Fields,
  type LedgerEntry,
  type PlainRow,
  sameValue,
  type Table,
} from '@rejoin/profile'
import { Hono } from 'hono'
import { z } from 'zod'
import { voidKey } from '../commit/answering.ts'
import { personIn } from '../commit/naming.ts'
import type { Core } from '../core.ts'
import { MOST_EDITS, type Version, versionsOf } from '../inquiry/versions.ts'
import type { View } from '../storage/storage.ts'
import { queryOf } from './checked.ts'
import { ApiFailure } from './failure.ts'
import { tableFor, valuesFor } from './readable.ts'
import type { ApiEnv, Caller } from './signed-in.ts'

/** One thing that made a record, or a column of it, other than somebody had it. */
export interface WhyChange {
  readonly edit: string
  readonly kind: EditKind
  readonly rev: number
  /** `lost`: this edit is the one that had no effect */
  readonly status: 'applied' | 'lost'
  /** what settled it; absent where it met no conflict */
  readonly strategy?: string
  /** relay time, ms since 1970 */
  readonly at: number
  readonly device: string
  /** whose version stands after it, and whose was given up; absent where that is not known any more */
  readonly by?: Author
  readonly of?: Author
  /** both versions, by column name, without columns hidden from the reader; absent where the record was not there */
  readonly became?: PlainRow
  readonly lost?: PlainRow
  /** names of the columns in which they differ */
  readonly columns: readonly string[]
}

type Author = NonNullable<ChangedBy['author']>

/**
 * "Why did my value change?" (CF16): what happened to a record, newest first, out of its edits and the conflicts they
 * met. For whoever may read the record as it is and in both versions shown, without the columns hidden from him; who
 * changed nothing else is not named to him.
 */
export const whyRoutes = (core: Core) =>
  new Hono<ApiEnv>().get('/why', queryOf(whyQuery), async context => {
    const { caller } = context.var
    const { table: name, record, column } = context.req.valid('query')
    const table = tableFor(caller, name)
    const shown = column === undefined ? undefined : table.byName.get(column)
    if (column !== undefined && (shown === undefined || !caller.rights.readable(name).has(shown.id))) {
      throw new ApiFailure(400, {
        code: 'unknown-column',
        at: `column ${column}`,
        message: 'is not a column of the table',
      })
    }
    const readable = table.columns.filter(({ id }) => caller.rights.readable(name).has(id))
    const asked = shown === undefined ? readable.map(({ id }) => id) : [shown.id]
    const changes = await core.storage.snapshot(view => changesOf(view, caller, table, record, asked))
    if (changes === undefined) {
      throw new ApiFailure(404, {
        code: 'not-found',
        at: `table ${name}, record ${record}`,
        message: 'Record not found',
      })
    }
    return context.json({ changes: changes.slice(0, MOST_CHANGES) })
  })

const whyQuery = z.object({ table: z.string(), record: z.string(), column: z.string().optional() })

const MOST_CHANGES = 100

const changesOf = async (
  view: View,
  { rights, environment }: Caller,
  table: Table,
  id: string,
  asked: readonly string[],
): Promise<readonly WhyChange[] | undefined> => {
  const key = { table: table.name, id }
  const [stored] = await view.records([key])
  const reaches = (fields: Fields): boolean => rights.reaches(table.name, 'read', fields, id)
  if (stored === undefined || stored.purged || !reaches(JSON.parse(stored.json) as Fields)) return undefined
  const versions = await versionsOf(view, key)
  const conflicts = await settledOnly(view, await view.ledger({ table: table.name, record: id, limit: MOST_EDITS }))
  const readable = rights.readable(table.name)
  const row = (fields: Fields): PlainRow => valuesFor(readable, table, id, fields)
  const nameOf = (author: string | undefined): Author | undefined =>
    author === undefined ? undefined : personIn(environment, author)
  return eventsIn(versions, conflicts).flatMap(({ at, became, lost, by, of, upTo, ...event }): readonly WhyChange[] => {
    const columns = asked.filter(column => !sameValue(became?.[column] ?? null, lost?.[column] ?? null))
    if (columns.length === 0 || ![became, lost].every(fields => fields === undefined || reaches(fields))) return []
    const writes = (version: Version): boolean =>
      version.rev <= upTo && reaches(version.after.fields) && wrote(version, columns)
    const writer = versions.find(writes)?.edit.author
    const [winner, loser] = [nameOf(by ?? writer), nameOf(of ?? writer)]
    return [
      {
        ...event,
        at,
        columns: columns.map(column => table.byId.get(column)?.name ?? column),
        ...(winner === undefined ? {} : { by: winner }),
        ...(loser === undefined || lost === undefined ? {} : { of: loser }),
        ...(became === undefined ? {} : { became: row(became) }),
        ...(lost === undefined ? {} : { lost: row(lost) }),
      },
    ]
  })
}

/** Without open questions, and those answered by another edit. One that was answered 'theirs' has lost. */
const settledOnly = async (view: View, conflicts: readonly LedgerEntry[]): Promise<readonly LedgerEntry[]> => {
  const asked = conflicts.filter(({ status }) => status === 'held')
  if (asked.length === 0) return conflicts
  const ids = asked.flatMap(({ edit, author }) => [edit, voidKey(author, edit)])
  const outcomes = new Map((await view.edits(ids)).map(({ edit, outcome }) => [edit, outcome.status]))
  const isGivenUp = ({ edit, author }: LedgerEntry): boolean =>
    outcomes.get(edit) === 'withdrawn' && !outcomes.has(voidKey(author, edit))
  return conflicts.filter(entry => entry.status !== 'held' || isGivenUp(entry))
}

interface Event extends Pick<WhyChange, 'edit' | 'kind' | 'rev' | 'status' | 'strategy' | 'at' | 'device'> {
  /** whose it is, where that is not whoever wrote the columns last */
  readonly by?: string
  readonly of?: string
  /** the revision it was decided on */
  readonly upTo: number
  readonly became: Fields | undefined
  readonly lost: Fields | undefined
}

/** Edits that made the record what it became, and those that lost to what it was; newest first. */
const eventsIn = (versions: readonly Version[], conflicts: readonly LedgerEntry[]): readonly Event[] => {
  const met = new Map(conflicts.map(({ edit, strategy }) => [edit, strategy]))
  const applied = versions.map(({ edit, rev, before, after }): Event => {
    const { edit: id, kind, device, author, received } = edit
    const strategy = met.get(id)
    return {
      ...{ edit: id, kind, rev, device, status: 'applied', at: received, by: author, upTo: rev - 1 },
      ...(strategy === undefined ? {} : { strategy }),
      became: after.deleted ? undefined : after.fields,
      lost: before?.fields,
    }
  })
  const lost = conflicts
    .filter(({ status }) => status !== 'applied')
    .map(({ edit, kind, rev, device, author, at, status, strategy, mine, theirs }): Event => ({
      ...{ edit, kind, rev, device, status: 'lost', at, strategy, of: author },
      upTo: status === 'held' ? rev : rev - 1,
      became: theirs.deleted ? undefined : theirs.fields,
      lost: mine.deleted ? undefined : mine.fields,
    }))
  return [...applied, ...lost].toSorted((a, b) => b.rev - a.rev || b.upTo - a.upTo)
}

const wrote = ({ before, after }: Version, columns: readonly string[]): boolean =>
  columns.some(
    column => !sameValue(before?.fields[column] ?? null, after.deleted ? null : (after.fields[column] ?? null)),
  )
