import { describe, expect, test } from 'vitest'
import { checkProfile } from './check.ts'
import type { ProfileLimits } from './limits.ts'
import type { ProfileItem } from './profile.ts'
import { fieldService, ladder } from './relations.fixture.ts'
import { relationshipCount } from './relationship-count.ts'

const related = (table: string, ...relationships: string[]): ProfileItem => ({
  table,
  filter: { kind: 'related' },
  relationships,
})
const all = (table: string): ProfileItem => ({ table, filter: { kind: 'all' } })
const faultsOf = (items: readonly unknown[], limits?: ProfileLimits): string[] =>
  checkProfile(fieldService, { name: 'Field', items }, limits).map(({ code, at, message }) => {
    return `${code} | ${at.replace('profile Field, ', '')} | ${message}`
  })

const downwards = [
  all('booking'),
  related('order', 'booking_order'),
  related('incident', 'incident_order'),
  related('task', 'task_order'),
  related('account', 'order_account', 'order_payer'),
  related('contact', 'order_contact', 'account_contact'),
  related('asset', 'order_asset', 'incident_asset'),
]

test('[PR16] [PR17] what hangs on bookings passes, with no filter of its own', () => {
  expect(faultsOf(downwards)).toEqual([])
})

test('[PR5] "related only" needs a relationship', () => {
  expect(faultsOf([all('booking'), related('order')])).toEqual([
    'related | table order | downloads related data only, but no relationship is chosen',
  ])
})

describe('circular relationships are refused with the path:', () => {
  test('[PR15] two tables that bring each other', () => {
    const faults = faultsOf([related('order', 'booking_order'), related('booking', 'booking_order')])
    expect(faults).toEqual([
      'circle | table booking, relationship booking_order | makes a circle: booking -> order -> booking',
    ])
  })

  test('[PR15] a longer way round, and each of several', () => {
    const faults = faultsOf([
      related('order', 'order_account'),
      related('account', 'asset_account', 'contact_account'),
      related('asset', 'order_asset'),
      related('contact', 'contact_account'),
    ])
    expect(faults).toEqual([
      'circle | table asset, relationship order_asset | makes a circle: asset -> order -> account -> asset',
      'circle | table contact, relationship contact_account | makes a circle: contact -> account -> contact',
    ])
  })

  test('[PR15] a table that would bring itself', () => {
    expect(faultsOf([related('order', 'order_parent')])).toEqual([
      'circle | table order, relationship order_parent | makes a circle: order -> order',
    ])
  })

  test('[PR15] two ways to one table are none', () => {
    expect(
      faultsOf([all('contact'), related('account', 'account_contact'), related('asset', 'asset_account')]),
    ).toEqual([])
  })
})

describe('a relationship is chosen on the item whose rows it brings:', () => {
  test('[PR16] one of two other tables is refused', () => {
    expect(faultsOf([all('order'), all('booking'), related('incident', 'booking_order')])).toEqual([
      'relationship | table incident, relationship booking_order | joins booking.order to order and brings no row of incident',
    ])
  })

  test('[PR16] the table it reaches from must be in the profile', () => {
    expect(checkProfile(fieldService, { name: 'Field', items: [related('order', 'booking_order')] })).toEqual([
      {
        code: 'table-not-in-profile',
        at: 'profile Field, table order, relationship booking_order',
        message: 'reaches from booking, which is not in the profile',
        fix: 'add an item for booking',
      },
    ])
  })

  const two = [all('order'), all('incident'), all('booking'), related('task', 'task_order', 'task_incident')]
  test('[PR16] of one item at most one is 1:N or N:N', () => {
    expect(faultsOf(two)).toEqual([
      'too-many-sides | table task | has 2 relationships that are 1:N or N:N (task_order, task_incident); at most 1 may be',
    ])
    expect(faultsOf([all('order'), all('incident'), related('asset', 'order_asset', 'incident_asset')])).toEqual([])
  })

  test('[PR16] unless the environment allows more', () => {
    expect(faultsOf(two, { relationships: 15, many: 2 })).toEqual([])
  })
})

describe('relationships are counted transitively:', () => {
  const counted = (items: readonly ProfileItem[]): Record<string, number> =>
    Object.fromEntries(relationshipCount(fieldService, { name: 'Field', items }).map(each => [each.table, each.count]))

  test('[PR14] each is 1 and the count of the table it reaches from', () => {
    expect(counted(downwards)).toEqual({ booking: 0, order: 1, incident: 2, task: 2, account: 4, contact: 7, asset: 5 })
  })

  test('[PR14] the counter names what contributes', () => {
    expect(relationshipCount(fieldService, { name: 'Field', items: downwards }).at(-2)).toEqual({
      table: 'contact',
      count: 7,
      most: 15,
      chosen: [
        { relationship: 'order_contact', by: 'order', count: 2 },
        { relationship: 'account_contact', by: 'account', count: 5 },
      ],
      tables: ['order', 'booking', 'account'],
    })
  })

  test('[PR14] at most 15, or what the environment allows', () => {
    const asset = related('asset', 'order_asset', 'incident_asset', 'asset_account')
    const items = [...downwards.slice(0, -1), asset]
    expect(counted(items)['asset']).toBe(10)
    expect(faultsOf(items, { relationships: 10, many: 1 })).toEqual([])
    expect(faultsOf(items, { relationships: 9, many: 1 })).toEqual([
      'too-many-relationships | table asset | has 10 relationships, those of the tables it reaches from counted along ' +
        '(order_asset 2, incident_asset 3, asset_account 5); at most 9 may be',
    ])
  })

  test('[PR14] 15 pass and 16 do not', () => {
    // t4, t3, t2, t1 by two lookups each: 2, 6, 14, 30; t0 by one of t1
    const chain = (...counts: number[]): readonly unknown[] =>
      counts.map((count, index) => {
        const names = [`t${index - 1}_a`, `t${index - 1}_b`].slice(0, count)
        return count === 0 ? all(`t${index}`) : related(`t${index}`, ...names)
      })
    const codes = (...counts: number[]): string[] =>
      checkProfile(ladder(6), { name: 'Ladder', items: chain(...counts) }).map(({ code, at }) => `${code} ${at}`)
    expect(codes(0, 2, 2, 2, 1)).toEqual([])
    expect(codes(0, 2, 2, 2, 1, 1)).toEqual(['too-many-relationships profile Ladder, table t5'])
  })

  test('[PR14] of a draft with circles what can be counted is', () => {
    expect(counted([related('order', 'booking_order', 'order_gone'), related('booking', 'booking_order')])).toEqual({
      order: 1,
      booking: 0,
    })
  })
})
