import type { ColumnSource } from '@rejoin/profile'

/** Who a row belongs to: the same two columns on every table owned by users. */
export const owned: readonly ColumnSource[] = [
  { name: 'ownerid', type: 'lookup', targets: ['systemuser', 'team'], required: true },
  { name: 'owningbusinessunit', type: 'lookup', target: 'businessunit' },
]
