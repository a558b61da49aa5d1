import { describe, expect, test } from 'vitest'
import { FaultError, type Result } from '../fault.ts'
import { copyProfile, editProfile, publishProfile, shownProfile } from './life.ts'
import {
  beginManaged,
  customisationOf,
  type ManagedProfile,
  pendingFilters,
  refuseFilter,
  takeFilter,
} from './managed.ts'
import type { DownloadFilter, ProfileItem, ProfileSource } from './profile.ts'
import { fieldService } from './relations.fixture.ts'
import { discardManaged, receiveUpdate } from './vendor-update.ts'

const taken = <T>(result: Result<T>): T => {
  if (!result.ok) throw new FaultError(result.faults)
  return result.value
}
const mine: DownloadFilter = { kind: 'other', mine: true }
const teams: DownloadFilter = { kind: 'other', mine: true, teams: true }
const all: DownloadFilter = { kind: 'all' }

const booking: ProfileItem = { table: 'booking', filter: mine }
const order: ProfileItem = { table: 'order', filter: { kind: 'related' }, relationships: ['booking_order'] }
const account: ProfileItem = {
  table: 'account',
  filter: { kind: 'related' },
  relationships: ['order_account', 'order_payer'],
}
const profile = (...items: ProfileItem[]): ProfileSource => ({ name: 'Default', items })

const begun = taken(beginManaged(profile(booking, order, account), fieldService, 1))
const receive = (managed: ManagedProfile, ...items: ProfileItem[]): ManagedProfile =>
  receiveUpdate(managed, profile(...items), fieldService, 2).managed
const edit = (managed: ManagedProfile, ...items: ProfileItem[]): ManagedProfile => ({
  ...managed,
  life: editProfile(managed.life, profile(...items)),
})
const publish = (managed: ManagedProfile): ManagedProfile => ({
  ...managed,
  life: taken(publishProfile(managed.life, fieldService, 3)),
})
const itemOf = ({ life }: ManagedProfile, table: string): ProfileItem | undefined =>
  shownProfile(life).items.find(item => item.table === table)
const onDevices = ({ life }: ManagedProfile, table: string): ProfileItem | undefined =>
  life.published?.profile.items.find(item => item.table === table)

test('[MG1] a filter the customer edited stays, published or still a draft', () => {
  const edited = edit(begun, { ...booking, filter: teams }, order, account)
  for (const managed of [edited, publish(edited)]) {
    const updated = receive(managed, { ...booking, filter: all }, order, account)
    expect(itemOf(updated, 'booking')?.filter).toEqual(teams)
    expect(pendingFilters(updated)).toEqual([])
  }
})

describe('an update of an unedited filter', () => {
  const updated = receive(begun, { ...booking, filter: all }, order, account)

  test('[MG2] waits, unpublished', () => {
    expect(pendingFilters(updated)).toEqual([{ table: 'booking', present: mine, offered: all }])
    expect(updated.life).toEqual(begun.life)
  })

  test('[MG2] is taken into the draft, and the next update is one of an unedited filter again', () => {
    const took = taken(takeFilter(updated, 'booking'))
    expect(pendingFilters(took)).toEqual([])
    expect(itemOf(took, 'booking')?.filter).toEqual(all)
    expect(onDevices(took, 'booking')?.filter).toEqual(mine)
    const next = receive(publish(took), { ...booking, filter: teams }, order, account)
    expect(pendingFilters(next)).toEqual([{ table: 'booking', present: all, offered: teams }])
  })

  test('[MG2] is refused, and asked about again only when the vendor gives another', () => {
    const refused = taken(refuseFilter(updated, 'booking'))
    expect(pendingFilters(refused)).toEqual([])
    expect(itemOf(refused, 'booking')?.filter).toEqual(mine)
    expect(pendingFilters(receive(refused, { ...booking, filter: all }, order, account))).toEqual([])
    expect(pendingFilters(receive(refused, { ...booking, filter: teams }, order, account))).toHaveLength(1)
  })

  test('[MG2] is no longer asked about once the customer edits that filter', () => {
    const edited = edit(updated, { ...booking, filter: teams }, order, account)
    expect(pendingFilters(edited)).toEqual([])
    expect(takeFilter(edited, 'booking')).toMatchObject({ ok: false, faults: [{ code: 'not-pending' }] })
    expect(refuseFilter(edited, 'booking').ok).toBe(false)
  })
})

describe('an update of relationships', () => {
  const vendors = [booking, order, { ...account, relationships: ['order_account', 'account_contact'] }]
  const contact: ProfileItem = { table: 'contact', filter: all }

  test('[MG3] is published by itself where no draft is open', () => {
    const updated = receive(begun, booking, order, { ...account, relationships: ['order_account'] })
    expect(updated.life.state).toBe('Published')
    expect(updated.life.published?.profile.version).toBe(2)
    expect(onDevices(updated, 'account')?.relationships).toEqual(['order_account'])
  })

  test('[MG3] keeps what the customer added and removed', () => {
    const added = edit(
      begun,
      booking,
      order,
      { ...account, relationships: ['order_payer', 'contact_account'] },
      contact,
    )
    const updated = receive(publish(added), ...vendors, contact)
    // the vendor removed order_payer and added account_contact; the customer had removed order_account
    expect(itemOf(updated, 'account')?.relationships).toEqual(['account_contact', 'contact_account'])
  })

  test('[MG3] goes into an open draft, and to devices with it', () => {
    const open = edit(begun, { ...booking, interval: 60 }, order, account)
    const updated = receive(open, booking, order, { ...account, relationships: ['order_account'] })
    expect(updated.life.state).toBe('Unpublished')
    expect(itemOf(updated, 'account')?.relationships).toEqual(['order_account'])
    expect(itemOf(updated, 'booking')?.interval).toBe(60)
    expect(onDevices(updated, 'account')?.relationships).toEqual(['order_account', 'order_payer'])
    expect(onDevices(publish(updated), 'account')?.relationships).toEqual(['order_account'])
  })

  test('[MG3] that cannot be published stays a draft, and the faults say why', () => {
    const circle = { ...booking, relationships: ['booking_order'] }
    const { managed, faults } = receiveUpdate(begun, profile(circle, order, account), fieldService, 2)
    expect(faults.map(({ code }) => code)).toEqual(['circle'])
    expect(managed.life.state).toBe('Unpublished')
    expect(managed.life.published).toBe(begun.life.published)
    // the vendor's next one mends it
    const { managed: mended } = receiveUpdate(managed, profile(booking, order), fieldService, 3)
    expect(mended.life.state).toBe('Published')
    // but not over what the customer has begun
    const open = edit(managed, { ...circle, interval: 60 }, order, account)
    expect(receive(open, booking, order, account).life.state).toBe('Unpublished')
  })

  test('[MG3] is not held up by a filter that waits', () => {
    const updated = receive(begun, { ...booking, filter: all }, order, { ...account, relationships: ['order_account'] })
    expect(onDevices(updated, 'account')?.relationships).toEqual(['order_account'])
    expect(onDevices(updated, 'booking')?.filter).toEqual(mine)
    expect(pendingFilters(updated)).toHaveLength(1)
  })
})

describe('a draft that is given up', () => {
  const discard = (managed: ManagedProfile): ManagedProfile => discardManaged(managed, fieldService, 4).managed
  const fewer = { ...account, relationships: ['order_account'] }

  test('[MG2] gives up a filter it took, which waits again', () => {
    const updated = receive(begun, { ...booking, filter: all }, order, account)
    const given = discard(taken(takeFilter(updated, 'booking')))
    expect(itemOf(given, 'booking')?.filter).toEqual(mine)
    expect(pendingFilters(given)).toEqual(pendingFilters(updated))
    expect(given.life).toEqual(begun.life)
  })

  test('[MG2] does not ask again about what was refused meanwhile', () => {
    const updated = receive(edit(begun, booking, order), { ...booking, filter: all }, order, account)
    expect(pendingFilters(discard(taken(refuseFilter(updated, 'booking'))))).toEqual([])
  })

  test('[MG3] lets what the vendor changed meanwhile be published by itself', () => {
    const open = edit(begun, { ...booking, interval: 60 }, order, account)
    const given = discard(receive(receive(open, booking, order, account), booking, order, fewer))
    expect(given.life.state).toBe('Published')
    expect(onDevices(given, 'account')?.relationships).toEqual(['order_account'])
    expect(onDevices(given, 'booking')).toEqual(booking)
  })

  test('[MG3] after a publication goes back to that one', () => {
    const open = receive(edit(begun, { ...booking, interval: 60 }, order, account), booking, order, fewer)
    const given = discard(edit(publish(open), booking, order, account))
    expect(given.life).toEqual(publish(open).life)
  })

  test('[MG3] keeps a relationship that comes and cannot be published', () => {
    const open = edit(begun, { ...booking, interval: 60 }, order, account)
    const circle = { ...booking, relationships: ['booking_order'] }
    const { managed, faults } = discardManaged(receive(open, circle, order, account), fieldService, 4)
    expect(faults.map(({ code }) => code)).toEqual(['circle'])
    expect(itemOf(managed, 'booking')).toEqual(circle)
    expect(onDevices(managed, 'booking')).toEqual(booking)
  })
})

describe('a table the vendor', () => {
  test('adds comes with its relationships, its own filter waits', () => {
    const incident: ProfileItem = { table: 'incident', filter: mine, relationships: ['incident_order'] }
    const updated = receive(begun, booking, order, account, incident)
    expect(onDevices(updated, 'incident')).toEqual({ ...incident, filter: { kind: 'related' } })
    expect(pendingFilters(updated)).toEqual([{ table: 'incident', present: { kind: 'related' }, offered: mine }])
  })

  test('adds without relationships waits as a whole', () => {
    const resource: ProfileItem = { table: 'resource', filter: all, interval: 60 }
    const updated = receive(begun, booking, order, account, resource)
    expect(updated.life).toEqual(begun.life)
    expect(pendingFilters(updated)).toEqual([{ table: 'resource', offered: all }])
    const took = taken(takeFilter(updated, 'resource'))
    expect(itemOf(took, 'resource')).toEqual(resource)
    expect(pendingFilters(took)).toEqual([])
  })

  test('[MG2] drops stays until an administrator takes that', () => {
    const updated = receive(begun, booking, order)
    expect(updated.life).toEqual(begun.life)
    expect(pendingFilters(updated)).toEqual([{ table: 'account', present: { kind: 'related' } }])
    const took = taken(takeFilter(updated, 'account'))
    expect(itemOf(took, 'account')).toBeUndefined()
    expect(pendingFilters(took)).toEqual([])
  })

  test('[MG2] dropped, and that was taken, comes as new when the vendor adds it again', () => {
    const dropped = publish(taken(takeFilter(receive(begun, booking, order), 'account')))
    expect(onDevices(receive(dropped, booking, order, account), 'account')).toEqual(account)
  })

  test('[MG3] still has after the customer removed it stays removed, also when it was dropped in between', () => {
    const removed = publish(edit(begun, booking, order))
    for (const managed of [removed, receive(removed, booking, order)]) {
      const updated = receive(managed, booking, order, { ...account, filter: all })
      expect(itemOf(updated, 'account')).toBeUndefined()
      expect(pendingFilters(updated)).toEqual([])
    }
  })
})

test('columns, intervals and the description follow the vendor until the customer changes them', () => {
  const edited = publish(edit(begun, booking, { ...order, interval: 60 }, account))
  const given = [booking, { ...order, interval: 10, columns: ['name'] }, account]
  const { managed } = receiveUpdate(edited, { ...profile(...given), description: 'New' }, fieldService, 2)
  expect(itemOf(managed, 'order')).toMatchObject({ interval: 60, columns: ['name'] })
  expect(shownProfile(managed.life).description).toBe('New')
})

test('[MG4] a copy of the default has a life without a vendor', () => {
  const copy = copyProfile(begun.life, 'Mine')
  receive(begun, { ...booking, filter: all }, order)
  expect(copy).toEqual({
    state: 'Unpublished',
    draft: { ...profile(account, booking, order), name: 'Mine' },
    earlier: [],
  })
})

test('[MG5] the pristine default stands beside the customised one', () => {
  const edited = edit(begun, { ...booking, filter: teams }, order)
  const updated = receive(edited, booking, order, { ...account, interval: 30 })
  expect(customisationOf(updated)).toMatchObject({
    pristine: { name: 'Default', items: [{ table: 'account', interval: 30 }, { filter: mine }, {}] },
    customised: { items: [{ table: 'booking', filter: teams }, { table: 'order' }] },
    difference: {
      added: [],
      removed: [{ table: 'account' }],
      changed: [{ table: 'booking', filter: { before: mine, after: teams } }],
    },
  })
})

test('a managed profile is stored as JSON', () => {
  const updated = receive(begun, { ...booking, filter: all }, order, account)
  expect(JSON.parse(JSON.stringify(updated))).toEqual(updated)
})
