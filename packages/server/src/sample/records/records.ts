import type { NewRecord } from '../../import/csv.ts'
import { places } from '../places.ts'
import { catalogueRecords } from './catalogue.ts'
import { type Customer, inventCustomer } from './customers.ts'
import { day, dice } from './dice.ts'
import { peopleRecords } from './people.ts'
import { inventWork } from './work.ts'

export interface SampleSize {
  readonly seed: number
  /** ms since 1970: half a year of work lies before it, two weeks after */
  readonly now: number
  /** default 10,000: a technician then holds about 1,400 rows */
  readonly workOrders?: number
}

const pastDays = 180
const comingDays = 14

/**
 * The sample environment's rows, one after the other: the same for the same seed, day and size. What is
 * pointed to comes before what points to it, but for accounts and their first contacts.
 */
export function* sampleRecords({ seed, now, workOrders = 10_000 }: SampleSize): Generator<NewRecord> {
  const chance = dice(seed)
  const today = Math.floor(now / day) * day
  yield* peopleRecords(chance, today)
  yield* catalogueRecords(chance)
  const customers: Customer[] = []
  const count = Math.max(places.length, Math.ceil(workOrders * 0.06))
  for (let index = 0; index < count; index += 1) {
    const { customer, records } = inventCustomer(chance, index, today)
    customers.push(customer)
    yield* records
  }
  for (let number = 1; number <= workOrders; number += 1) {
    const days = Math.floor((number / workOrders) * (pastDays + comingDays)) - pastDays
    yield* inventWork(chance, { number, days, today }, chance.pick(customers))
  }
}
