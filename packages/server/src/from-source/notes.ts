import type { Fault, Schema } from '@rejoin/profile'
import { isColumn, type Thing } from './meaning.ts'

/** What an app's source uses of a schema. */
export interface Uses {
  /** by table the columns read off its rows, asked for or written */
  readonly tables: ReadonlyMap<string, ReadonlySet<string>>
  /** tables asked of the relay */
  readonly online: ReadonlySet<string>
  /** lookups that are followed to the row they name: `table('account').get(order.account)` */
  readonly followed: ReadonlySet<Follow>
  /** lookups by which rows are asked for: `table('task').query({ where: { workorder: id } })` */
  readonly asked: ReadonlySet<Follow>
  readonly faults: readonly Fault[]
}

/** `order.account` */
export type Follow = `${string}.${string}`

/** What a walk through the source notes. */
export interface Notes extends Uses {
  readonly schema: Schema
  readonly tables: Map<string, Set<string>>
  readonly online: Set<string>
  readonly followed: Set<Follow>
  readonly asked: Set<Follow>
  readonly faults: Fault[]
  /** names of properties of who knows what */
  readonly loose: Set<string>
  /** tables a row is got from by a name of who knows what */
  readonly looseFollows: Set<Follow>
}

export const beginNotes = (schema: Schema): Notes => ({
  schema,
  tables: new Map(),
  online: new Set(),
  followed: new Set(),
  asked: new Set(),
  faults: [],
  loose: new Set(),
  looseFollows: new Set(),
})

/** A name on something of a table is a column or a word of the API; on anything else it may be any table's column. */
export const use = ({ schema, tables, online, loose }: Notes, thing: Thing | undefined, name?: string): void => {
  if (thing === undefined) return name === undefined ? undefined : void loose.add(name)
  if (thing.column !== undefined) return
  if (thing.online === true) return void online.add(thing.table)
  const columns = tables.get(thing.table) ?? new Set()
  tables.set(thing.table, columns)
  if (name !== undefined && isColumn(schema, thing.table, name)) columns.add(name)
}

/** A row of `to` is got by a value: of a column, or of what has this name. */
export const follow = (notes: Notes, from: Thing | undefined, name: string | undefined, to: Thing): void => {
  if (to.online === true || from?.online === true) return
  if (from?.column !== undefined) {
    if (pointsTo(notes.schema, from.table, from.column, to.table)) notes.followed.add(`${from.table}.${from.column}`)
  } else if (name !== undefined) notes.looseFollows.add(`${to.table}.${name}`)
}

/** Now that every table is known, what could not be told counts for each that it fits. */
export const settleNotes = ({ schema, tables, followed, loose, looseFollows }: Notes): void => {
  for (const [table, columns] of tables) {
    for (const name of loose) if (isColumn(schema, table, name)) columns.add(name)
    for (const each of looseFollows) {
      const [to = '', name = ''] = each.split('.')
      if (columns.has(name) && pointsTo(schema, table, name, to)) followed.add(`${table}.${name}`)
    }
  }
}

const pointsTo = (schema: Schema, table: string, name: string, to: string): boolean => {
  const column = schema.tables.get(table)?.byName.get(name)
  return column?.type === 'lookup' && (column.targets ?? [column.target]).includes(to)
}
