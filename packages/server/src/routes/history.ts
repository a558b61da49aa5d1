import { type CommandCall, type Fields, type LedgerEntry, type Table } from '@rejoin/profile'
import { Hono } from 'hono'
import { z } from 'zod'
import { voidKey } from '../commit/answering.ts'
import type { Core } from '../core.ts'
import { versionsOf } from '../inquiry/versions.ts'
import { keyOf, type RecordKey, type StoredEdit, type View } from '../storage/storage.ts'
import { jsonOf, queryOf } from './checked.ts'
import { ApiFailure } from './failure.ts'
import { byName, contentFor, tableFor } from './readable.ts'
import { restoring } from './restoring.ts'
import type { ApiEnv, Caller } from './signed-in.ts'
import { submit } from './write.ts'

/**
 * What became of edits, for the back office: conflicts with both versions, and edits that were refused or are held.
 * There is no right of its own for it yet: every signed-in person sees what concerns records he may read as they now
 * are and as they were in every version shown, without the columns hidden from him.
 */
export const historyRoutes = (core: Core) =>
  new Hono<ApiEnv>()
    .get('/ledger', queryOf(ledgerQuery), async context => {
      const { caller } = context.var
      const { limit, table, record } = context.req.valid('query')
      const only = { ...(table === undefined ? {} : { table }), ...(record === undefined ? {} : { record }) }
      const found = await core.storage.snapshot(async view => {
        const entries = await view.ledger({ ...only, limit: limitOf(limit) })
        const visible = await readers(
          view,
          caller,
          entries.map(entry => ({ table: entry.table, id: entry.record })),
        )
        const shown = entries.filter(entry => visible(entry.table, entry.record) && reachesAll(caller, entry))
        const others = await authorsOf(view, shown)
        return shown.map(entry => ledgerFor(caller, visible(entry.table, entry.record)!, entry, others))
      })
      return context.json({ entries: found })
    })
    .post('/ledger/:edit/restore', jsonOf(restoreBody), async context => {
      const { caller } = context.var
      const { table: name, record, version } = context.req.valid('json')
      const table = tableFor(caller, name)
      const key = { table: name, id: record }
      const [entry, standing] = await core.storage.snapshot(async view => {
        const entries = await view.ledger({ table: name, record, limit: MOST_ENTRIES })
        const [stored] = await view.records([key])
        const found = entries.find(({ edit }) => edit === context.req.param('edit'))
        const seen =
          found !== undefined && reachesAll(caller, found) && (await readers(view, caller, [key]))(name, record)
        return [seen === false || seen === undefined ? undefined : found, stored] as const
      })
      if (entry === undefined) {
        const at = `table ${name}, record ${record}`
        throw new ApiFailure(404, { code: 'not-found', at, message: 'there is no such conflict' })
      }
      const fields = standing?.deleted === false ? (JSON.parse(standing.json) as Fields) : undefined
      await submit(core, caller, restoring(caller, table, entry, version, fields))
      return context.body(null, 204)
    })
    .get('/refused', queryOf(refusedQuery), async context => {
      const { caller } = context.var
      const { limit } = context.req.valid('query')
      const found = await core.storage.snapshot(async view => {
        const edits = await view.refused(limitOf(limit))
        const visible = await readers(view, caller, edits)
        const there = new Set((await view.records(edits)).map(keyOf))
        const closed = new Set((await view.edits(edits.map(closing))).map(({ edit }) => edit))
        const shown: (ReturnType<typeof refusedFor> & { readonly resolved: boolean })[] = []
        for (const edit of edits) {
          const present = visible(edit.table, edit.id)
          const reached = present !== undefined && (await reachedThen(view, caller, edit))
          const definition = reached ? present : unmade(caller, edit, there.has(keyOf(edit)))
          const resolved = closed.has(closing(edit))
          if (definition !== undefined) shown.push({ ...refusedFor(caller, definition, edit), resolved })
        }
        return shown
      })
      return context.json({ edits: found })
    })

const MOST_ENTRIES = 1_000

const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a number')
  .optional()
const ledgerQuery = z.object({ limit, table: z.string().optional(), record: z.string().optional() })
const restoreBody = z.strictObject({ table: z.string(), record: z.string(), version: z.enum(['mine', 'theirs']) })
const refusedQuery = z.object({ limit })

const limitOf = (text: string | undefined): number => Math.min(MOST_ENTRIES, Math.max(1, Number(text ?? 100)))

/** Which of these records the person may read as they now are. */
const readers = async (
  view: View,
  { environment, rights }: Caller,
  keys: readonly RecordKey[],
): Promise<(table: string, id: string) => Table | undefined> => {
  const wanted = new Map(keys.map(({ table, id }) => [keyOf({ table, id }), { table, id }]))
  const stored = new Map((await view.records([...wanted.values()])).map(record => [keyOf(record), record]))
  return (table, id) => {
    const record = stored.get(keyOf({ table, id }))
    if (record === undefined || record.purged) return undefined
    return rights.reaches(table, 'read', JSON.parse(record.json) as Fields, id)
      ? environment.schema.tables.get(table)
      : undefined
  }
}

/** Who was given a record may not read what it held before: each version of a conflict asks for the right itself. */
const reachesAll = ({ rights }: Caller, { table, record, mine, theirs, result }: LedgerEntry): boolean =>
  [mine, theirs, result].every(({ fields }) => rights.reaches(table, 'read', fields, record))

/**
 * Of a refused edit too: on the record as it stood when the edit came, with what the edit says was there, and with what
 * it wanted. Its author knows what he sent.
 */
const reachedThen = async (view: View, { rights, person }: Caller, edit: StoredEdit): Promise<boolean> => {
  if (edit.author === person.id || rights.depth(edit.table, 'read') === 'all') return true
  const since = (await versionsOf(view, edit)).findLast(({ edit: { received } }) => received >= edit.received)
  const [stored] = since === undefined ? await view.records([edit]) : []
  const then = since === undefined ? stored && (JSON.parse(stored.json) as Fields) : since.before?.fields
  if (then === undefined) return false
  const versions = [then, { ...then, ...sideOf(edit, 0) }, { ...then, ...sideOf(edit, 1) }]
  return versions.every(fields => rights.reaches(edit.table, 'read', fields, edit.id))
}

const sideOf = ({ changes }: StoredEdit, side: 0 | 1): Fields =>
  Object.fromEntries(Object.entries(changes).map(([column, sides]) => [column, sides[side]]))

/**
 * A refused create left no record: it is its author's, and whose right would have reached the record it was to be. What
 * was to follow on it does not say what that was: it is its author's, and theirs who may read all records.
 */
const unmade = ({ environment, rights, person }: Caller, edit: StoredEdit, isThere: boolean): Table | undefined => {
  if (edit.kind !== 'create' && isThere) return undefined
  const reaches =
    edit.kind === 'create'
      ? rights.reaches(edit.table, 'read', sideOf(edit, 1), edit.id)
      : rights.depth(edit.table, 'read') === 'all'
  return edit.author === person.id || reaches ? environment.schema.tables.get(edit.table) : undefined
}

/** Its author replaced it (retry, resolve, another device of his) or gave it up: nothing is left to be done about it. */
const closing = ({ author, edit }: StoredEdit): string => voidKey(author, edit)

/** Who made the changes that conflicts were met with: by edit id. */
const authorsOf = async (view: View, entries: readonly LedgerEntry[]): Promise<ReadonlyMap<string, StoredEdit>> => {
  const wanted = new Set(entries.flatMap(({ against }) => against))
  return new Map((await view.edits([...wanted])).map(edit => [edit.edit, edit]))
}

const ledgerFor = (caller: Caller, table: Table, entry: LedgerEntry, others: ReadonlyMap<string, StoredEdit>) => ({
  edit: entry.edit,
  table: entry.table,
  record: entry.record,
  rev: entry.rev,
  at: entry.at,
  strategy: entry.strategy,
  status: entry.status,
  kind: entry.kind,
  author: entry.author,
  device: entry.device,
  base: entry.base,
  against: entry.against,
  others: entry.against.flatMap(id => {
    const edit = others.get(id)
    return edit === undefined ? [] : [{ edit: id, author: edit.author, device: edit.device, at: edit.at }]
  }),
  changes: byName(caller.rights.readable(table.name), table, entry.changes),
  mine: contentFor(caller, table, entry.mine),
  theirs: contentFor(caller, table, entry.theirs),
  result: contentFor(caller, table, entry.result),
})

/** Arguments belong to no column that could be hidden: they are for their author, and for who may read every column. */
const commandFor = (caller: Caller, table: Table, { author }: StoredEdit, { name, args }: CommandCall) =>
  author === caller.person.id || table.columns.every(({ id }) => caller.rights.readable(table.name).has(id))
    ? { name, args }
    : { name }

const refusedFor = (caller: Caller, table: Table, edit: StoredEdit) => {
  const readable = caller.rights.readable(table.name)
  const { outcome } = edit
  const column =
    outcome.status === 'rejected' && outcome.column !== undefined ? table.byName.get(outcome.column) : undefined
  return {
    edit: edit.edit,
    table: edit.table,
    record: edit.id,
    kind: edit.kind,
    ...(edit.command === undefined ? {} : { command: commandFor(caller, table, edit, edit.command) }),
    author: edit.author,
    device: edit.device,
    at: edit.at,
    received: edit.received,
    changes: byName(readable, table, edit.changes),
    status: outcome.status,
    ...(outcome.status === 'rejected' ? { code: outcome.code, message: outcome.message } : {}),
    ...(column !== undefined && readable.has(column.id) ? { column: column.name } : {}),
    ...(outcome.status === 'rejected' && outcome.rule !== undefined ? { rule: outcome.rule } : {}),
    ...(outcome.status === 'held' ? { by: outcome.by } : {}),
  }
}
