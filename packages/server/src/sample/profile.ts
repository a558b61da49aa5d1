import { defaultProfile, type ProfileItem, type ProfileSource, type StrategyName } from '@rejoin/profile'

const everything = (table: string): ProfileItem => ({ table, filter: { kind: 'all' } })
const ours = (table: string): ProfileItem => ({ table, filter: { kind: 'other', mine: true, teams: true } })

/** What a technician carries: the work and the customers that are theirs or their teams', and the catalogue. */
export const sampleProfile: ProfileSource = {
  name: 'Field service',
  description: 'Work orders and bookings of mine and of my teams, with their customers and the whole catalogue',
  items: [
    ...['businessunit', 'team', 'systemuser', 'bookableresource'].map(everything),
    ...['priority', 'bookingstatus', 'incidenttype', 'product'].map(everything),
    ...['account', 'contact', 'customerasset'].map(ours),
    ...['workorder', 'bookableresourcebooking', 'workorderincident', 'workorderservicetask'].map(ours),
  ],
}

/** The documented default (PR0), in the names of the sample. */
export const sampleDefaultProfile: ProfileSource = defaultProfile({
  booking: { table: 'bookableresourcebooking', owner: 'ownerid', start: 'startTime', end: 'endTime' },
  related: {
    workorder: ['bookableresourcebooking_workorder'],
    workorderincident: ['workorderincident_workorder'],
    workorderservicetask: ['workorderservicetask_workorder'],
    account: ['workorder_account'],
    contact: ['workorder_contact', 'account_primarycontact'],
    customerasset: ['workorder_asset', 'workorderincident_asset'],
    bookableresource: ['bookableresourcebooking_resource'],
    businessunit: ['team_businessunit', 'systemuser_businessunit'],
  },
  catalogue: ['team', 'systemuser', 'priority', 'bookingstatus', 'incidenttype', 'product'],
})

/** "Conflict detection: No", the documented default (CF2). */
export const sampleSettings: { readonly strategy: StrategyName } = { strategy: 'clientWins' }
