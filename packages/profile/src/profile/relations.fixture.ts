import { compileSchema } from '../schema/compile.ts'
import type { ColumnSource, Schema, TableSource } from '../schema/schema.ts'

const table = (name: string, lookups: Readonly<Record<string, string>> = {}): TableSource => ({
  name,
  ownership: 'user',
  primaryKey: 'id',
  primaryName: 'name',
  columns: [
    { name: 'id', type: 'guid' },
    { name: 'name', type: 'string' },
    { name: 'ownerid', type: 'lookup', target: 'user', external: true },
    { name: 'owningbusinessunit', type: 'guid' },
    { name: 'start', type: 'datetime' },
    { name: 'end', type: 'datetime' },
    ...Object.entries(lookups).map(([column, target]): ColumnSource => ({
      // a column that was renamed: what is resolved speaks of its id
      ...(name === 'booking' && column === 'order' ? { id: 'order_id' } : {}),
      name: column,
      type: 'lookup',
      target,
    })),
  ],
})

/** Each lookup is a relationship, `table_column`. */
const schemaOf = (tables: readonly TableSource[]): Schema => {
  const relationships = tables.flatMap(({ name, columns }) =>
    columns.flatMap(column =>
      column.type === 'lookup' && column.external !== true && column.target !== undefined
        ? [{ name: `${name}_${column.name}`, from: `${name}.${column.name}`, to: column.target }]
        : [],
    ),
  )
  const compiled = compileSchema({ tables, relationships })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults))
  return compiled.value
}

/** Bookings of orders, orders with what hangs on them, as in field service. */
export const fieldService: Schema = schemaOf([
  table('booking', { order: 'order', resource: 'resource' }),
  table('resource'),
  table('order', { account: 'account', payer: 'account', contact: 'contact', asset: 'asset', parent: 'order' }),
  table('incident', { order: 'order', asset: 'asset', reporter: 'contact' }),
  table('task', { order: 'order', incident: 'incident' }),
  table('account', { contact: 'contact' }),
  table('contact', { account: 'account' }),
  table('asset', { account: 'account' }),
])

/** `t0` to `t(n-1)`, each with lookups `a` and `b` to the next: as many ways down as there are tables, to the power. */
export const ladder = (tables: number): Schema =>
  schemaOf(
    Array.from({ length: tables }, (_, index) =>
      table(`t${index}`, index + 1 < tables ? { a: `t${index + 1}`, b: `t${index + 1}` } : {}),
    ),
  )
