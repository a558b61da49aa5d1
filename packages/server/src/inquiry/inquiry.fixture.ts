import type { ProfileItem, RoleSource, SchemaSource, TableSource } from '@rejoin/profile'

const table = (
  name: string,
  ownership: TableSource['ownership'],
  ...columns: TableSource['columns'][number][]
): TableSource => ({
  name,
  ownership,
  primaryKey: `${name}id`,
  primaryName: 'name',
  columns: [
    { name: `${name}id`, type: 'guid' },
    { name: 'name', type: 'string' },
    ...columns,
    ...(ownership === 'user'
      ? [{ name: 'ownerid', type: 'lookup' as const, targets: ['systemuser', 'team'], external: true }]
      : []),
  ],
})

/** Bookings name orders, tasks name orders, orders name accounts; products are everybody's. */
export const schema: SchemaSource = {
  tables: [
    table('account', 'user', { name: 'rank', type: 'integer' }),
    table('order', 'user', { name: 'status', type: 'integer' }, { name: 'account', type: 'lookup', target: 'account' }),
    table(
      'booking',
      'user',
      { name: 'begin', type: 'datetime' },
      { name: 'order', type: 'lookup', target: 'order' },
      { name: 'fee', type: 'money' },
    ),
    table('task', 'none', { name: 'status', type: 'integer' }, { name: 'order', type: 'lookup', target: 'order' }),
    table('product', 'organization', { name: 'status', type: 'integer' }, { name: 'shelf', type: 'string' }),
  ],
  relationships: [
    { name: 'booking_order', from: 'booking.order', to: 'order' },
    { name: 'task_order', from: 'task.order', to: 'order' },
    { name: 'order_account', from: 'order.account', to: 'account' },
  ],
}

export const roles: readonly RoleSource[] = [
  { name: 'office', admin: true, tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } } },
  {
    name: 'field',
    tables: { '*': { read: 'all' }, account: { read: 'team' }, booking: { read: 'all', hidden: ['fee'] } },
  },
]

/** Bookings of mine in the coming week bring their orders, these their tasks and accounts. */
export const items: readonly ProfileItem[] = [
  {
    table: 'booking',
    filter: {
      kind: 'custom',
      where: {
        all: [
          { column: 'ownerid', op: 'eq-userid' },
          { column: 'begin', op: 'next-seven-days' },
        ],
      },
    },
    columns: ['name', 'begin', 'order', 'ownerid', 'fee'],
  },
  { table: 'order', filter: { kind: 'related' }, relationships: ['booking_order'] },
  { table: 'task', filter: { kind: 'related' }, relationships: ['task_order'] },
]
