import type { ColumnSource, TableSource } from '@rejoin/profile'

export const trades: NonNullable<ColumnSource['choices']> = [
  { value: 'electrical', label: 'Electrical' },
  { value: 'plumbing', label: 'Plumbing' },
  { value: 'heating', label: 'Heating' },
  { value: 'cooling', label: 'Cooling' },
  { value: 'lifts', label: 'Lifts' },
]

/** What everyone needs and nobody owns: products, incident types, priorities, booking statuses. */
export const catalogueTables: readonly TableSource[] = [
  {
    name: 'priority',
    displayName: 'Priority',
    ownership: 'organization',
    primaryKey: 'priorityid',
    primaryName: 'name',
    columns: [
      { name: 'priorityid', type: 'guid', required: true },
      { name: 'name', type: 'string', required: true, maxLength: 60 },
      { name: 'level', type: 'integer', required: true },
      { name: 'color', type: 'string', maxLength: 7 },
      { name: 'responseHours', type: 'integer' },
      { name: 'resolveHours', type: 'integer' },
      { name: 'isDefault', type: 'boolean' },
      { name: 'active', type: 'boolean', required: true },
    ],
  },
  {
    name: 'bookingstatus',
    displayName: 'Booking status',
    ownership: 'organization',
    primaryKey: 'bookingstatusid',
    primaryName: 'name',
    columns: [
      { name: 'bookingstatusid', type: 'guid', required: true },
      { name: 'name', type: 'string', required: true, maxLength: 60 },
      { name: 'description', type: 'string', maxLength: 200 },
      {
        name: 'category',
        type: 'choice',
        required: true,
        choices: [
          { value: 'proposed', label: 'Proposed' },
          { value: 'committed', label: 'Committed' },
          { value: 'cancelled', label: 'Cancelled' },
        ],
      },
      { name: 'color', type: 'string', maxLength: 7 },
      { name: 'sortOrder', type: 'integer' },
      { name: 'completesWorkOrder', type: 'boolean' },
      { name: 'active', type: 'boolean', required: true },
    ],
  },
  {
    name: 'incidenttype',
    displayName: 'Incident type',
    ownership: 'organization',
    primaryKey: 'incidenttypeid',
    primaryName: 'name',
    columns: [
      { name: 'incidenttypeid', type: 'guid', required: true },
      { name: 'name', type: 'string', required: true, maxLength: 100 },
      { name: 'description', type: 'text', maxLength: 2000 },
      { name: 'trade', type: 'choice', choices: trades },
      { name: 'estimatedMinutes', type: 'integer' },
      { name: 'defaultPriority', type: 'lookup', target: 'priority' },
      { name: 'instructions', type: 'text', maxLength: 4000 },
      { name: 'active', type: 'boolean', required: true },
    ],
  },
  {
    name: 'product',
    displayName: 'Product',
    ownership: 'organization',
    primaryKey: 'productid',
    primaryName: 'name',
    columns: [
      { name: 'productid', type: 'guid', required: true },
      { name: 'name', type: 'string', required: true, maxLength: 100 },
      { name: 'number', type: 'string', required: true, maxLength: 40 },
      { name: 'trade', type: 'choice', choices: trades },
      { name: 'unit', type: 'string', maxLength: 20 },
      { name: 'price', type: 'money' },
      { name: 'cost', type: 'money' },
      { name: 'stock', type: 'integer' },
      { name: 'supplier', type: 'string', maxLength: 100 },
      { name: 'active', type: 'boolean', required: true },
    ],
  },
]
