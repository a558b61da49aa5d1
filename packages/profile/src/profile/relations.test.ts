import { describe, expect, test } from 'vitest'
import type { ProfileItem } from './profile.ts'
import { fieldService } from './relations.fixture.ts'
import { relatedItems } from './relations.ts'

const related = (table: string, ...relationships: string[]): ProfileItem => ({
  table,
  filter: { kind: 'related' },
  relationships,
})
const resolve = (...items: ProfileItem[]): [string, string[]][] =>
  relatedItems(fieldService, { name: 'Field', items }).map(({ item, reaches }) => [
    item.table,
    reaches.map(({ by, column, side }) => `${side} ${by} ${column}`),
  ])

describe('what brings the rows of an item', () => {
  test('[PR16] [PR17] bookings bring the work order they name, a work order brings the incidents that name it', () => {
    expect(
      resolve(
        related('incident', 'incident_order'),
        related('order', 'booking_order'),
        { table: 'booking', filter: { kind: 'all' } },
        related('account', 'order_account', 'order_payer'),
      ),
    ).toEqual([
      ['booking', []],
      ['order', ['one booking order_id']],
      ['incident', ['many order order']],
      ['account', ['one order account', 'one order payer']],
    ])
  })

  test('what the schema or the profile does not have is left out', () => {
    expect(
      resolve(
        related('order', 'booking_order', 'order_gone', 'order_parent', 'incident_order', 'order_order'),
        related('gone', 'order_gone'),
        related('incident', 'incident_order', 'booking_order', 'incident_order'),
      ),
    ).toEqual([
      ['incident', []],
      ['order', ['one incident order']],
    ])
  })

  test('an item is placed after what brings it, wherever the profile names it, and circles are cut open', () => {
    const circle = [
      related('order', 'order_account'),
      related('account', 'order_payer'),
      { ...related('order', 'booking_order') },
    ]
    expect(resolve(...circle)).toEqual([
      ['account', []],
      ['order', ['many account account']],
    ])
  })
})
