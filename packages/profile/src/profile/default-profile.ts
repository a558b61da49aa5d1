import type { ProfileItem, ProfileSource } from './profile.ts'

/** The default profile every environment starts with (PR0), as the documents name it. */
export const DEFAULT_PROFILE = 'Field Service Mobile - Offline Profile'

/** What the default is called in a schema shaped like field service. */
export interface FieldServiceNames {
  readonly booking: { readonly table: string; readonly owner: string; readonly start: string; readonly end: string }
  /** tables whose rows hang on bookings and work orders, each with the relationships that bring them */
  readonly related: Readonly<Record<string, readonly string[]>>
  /** what everyone needs to choose from: statuses, priorities, types */
  readonly catalogue: readonly string[]
}

/**
 * Bookings of mine that start or end today or in the next seven days, and all that hangs on them. "Mine" and the days
 * must both hold, so that this is a custom filter: `other` has no days.
 */
export const defaultProfile = ({ booking, related, catalogue }: FieldServiceNames): ProfileSource => ({
  name: DEFAULT_PROFILE,
  description: 'My bookings of today and the next seven days, with their work orders and what hangs on them',
  items: [
    {
      table: booking.table,
      filter: {
        kind: 'custom',
        where: {
          all: [
            { column: booking.owner, op: 'eq-userid' },
            {
              any: [
                { column: booking.start, op: 'today' },
                { column: booking.start, op: 'next-seven-days' },
                { column: booking.end, op: 'today' },
                { column: booking.end, op: 'next-seven-days' },
              ],
            },
          ],
        },
      },
    },
    ...Object.entries(related).map(([table, relationships]): ProfileItem => ({
      table,
      filter: { kind: 'related' },
      relationships,
    })),
    ...catalogue.map((table): ProfileItem => ({ table, filter: { kind: 'all' } })),
  ],
})

/** The names of the documented product. */
export const documentedNames: FieldServiceNames = {
  booking: { table: 'bookableresourcebooking', owner: 'ownerid', start: 'starttime', end: 'endtime' },
  related: {
    msdyn_workorder: ['msdyn_msdyn_workorder_bookableresourcebooking_WorkOrder'],
    msdyn_workorderincident: ['msdyn_msdyn_workorder_msdyn_workorderincident_WorkOrder'],
    msdyn_workorderproduct: ['msdyn_msdyn_workorder_msdyn_workorderproduct_WorkOrder'],
    msdyn_workorderservice: ['msdyn_msdyn_workorder_msdyn_workorderservice_WorkOrder'],
    msdyn_workorderservicetask: ['msdyn_msdyn_workorder_msdyn_workorderservicetask_WorkOrder'],
    account: ['msdyn_account_msdyn_workorder_ServiceAccount', 'msdyn_account_msdyn_workorder_BillingAccount'],
    contact: ['msdyn_contact_msdyn_workorder_ReportedByContact'],
    msdyn_customerasset: [
      'msdyn_msdyn_customerasset_msdyn_workorder_CustomerAsset',
      'msdyn_msdyn_customerasset_msdyn_workorderincident_CustomerAsset',
    ],
    product: ['msdyn_product_msdyn_workorderproduct_Product', 'msdyn_product_msdyn_workorderservice_Service'],
    bookableresource: ['bookableresource_bookableresourcebooking_Resource'],
  },
  catalogue: ['bookingstatus', 'msdyn_priority', 'msdyn_incidenttype'],
}
