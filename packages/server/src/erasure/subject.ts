import { setImmediate } from 'node:timers/promises'
import { failed, type Fault, type Fields, ok, type Result, type Schema, type Table, type Value } from '@rejoin/profile'
import { z } from 'zod'
import { keyOf, type View } from '../storage/storage.ts'
import type { Target } from './erasure.ts'

/**
 * Whom an erasure is about, as an administrator says it: records by id, records in which a column has a value (a customer
 * by his id), or all that a user owns. It is resolved into records once, so that no value needs to be kept to repeat it;
 * deleted records count, and records that come later do not.
 */
export interface Subject {
  readonly rows?: readonly SubjectRow[] | undefined
  readonly where?: readonly SubjectRule[] | undefined
  /** user id */
  readonly owner?: string | undefined
}

interface SubjectRow {
  readonly table: string
  readonly id: string
  /** names of the columns to be emptied; without any the record is purged */
  readonly columns?: readonly string[] | undefined
}

interface SubjectRule {
  readonly table: string
  readonly column: string
  readonly equals: string | number | boolean
  readonly columns?: readonly string[] | undefined
}

const columns = z.array(z.string()).min(1).optional()
export const subjectShape = {
  rows: z.array(z.strictObject({ table: z.string(), id: z.string(), columns })).optional(),
  where: z
    .array(
      z.strictObject({
        table: z.string(),
        column: z.string(),
        equals: z.union([z.string(), z.number(), z.boolean()]),
        columns,
      }),
    )
    .optional(),
  owner: z.string().optional(),
} as const

export const resolveSubject = async (
  view: View,
  schema: Schema,
  { rows = [], where = [], owner }: Subject,
): Promise<Result<readonly Target[]>> => {
  const faults: Fault[] = []
  const targets: Target[] = []
  const tableOf = (name: string): Table | undefined => {
    const table = schema.tables.get(name)
    if (table === undefined)
      faults.push({ code: 'unknown-table', at: `table ${name}`, message: 'there is no such table' })
    return table
  }
  const idOf = (table: Table, name: string): string => {
    const column = table.byName.get(name)
    if (column === undefined)
      faults.push({
        code: 'unknown-column',
        at: `table ${table.name}, column ${name}`,
        message: 'is not a column of it',
      })
    return column?.id ?? ''
  }
  const parts = (table: Table, names: readonly string[] | undefined): Pick<Target, 'columns'> =>
    names === undefined ? {} : { columns: names.map(name => idOf(table, name)) }

  for (const row of rows) {
    const table = tableOf(row.table)
    if (table === undefined) continue
    // A refused create left no record, and what it would have said.
    const known = [...(await view.records([row])), ...(await view.editsOf(row, '', 1))].length > 0
    if (!known) {
      const at = `table ${row.table}, record ${row.id}`
      faults.push({ code: 'not-found', at, message: 'there never was such a record' })
    } else targets.push({ table: row.table, id: row.id, ...parts(table, row.columns) })
  }
  for (const rule of where) {
    const table = tableOf(rule.table)
    if (table === undefined) continue
    const part = parts(table, rule.columns)
    const column = idOf(table, rule.column)
    if (faults.length === 0)
      await each(view, table, column, rule.equals, id => targets.push({ table: table.name, id, ...part }))
  }
  if (owner !== undefined && faults.length === 0) {
    for (const table of schema.tables.values())
      if (table.ownerId !== undefined)
        await each(view, table, table.ownerId, owner, id => targets.push({ table: table.name, id }))
  }
  return faults.length > 0 ? failed(...faults) : ok(once(targets))
}

const STEP = 2_000

const each = async (
  view: View,
  { name }: Table,
  column: string,
  value: Value,
  found: (id: string) => void,
): Promise<void> => {
  for (let after = ''; ;) {
    const rows = await view.index(name, after, STEP)
    for (const { id, purged, json } of rows) if (!purged && (JSON.parse(json) as Fields)[column] === value) found(id)
    if (rows.length < STEP) return
    after = rows.at(-1)!.id
    await setImmediate()
  }
}

/** What is said twice of a record once; purged as a whole, its columns need no mention. */
const once = (targets: readonly Target[]): readonly Target[] => {
  const whole = new Set(targets.filter(target => target.columns === undefined).map(keyOf))
  const seen = new Set<string>()
  return targets.filter(target => {
    if (target.columns !== undefined && whole.has(keyOf(target))) return false
    const key = `${keyOf(target)} ${target.columns?.join(' ') ?? ''}`
    return seen.size !== seen.add(key).size
  })
}
