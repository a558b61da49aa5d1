import { existsSync, readFileSync } from 'node:fs'
import { compileSchema, defaultProfile, documentedNames, type Fields, type Person, type PublishedProfile, type SchemaSource } from '@rejoin/profile' // prettier-ignore
import type { EnvironmentSource } from '@rejoin/server'
import { createDice } from '../../proofs/dice.ts'
import type { WorldRow } from './world.ts'

/**
 * The documents' own case: their default profile on the schema of the documented product, over generated rows. Each
 * technician has some twenty bookings of the weeks around now, about half of them of the days his device is to hold.
 */
const schemaPath: string = '/work/shared/data/fieldservice-schema.json'

/** undefined where the schema is not on this machine */
export const documentedSchema = (): SchemaSource | undefined => {
  if (!existsSync(schemaPath)) return undefined
  const source = JSON.parse(readFileSync(schemaPath, 'utf8')) as SchemaSource
  const compiled = compileSchema(source)
  if (!compiled.ok) throw new Error(compiled.faults[0]?.message)
  return source
}

export const documentedProfile: PublishedProfile = { ...defaultProfile(documentedNames), version: 1 }

const BOOKINGS = 20
/** rows in the tables for each technician, about */
const STORED = 170

export const documentedTechnicians = (rows: number): number => Math.max(2, Math.round(rows / STORED))

export const documentedPerson = (n: number): Person => ({
  id: `technician-${n}`,
  name: `Technician ${n}`,
  teams: [],
  roles: ['technician'],
})

export const documentedEnvironment = (schema: SchemaSource, technicians: number): EnvironmentSource => ({
  schema: {
    ...schema,
    roles: [{ name: 'technician', tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } } }],
  },
  settings: { strategy: 'clientWins', strategies: {} },
  people: Array.from({ length: technicians }, (_, n) => documentedPerson(n)),
  profiles: [{ profile: documentedProfile, members: { everyone: true } }],
})

const HOUR = 3_600_000
const DAYS_AROUND = 16
const PRODUCTS = 40

/** Columns of this schema have ids like their names. */
export function* documentedRows(technicians: number, now: number, seed = 1): Generator<WorldRow> {
  const dice = createDice(seed)
  const row = (table: string, id: string, fields: Fields): WorldRow => ({ table, id, fields })
  for (const table of documentedNames.catalogue) {
    for (let n = 0; n < 4; n++) yield row(table, `${table}-${n}`, { ownerid: 'office' })
  }
  for (let n = 0; n < PRODUCTS; n++) yield row('product', `product-${n}`, { name: `Part ${n}` })
  const someProduct = (): string => `product-${dice.number(PRODUCTS)}`
  for (let who = 0; who < technicians; who++) {
    const ownerid = `technician-${who}`
    yield row('bookableresource', `resource-${who}`, { name: `Technician ${who}`, ownerid })
    const sites = Array.from({ length: 8 }, (_, n) => `${who}-${n}`)
    for (const site of sites) {
      yield row('account', `account-${site}`, { name: `Site ${site}`, ownerid: 'office' })
      yield row('contact', `contact-${site}`, { fullname: `Somebody of ${site}`, ownerid: 'office' })
      yield row('msdyn_customerasset', `asset-${site}`, { msdyn_name: `Pump of ${site}`, ownerid: 'office' })
    }
    for (let n = 0; n < BOOKINGS; n++) {
      const id = `${who}-${n}`
      const order = `order-${id}`
      const of = (): string => dice.pick(sites)
      yield row('msdyn_workorder', order, {
        msdyn_name: `Order ${id}`,
        ownerid: 'office',
        msdyn_serviceaccount: `account-${of()}`,
        msdyn_billingaccount: `account-${of()}`,
        msdyn_customerasset: `asset-${of()}`,
        ...(dice.chance(0.5) ? { msdyn_reportedbycontact: `contact-${of()}` } : {}),
      })
      const start = now + (dice.number(2 * DAYS_AROUND * 24) - DAYS_AROUND * 24) * HOUR
      yield row('bookableresourcebooking', `booking-${id}`, {
        name: `Visit ${id}`,
        // now and then a colleague goes
        ownerid: dice.chance(0.1) ? `technician-${dice.number(technicians)}` : ownerid,
        starttime: new Date(start).toISOString(),
        endtime: new Date(start + (1 + dice.number(60)) * HOUR).toISOString(),
        resource: `resource-${who}`,
        ...(dice.chance(0.9) ? { msdyn_workorder: order } : {}),
      })
      const line = { msdyn_workorder: order, ownerid: 'office' }
      yield row('msdyn_workorderincident', `incident-${id}`, { ...line, ...(dice.chance(0.5) ? { msdyn_customerasset: `asset-${of()}` } : {}) }) // prettier-ignore
      yield row('msdyn_workorderproduct', `product-line-${id}`, { ...line, msdyn_product: someProduct() })
      yield row('msdyn_workorderservice', `service-line-${id}`, { ...line, msdyn_service: someProduct() })
      for (const more of ['a', 'b']) yield row('msdyn_workorderservicetask', `task-${id}${more}`, line)
    }
  }
}
