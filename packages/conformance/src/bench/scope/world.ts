import type { Fields, Person, ProfileSource, SchemaSource } from '@rejoin/profile'

/**
 * Field work for the scope benchmarks. Every technician holds the same number of rows, so that ten times the table means
 * ten times the technicians: 200 bookings of the coming days, and through them 200 work orders, 400 incidents, 600 service
 * tasks and 200 each of accounts, contacts and assets; and as many bookings of the past, that nobody holds.
 */
export const PER_TECHNICIAN = 2_000
const BOOKINGS = 200
/** rows in the tables for each technician, the past included */
const STORED = 2_200

export const techniciansFor = (rows: number): number => Math.max(1, Math.round(rows / STORED))

const lookup = (name: string, target: string) => ({ name, type: 'lookup', target }) as const
const table = (name: string, columns: SchemaSource['tables'][number]['columns']): SchemaSource['tables'][number] => ({
  name,
  ownership: 'user',
  primaryKey: `${name}id`,
  primaryName: 'name',
  columns: [
    { name: `${name}id`, type: 'guid' },
    { name: 'name', type: 'string' },
    { name: 'ownerid', type: 'lookup', target: 'systemuser', external: true },
    ...columns,
  ],
})

export const scopeSchema: SchemaSource = {
  tables: [
    table('booking', [{ name: 'begin', type: 'datetime' }, lookup('workorder', 'workorder')]),
    table('workorder', [{ name: 'status', type: 'integer' }, lookup('account', 'account'), lookup('asset', 'asset')]),
    table('incident', [lookup('workorder', 'workorder')]),
    table('task', [{ name: 'done', type: 'boolean' }, lookup('workorder', 'workorder')]),
    table('account', [{ name: 'city', type: 'string' }, lookup('contact', 'contact')]),
    table('contact', [{ name: 'phone', type: 'string' }]),
    table('asset', [{ name: 'serial', type: 'string' }]),
  ],
  relationships: [
    'booking.workorder',
    'workorder.account',
    'workorder.asset',
    'incident.workorder',
    'task.workorder',
    'account.contact',
  ].map(from => ({ name: from.replace('.', '_'), from, to: from.split('.')[1]! })),
  roles: [{ name: 'technician', tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } } }],
}

export const scopeProfile: ProfileSource = {
  name: 'My coming days',
  items: [
    {
      table: 'booking',
      filter: {
        kind: 'custom',
        where: {
          all: [
            { column: 'ownerid', op: 'eq-useroruserhierarchy' },
            {
              any: [
                { column: 'begin', op: 'today' },
                { column: 'begin', op: 'next-seven-days' },
              ],
            },
          ],
        },
      },
    },
    { table: 'workorder', filter: { kind: 'related' }, relationships: ['booking_workorder'] },
    { table: 'incident', filter: { kind: 'related' }, relationships: ['incident_workorder'] },
    { table: 'task', filter: { kind: 'related' }, relationships: ['task_workorder'] },
    { table: 'account', filter: { kind: 'related' }, relationships: ['workorder_account'] },
    { table: 'contact', filter: { kind: 'related' }, relationships: ['account_contact'] },
    { table: 'asset', filter: { kind: 'related' }, relationships: ['workorder_asset'] },
  ],
}

export const technician = (n: number): Person => ({
  id: `technician-${n}`,
  name: `Technician ${n}`,
  teams: [],
  roles: ['technician'],
})

export interface WorldRow {
  readonly table: string
  readonly id: string
  readonly fields: Fields
}

const DAY = 86_400_000

/** All rows of technicians 0 to `technicians`, as of a day. */
export function* scopeRows(technicians: number, now: number): Generator<WorldRow> {
  for (let who = 0; who < technicians; who++) {
    const ownerid = `technician-${who}`
    for (let n = 0; n < BOOKINGS; n++) {
      const id = `${who}-${n}`
      const row = (name: string, fields: Fields, more = ''): WorldRow => ({
        table: name,
        id: `${name}-${id}${more}`,
        fields: { name: `${name} ${id}${more}, as somebody would call it`, ownerid, ...fields },
      })
      const begin = new Date(now + ((n % 6) + 0.3) * DAY).toISOString()
      yield row('contact', { phone: `+49 30 ${who}${n}` })
      yield row('account', { city: 'Berlin', contact: `contact-${id}` })
      yield row('asset', { serial: `S-${id}` })
      yield row('workorder', { status: n % 5, account: `account-${id}`, asset: `asset-${id}` })
      yield row('booking', { begin, workorder: `workorder-${id}` })
      yield row(
        'booking',
        { begin: new Date(now - (n + 2) * DAY).toISOString(), workorder: `workorder-${id}` },
        '-past',
      )
      for (const more of ['a', 'b']) yield row('incident', { workorder: `workorder-${id}` }, more)
      for (const more of ['a', 'b', 'c']) yield row('task', { done: false, workorder: `workorder-${id}` }, more)
    }
  }
}
