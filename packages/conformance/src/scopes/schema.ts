import type { ColumnSource, Ownership, SchemaSource, TableSource } from '@rejoin/profile'

/**
 * Field service in small: seven tables of every ownership, joined by lookups in both directions. `name` and `note` hold
 * canaries; all other columns hold few values near one another, so that filters and rows meet.
 */
const lookup = (name: string, target: string): ColumnSource => ({ name, type: 'lookup', target })
const owner: ColumnSource = { name: 'ownerid', type: 'lookup', target: 'systemuser', external: true }
const unit: ColumnSource = { name: 'owningbusinessunit', type: 'lookup', target: 'businessunit', external: true }
const status: ColumnSource = {
  name: 'status',
  type: 'choice',
  choices: [1, 2, 3].map(value => ({ value, label: `status ${value}` })),
}
const table = (name: string, ownership: Ownership, columns: readonly ColumnSource[]): TableSource => ({
  name,
  ownership,
  primaryKey: `${name}id`,
  primaryName: 'name',
  columns: [
    { name: `${name}id`, type: 'guid' },
    { name: 'name', type: 'string' },
    { name: 'note', type: 'text' },
    ...columns,
  ],
})

export const tables: readonly TableSource[] = [
  table('account', 'user', [
    { name: 'city', type: 'string' },
    { name: 'rank', type: 'integer' },
    { name: 'since', type: 'date' },
    owner,
    unit,
  ]),
  table('contact', 'user', [
    { name: 'city', type: 'string' },
    { name: 'language', type: 'integer' },
    lookup('account', 'account'),
    owner,
    unit,
  ]),
  table('asset', 'business', [{ name: 'city', type: 'string' }, lookup('account', 'account'), unit]),
  table('workorder', 'user', [
    status,
    { name: 'priority', type: 'integer' },
    { name: 'due', type: 'date' },
    { name: 'start', type: 'datetime' },
    lookup('account', 'account'),
    lookup('asset', 'asset'),
    owner,
    unit,
  ]),
  table('booking', 'user', [
    { name: 'start', type: 'datetime' },
    { name: 'end', type: 'datetime' },
    { name: 'wall', type: 'datetime', timeZoneIndependent: true },
    lookup('workorder', 'workorder'),
    owner,
  ]),
  table('incident', 'none', [
    status,
    lookup('workorder', 'workorder'),
    lookup('product', 'product'),
    lookup('asset', 'asset'),
  ]),
  table('product', 'organization', [
    { name: 'city', type: 'string' },
    { name: 'rank', type: 'integer' },
  ]),
]

/** One relationship for each lookup from table to table. */
export const relationships: readonly { readonly name: string; readonly from: string; readonly to: string }[] =
  tables.flatMap(({ name, columns }) =>
    columns.flatMap(column =>
      column.type === 'lookup' && column.external !== true
        ? [{ name: `${name}_${column.name}`, from: `${name}.${column.name}`, to: column.target! }]
        : [],
    ),
  )

export const schema: SchemaSource = { version: 1, tables, relationships }

export const tableNamed = (name: string): TableSource => tables.find(each => each.name === name)!
