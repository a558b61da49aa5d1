import type { ProfileItem, ProfileSource, StrategyName } from '@rejoin/profile'

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

/** "Conflict detection: No", the documented default (CF2). */
export const sampleSettings: { readonly strategy: StrategyName } = { strategy: 'clientWins' }
