import type { RoleSource } from '@rejoin/profile'

/** Technicians see what is theirs and their teams', dispatchers their business unit, the office everything; administrators change the environment. */
export const sampleRoles: readonly RoleSource[] = [
  {
    name: 'technician',
    tables: {
      '*': { read: 'all' },
      product: { read: 'all', hidden: ['cost'] },
      bookableresource: { read: 'all', hidden: ['hourlyCost'] },
      account: { read: 'team', write: 'team', hidden: ['creditLimit'], readonly: ['name', 'number'] },
      contact: { create: 'team', read: 'team', write: 'team' },
      customerasset: { create: 'team', read: 'team', write: 'team' },
      workorder: { create: 'team', read: 'team', write: 'team' },
      bookableresourcebooking: { create: 'own', read: 'team', write: 'own' },
      workorderincident: { create: 'team', read: 'team', write: 'team' },
      workorderservicetask: { create: 'team', read: 'team', write: 'team', delete: 'own' },
    },
  },
  {
    name: 'dispatcher',
    tables: {
      '*': { read: 'all' },
      account: { create: 'unit', read: 'unit', write: 'unit', readonly: ['creditLimit'] },
      contact: { create: 'unit', read: 'unit', write: 'unit', delete: 'unit' },
      customerasset: { create: 'unit', read: 'unit', write: 'unit' },
      workorder: { create: 'unit', read: 'unit', write: 'unit', delete: 'unit' },
      bookableresourcebooking: { create: 'unit', read: 'unit', write: 'unit', delete: 'unit' },
      workorderincident: { create: 'unit', read: 'unit', write: 'unit', delete: 'unit' },
      workorderservicetask: { create: 'unit', read: 'unit', write: 'unit', delete: 'unit' },
    },
  },
  { name: 'office', tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } } },
  // Opens no table: who only administers sees no record.
  { name: 'administrator', tables: {}, admin: true },
]
