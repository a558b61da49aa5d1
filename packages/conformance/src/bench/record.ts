import type { SchemaSource, Value } from '@rejoin/profile'

/**
 * The record every side of the bench moves: 12 columns of a service visit, about 456 bytes as JSON,
 * made from its number alone, so that both sides hold the same rows without handing any over.
 */
export interface BenchRow {
  /** canonical guid */
  readonly id: string
  /** without the id */
  readonly values: Readonly<Record<string, Value>>
}

export const BENCH_TABLE = 'visit'
/** The column that every edit of the bench changes. */
export const EDITED_COLUMN = 'status'

export const benchSchema: SchemaSource = {
  version: 1,
  tables: [
    {
      name: BENCH_TABLE,
      ownership: 'organization',
      primaryKey: 'visitid',
      primaryName: 'number',
      columns: [
        { name: 'visitid', type: 'guid' },
        { name: 'number', type: 'string' },
        { name: 'subject', type: 'string' },
        { name: 'instructions', type: 'text' },
        { name: 'status', type: 'string' },
        { name: 'priority', type: 'integer' },
        { name: 'customer', type: 'guid' },
        { name: 'city', type: 'string' },
        { name: 'street', type: 'string' },
        { name: 'scheduled', type: 'datetime' },
        { name: 'minutes', type: 'integer' },
        { name: 'price', type: 'money' },
        { name: 'billable', type: 'boolean' },
      ],
    },
  ],
  roles: [{ name: 'technician', tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } } }],
}

const statuses = ['scheduled', 'travelling', 'in progress', 'completed']
const cities = ['Ljubljana', 'Rotterdam', 'Gothenburg', 'Coimbra', 'Bratislava']
const tasks = ['Replace the pump seal', 'Inspect the boiler', 'Calibrate the meter', 'Repair the lift door']

const pick = (words: readonly string[], n: number): string => words[n % words.length] ?? ''

/** A guid that spreads over the key space as real ones do, the same for the same number. */
export const benchId = (n: number, kind = 0): string => {
  const word = (salt: number): string => {
    let x = Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(salt + kind * 4 + 1, 0x85ebca6b)
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
    return ((x ^ (x >>> 16)) >>> 0).toString(16).padStart(8, '0')
  }
  const b = word(1)
  const c = word(2)
  return `${word(0)}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${word(3)}`
}

export const benchRow = (n: number): BenchRow => ({
  id: benchId(n),
  values: {
    number: `WO-${String(n).padStart(7, '0')}`,
    subject: `${pick(tasks, n)} at site ${n % 977}`,
    instructions: `Ring at the gate, ask for key ${n % 89}. Take photographs before and after; note the serial number, the hours run, and what was replaced and left behind.`,
    status: pick(statuses, n),
    priority: 1 + (n % 5),
    customer: benchId(n % 1000, 1),
    city: pick(cities, n),
    street: `${1 + (n % 240)} Old Harbour Road`,
    scheduled: new Date(Date.UTC(2025, 0, 1) + n * 900_000).toISOString(),
    minutes: 30 + (n % 8) * 15,
    price: 80 + (n % 400) / 4,
    billable: n % 3 !== 0,
  },
})

/** The value an edit gives `EDITED_COLUMN`: never the one the row holds. */
export const editedValue = (edit: number): string => `visited ${edit}`
