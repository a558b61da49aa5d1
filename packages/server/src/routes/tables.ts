import { setImmediate } from 'node:timers/promises'
import { type Fields, isRecordId, type Table } from '@rejoin/profile'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Core } from '../core.ts'
import type { View } from '../storage/storage.ts'
import { jsonOf, queryOf } from './checked.ts'
import { cursorsOf } from './cursor.ts'
import { ApiFailure } from './failure.ts'
import { type ApiRow, queryValue, rowFor, tableFor, type Test } from './readable.ts'
import type { ApiEnv, Caller } from './signed-in.ts'
import { etagOf, fieldsOf, makeId, revOf, submit } from './write.ts'

/**
 * Records over HTTP, for back offices and for screens that work online: everything the person's rights reach, inside
 * his profile or not (OM9), never a column hidden from him, and the same answer for a row that is not there and one
 * he may not read (SE1).
 */
export const tableRoutes = (core: Core) =>
  new Hono<ApiEnv>()
    .get('/tables', context => {
      const { environment, rights } = context.var.caller
      const tables = [...environment.schema.tables.values()].filter(({ name }) => rights.depth(name, 'read') !== 'none')
      return context.json({ tables: tables.map(({ name, displayName = name }) => ({ name, displayName })) })
    })
    .get('/tables/:table', queryOf(listQuery), async context => {
      const { caller } = context.var
      const table = tableFor(caller, context.req.param('table'))
      const { limit, after, ...columns } = context.req.valid('query')
      const readable = caller.rights.readable(table.name)
      const tests = Object.entries(columns).map(([name, text]) => queryValue(table, readable, name, text ?? ''))
      const wanted = limit === undefined ? DEFAULT_ROWS : Number(limit)
      const cursors = await cursorsOf(core.storage, `${caller.person.id}/${table.name}`)
      const from = after === undefined || after === '' ? '' : cursors.open(after)
      const { rows, last } = await core.storage.snapshot(view =>
        list(view, caller, table, { after: from, wanted, tests }),
      )
      const found: Listed = { rows, ...(last === undefined ? {} : { next: cursors.seal(last) }) }
      return context.json(found)
    })
    .get('/tables/:table/:id', async context => {
      const { caller } = context.var
      const table = tableFor(caller, context.req.param('table'))
      const row = await rowNow(core, caller, table, context.req.param('id'))
      if (row === undefined) throw notFound(table, context.req.param('id'))
      context.header('ETag', etagOf(row.rev))
      return context.json(row)
    })
    .post('/tables/:table', jsonOf(createBody), async context => {
      const { caller } = context.var
      const table = tableFor(caller, context.req.param('table'))
      const { id, values } = context.req.valid('json')
      const record = recordIdOf(table, id, values)
      await submit(core, caller, { kind: 'create', table, record, values: fieldsOf(table, values, true) })
      const row = await written(core, caller, table, record)
      context.header('ETag', etagOf(row.rev))
      context.header('Location', `${context.req.path}/${encodeURIComponent(record)}`)
      return context.json(row, 201)
    })
    .patch('/tables/:table/:id', jsonOf(updateBody), async context => {
      const { caller } = context.var
      const table = tableFor(caller, context.req.param('table'))
      const record = context.req.param('id')
      const values = fieldsOf(table, context.req.valid('json').values, false)
      const match = await ifMatch(core, caller, table, context.req)
      await submit(core, caller, { kind: 'update', table, record, values, ...match })
      const row = await written(core, caller, table, record)
      context.header('ETag', etagOf(row.rev))
      return context.json(row)
    })
    .delete('/tables/:table/:id', async context => {
      const { caller } = context.var
      const table = tableFor(caller, context.req.param('table'))
      const record = context.req.param('id')
      const match = await ifMatch(core, caller, table, context.req)
      await submit(core, caller, { kind: 'delete', table, record, values: {}, ...match })
      return context.body(null, 204)
    })

const DEFAULT_ROWS = 100
const MOST_ROWS = 1_000

/** Beside these, every parameter is a column: equality, the empty text for no value. */
const listQuery: z.ZodType<{ limit?: string; after?: string; [column: string]: string | undefined }> = z
  .object({
    limit: z
      .string()
      .regex(/^\d{1,4}$/, 'must be a number')
      .refine(text => Number(text) >= 1 && Number(text) <= MOST_ROWS, `must be from 1 to ${MOST_ROWS}`)
      .optional(),
    after: z.string().max(128).optional(),
  })
  .catchall(z.string('must be given once')) as never

const values = z.record(z.string(), z.unknown())
const createBody = z.strictObject({ id: z.string().optional(), values })
const updateBody = z.strictObject({ values })

interface Wanted {
  readonly after: string
  readonly wanted: number
  readonly tests: readonly Test[]
}

/** Rows one request looks at, at most: a rare match in a large table comes over several requests. */
const LOOKED_AT = 50_000
const STEP = 2_000

interface Listed {
  readonly rows: readonly ApiRow[]
  /** where the next request goes on (`after`); absent at the end */
  readonly next?: string
}

interface Found {
  readonly rows: readonly ApiRow[]
  /** the last row looked at, readable or not; absent at the end */
  readonly last?: string
}

const list = async (view: View, caller: Caller, table: Table, { after, wanted, tests }: Wanted): Promise<Found> => {
  const rows: ApiRow[] = []
  let last = after
  for (let seen = 0; seen < LOOKED_AT; seen += STEP) {
    const step = await view.index(table.name, last, STEP)
    for (const stored of step) {
      last = stored.id
      const row = tests.every(test => test(JSON.parse(stored.json) as Fields))
        ? rowFor(caller, table, stored)
        : undefined
      if (row !== undefined) rows.push(row)
      if (rows.length === wanted) return { rows, last }
    }
    if (step.length < STEP) return { rows }
    await setImmediate()
  }
  return { rows, last }
}

const rowNow = async (core: Core, caller: Caller, table: Table, id: string): Promise<ApiRow | undefined> => {
  const [stored] = await core.storage.snapshot(view => view.records([{ table: table.name, id }]))
  return rowFor(caller, table, stored)
}

/** Who may not read a record must not learn its revision either: for him it is not there, whatever he guesses. */
const ifMatch = async (
  core: Core,
  caller: Caller,
  table: Table,
  request: { param(name: 'id'): string; header(name: string): string | undefined },
): Promise<{ readonly ifRev?: number }> => {
  const match = revOf(request.header('if-match'))
  if (match.ifRev !== undefined && (await rowNow(core, caller, table, request.param('id'))) === undefined) {
    throw notFound(table, request.param('id'))
  }
  return match
}

/** The row after a write. Who gave it away may no longer read it: then its id and nothing else. */
const written = async (core: Core, caller: Caller, table: Table, id: string): Promise<ApiRow> =>
  (await rowNow(core, caller, table, id)) ?? { id, rev: 0, values: { [table.primaryKey]: id } }

const notFound = (table: Table, id: string): ApiFailure =>
  new ApiFailure(404, { code: 'not-found', at: `table ${table.name}, record ${id}`, message: 'Record not found' })

/** From `id`, from the primary key among the values, or made here. */
const recordIdOf = (table: Table, id: string | undefined, named: Readonly<Record<string, unknown>>): string => {
  const key = named[table.primaryKey]
  const given = id ?? key ?? makeId()
  if (isRecordId(given) && (id === undefined || key === undefined || id === key)) return given
  const at = `table ${table.name}, column ${table.primaryKey}`
  throw new ApiFailure(422, { code: 'invalid', at, message: 'must be one id of 1 to 64 letters, digits and . _ : -' })
}
