import { type Fault, failed, ok, type Result } from '../fault.ts'
import type { Schema } from '../schema/schema.ts'
import { compareProfiles, type ProfileDifference } from './compare.ts'
import { canonical, sameFilter } from './document.ts'
import { beginProfile, editProfile, type ProfileLife, publishProfile, shownProfile } from './life.ts'
import type { ProfileLimits } from './limits.ts'
import { mergeUpdate } from './merge-update.ts'
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
  readonly vendor: {
    /** the default as the vendor gives it now (MG5) */
    readonly pristine: ProfileSource
    /** by table the vendor's filter that the customer's began with, or took last */
    readonly stands: Readonly<Record<string, DownloadFilter>>
    /** tables whose filter of `pristine` was refused */
    readonly refused: readonly string[]
  }
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

/**
 * A vendor's next default. What is merged is published at once where no draft was open (MG3); where it could not be,
 * it stays a draft and the faults say why.
 */
export const receiveUpdate = (
  { life, vendor }: ManagedProfile,
  update: ProfileSource,
  schema: Schema,
  at: number,
  limits?: ProfileLimits,
): { readonly managed: ManagedProfile; readonly faults: readonly Fault[] } => {
  const met = new Set(Object.keys(vendor.stands))
  const { profile, begun } = mergeUpdate(vendor.pristine, shownProfile(life), update, met)
  const was = filtersOf(vendor.pristine)
  const is = filtersOf(update)
  const next = {
    pristine: canonical(update),
    stands: { ...begun, ...vendor.stands },
    refused: vendor.refused.filter(table => isSame(was.get(table), is.get(table))),
  }
  const edited = editProfile(life, profile)
  if (life.state === 'Unpublished' || edited.state === 'Published') {
    return { managed: { life: edited, vendor: next }, faults: [] }
  }
  const published = publishProfile(edited, schema, at, limits)
  return published.ok
    ? { managed: { life: published.value, vendor: next }, faults: [] }
    : { managed: { life: edited, vendor: next }, faults: published.faults }
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
  return ok({ life: editProfile(life, { ...shown, items }), vendor: { ...vendor, stands } })
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

const notPending = (table: string): Fault => ({
  code: 'not-pending',
  at: `table ${table}`,
  message: 'has no filter of the vendor that waits to be taken or refused',
})

const filtersOf = ({ items }: ProfileSource): ReadonlyMap<string, DownloadFilter> =>
  new Map(items.map(({ table, filter }) => [table, filter]))

const isSame = (a: DownloadFilter | undefined, b: DownloadFilter | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameFilter(a, b)
