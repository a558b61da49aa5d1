import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FaultError } from '../fault.ts'
import { sameFilter } from './document.ts'
import { editProfile, publishProfile, shownProfile } from './life.ts'
import { beginManaged, type ManagedProfile, pendingFilters, refuseFilter, takeFilter } from './managed.ts'
import type { DownloadFilter, ProfileItem, ProfileSource } from './profile.ts'
import { fieldService } from './relations.fixture.ts'
import { discardManaged, receiveUpdate } from './vendor-update.ts'

const filter = fc.constantFrom<DownloadFilter>(
  { kind: 'all' },
  { kind: 'related' },
  { kind: 'other', mine: true },
  { kind: 'other', teams: true },
)
const relationships: Readonly<Record<string, readonly string[]>> = {
  booking: ['booking_resource'],
  order: ['booking_order', 'incident_order', 'order_asset'],
  account: ['order_account', 'order_payer', 'contact_account'],
  asset: ['order_asset', 'incident_asset'],
  incident: ['incident_order'],
}
const item = fc.constantFrom(...Object.keys(relationships)).chain(
  table =>
    fc.record({
      table: fc.constant(table),
      filter,
      relationships: fc.subarray([...(relationships[table] ?? [])]),
    }) as fc.Arbitrary<ProfileItem>,
)
const profile = fc
  .uniqueArray(item, { selector: ({ table }) => table, minLength: 1 })
  .map((items): ProfileSource => ({ name: 'Default', items }))

type Step =
  | { readonly do: 'edit' | 'receive'; readonly profile: ProfileSource }
  | { readonly do: 'take' | 'refuse'; readonly nth: number }
  | { readonly do: 'publish' | 'discard' }
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ do: fc.constantFrom('edit' as const, 'receive' as const), profile }), weight: 3 },
  fc.record({ do: fc.constantFrom('take' as const, 'refuse' as const), nth: fc.nat(4) }),
  fc.record({ do: fc.constantFrom('publish' as const, 'discard' as const) }),
)

const filterIn = (source: ProfileSource | undefined, table: string): DownloadFilter | undefined =>
  source?.items.find(each => each.table === table)?.filter

const same = (a: DownloadFilter | undefined, b: DownloadFilter | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameFilter(a, b)

const after = (managed: ManagedProfile, next: Step): ManagedProfile => {
  switch (next.do) {
    case 'edit':
      return { ...managed, life: editProfile(managed.life, next.profile) }
    case 'receive':
      return receiveUpdate(managed, next.profile, fieldService, 2).managed
    case 'take':
    case 'refuse': {
      const pending = pendingFilters(managed)[next.nth]
      if (pending === undefined) return managed
      const settled = next.do === 'take' ? takeFilter(managed, pending.table) : refuseFilter(managed, pending.table)
      if (!settled.ok) throw new FaultError(settled.faults)
      // settled is settled
      expect(pendingFilters(settled.value).map(({ table }) => table)).not.toContain(pending.table)
      return settled.value
    }
    case 'publish': {
      const published = publishProfile(managed.life, fieldService, 3)
      return published.ok ? { ...managed, life: published.value } : managed
    }
    case 'discard':
      return discardManaged(managed, fieldService, 4).managed
  }
}

test('[MG1] [MG2] [MG3] whatever a vendor sends, no filter of the customer changes, and devices get relationships alone', () => {
  const start = beginManaged(
    { name: 'Default', items: [{ table: 'booking', filter: { kind: 'other', mine: true } }] },
    fieldService,
    1,
  )
  if (!start.ok) throw new FaultError(start.faults)
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), steps => {
      let managed = start.value
      for (const next of steps) {
        const before = managed
        managed = after(before, next)
        if (next.do !== 'receive' && next.do !== 'discard') continue
        const [shown, published] = [shownProfile(before.life), before.life.published?.profile]
        for (const table of Object.keys(relationships)) {
          const is = filterIn(shownProfile(managed.life), table)
          const had = filterIn(next.do === 'receive' ? shown : published, table)
          // a table that is new begins with related rows alone
          expect(same(is, had) || (had === undefined && is?.kind === 'related')).toBe(true)
          const onDevices = filterIn(managed.life.published?.profile, table)
          const was = filterIn(published, table)
          expect(same(onDevices, was) || (was === undefined && onDevices?.kind === 'related')).toBe(true)
        }
        // an edited filter is not asked about
        for (const { table, present } of pendingFilters(managed)) {
          expect(same(present, managed.vendor.stands[table])).toBe(true)
        }
      }
      expect(JSON.parse(JSON.stringify(managed))).toEqual(managed)
    }),
    { numRuns: 150 },
  )
})
