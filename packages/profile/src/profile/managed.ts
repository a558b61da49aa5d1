import { type Fault, failed, ok, type Result } from '../fault.ts'
import type { Schema } from '../schema/schema.ts'
import { compareProfiles, type ProfileDifference } from './compare.ts'
import { canonical, sameFilter } from './document.ts'
import { beginProfile, editProfile, type ProfileLife, publishProfile, shownProfile } from './life.ts'
import type { ProfileLimits } from './limits.ts'
import type { DownloadFilter, ProfileItem, ProfileSource } from './profile.ts'

/**
 * A default profile that its vendor goes on updating while a customer changes it (MG1 to MG5). Relationships are
 * merged into the draft by themselves; filters, which decide what is downloaded, wait for an administrator:
 *
 *     filter edited by the customer (it is not the one it stands on)     left as it is (MG1)
 *     unedited, and the vendor's is another by now                       pending: taken or refused (MG2)
 *
 * A copy (`copyProfile`) is a life without a vendor and receives nothing (MG4).
 */
export interface ManagedProfile {
  readonly life: ProfileLife
  readonly vendor: VendorState
}

export interface VendorState extends Ground {
  /** tables whose filter of `pristine` was refused */
  readonly refused: readonly string[]
  /** what the publication of this version stands on, where the draft took more of the vendor */
  readonly published?: Ground & { readonly version: number }
}

export interface Ground {
  /** the default as the vendor gives it now (MG5) */
  readonly pristine: ProfileSource
  /** by table the vendor's filter that the customer's began with, or took last */
  readonly stands: Readonly<Record<string, DownloadFilter>>
}

/** A vendor's filter that waits. Without `present` it brings a new table, without `offered` the vendor dropped it. */
export interface PendingFilter {
  readonly table: string
  readonly present?: DownloadFilter
  readonly offered?: DownloadFilter
}

/** The default as an environment starts with it: published (PR0). @param at ms since 1970 */
export const beginManaged = (
  definition: ProfileSource,
  schema: Schema,
  at: number,
  limits?: ProfileLimits,
): Result<ManagedProfile> => {
  const published = publishProfile(beginProfile(definition), schema, at, limits)
  if (!published.ok) return published
  const pristine = canonical(definition)
  const stands = Object.fromEntries(pristine.items.map(({ table, filter }) => [table, filter]))
  return ok({ life: published.value, vendor: { pristine, stands, refused: [] } })
}

export const pendingFilters = ({ life, vendor }: ManagedProfile): readonly PendingFilter[] => {
  const { pristine, stands, refused } = vendor
  const shown = filtersOf(shownProfile(life))
  const given = filtersOf(pristine)
  return [...new Set([...given.keys(), ...Object.keys(stands)])].flatMap(table => {
    const present = shown.get(table)
    const offered = given.get(table)
    const isEdited = !isSame(present, stands[table])
    if (isEdited || isSame(present, offered) || refused.includes(table)) return []
    return [{ table, ...(present === undefined ? {} : { present }), ...(offered === undefined ? {} : { offered }) }]
  })
}

/** Into the draft, to be published with the rest of it. */
export const takeFilter = (managed: ManagedProfile, table: string): Result<ManagedProfile> => {
  const pending = pendingFilters(managed).find(each => each.table === table)
  if (pending === undefined) return failed(notPending(table))
  const { life, vendor } = managed
  const shown = shownProfile(life)
  const { [table]: _, ...others } = vendor.stands
  const { offered } = pending
  const items =
    pending.present === undefined
      ? [...shown.items, ...vendor.pristine.items.filter(item => item.table === table)]
      : shown.items.flatMap((item): ProfileItem[] => {
          if (item.table !== table) return [item]
          return offered === undefined ? [] : [{ ...item, filter: offered }]
        })
  const stands = offered === undefined ? others : { ...others, [table]: offered }
  return ok(drafted(managed, editProfile(life, { ...shown, items }), { ...vendor, stands }))
}

/** The filter stays as it is, and is not asked about again until the vendor gives another. */
export const refuseFilter = (managed: ManagedProfile, table: string): Result<ManagedProfile> => {
  if (pendingFilters(managed).every(each => each.table !== table)) return failed(notPending(table))
  const { vendor } = managed
  return ok({ ...managed, vendor: { ...vendor, refused: [...vendor.refused, table] } })
}

/** The default as the vendor gives it beside what the customer made of it (MG5). */
export const customisationOf = ({
  life,
  vendor,
}: ManagedProfile): {
  readonly pristine: ProfileSource
  readonly customised: ProfileSource
  readonly difference: ProfileDifference
} => {
  const customised = shownProfile(life)
  return { pristine: vendor.pristine, customised, difference: compareProfiles(vendor.pristine, customised) }
}

/** A draft took more of the vendor than the publication did: what that stands on is kept, for the draft to be given up. */
export const drafted = ({ life, vendor }: ManagedProfile, next: ProfileLife, given: VendorState): ManagedProfile => {
  if (next.state === 'Published') return { life: next, vendor: given }
  const version = next.published?.profile.version ?? 0
  const { pristine, stands } = vendor
  const isOpen = life.state === 'Unpublished' && vendor.published?.version === version
  return { life: next, vendor: { ...given, published: isOpen ? vendor.published : { version, pristine, stands } } }
}

const notPending = (table: string): Fault => ({
  code: 'not-pending',
  at: `table ${table}`,
  message: 'has no filter of the vendor that waits to be taken or refused',
})

export const filtersOf = ({ items }: ProfileSource): ReadonlyMap<string, DownloadFilter> =>
  new Map(items.map(({ table, filter }) => [table, filter]))

export const isSame = (a: DownloadFilter | undefined, b: DownloadFilter | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameFilter(a, b)
