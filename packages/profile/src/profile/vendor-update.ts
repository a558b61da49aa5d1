import type { Fault } from '../fault.ts'
import type { Schema } from '../schema/schema.ts'
import { canonical, sameProfile } from './document.ts'
import { definitionOf, discardDraft, editProfile, publishProfile, shownProfile } from './life.ts'
import type { ProfileLimits } from './limits.ts'
import { drafted, filtersOf, type Ground, isSame, type ManagedProfile } from './managed.ts'
import { mergeUpdate } from './merge-update.ts'
import type { ProfileSource } from './profile.ts'

/**
 * A vendor's next default. What is merged is published at once where the customer has no draft (MG3); where it could
 * not be, it stays a draft and the faults say why.
 */
export const receiveUpdate = (
  managed: ManagedProfile,
  update: ProfileSource,
  schema: Schema,
  at: number,
  limits?: ProfileLimits,
): Received => {
  const { life, vendor } = managed
  const { profile, begun } = mergeUpdate(vendor.pristine, shownProfile(life), update, metIn(vendor))
  const was = filtersOf(vendor.pristine)
  const is = filtersOf(update)
  const next = {
    pristine: canonical(update),
    stands: { ...begun, ...vendor.stands },
    refused: vendor.refused.filter(table => isSame(was.get(table), is.get(table))),
  }
  const edited = editProfile(life, profile)
  if (isClean(managed) && edited.state === 'Unpublished') {
    const published = publishProfile(edited, schema, at, limits)
    if (published.ok) return { managed: { life: published.value, vendor: next }, faults: [] }
    return { managed: drafted(managed, edited, next), faults: published.faults }
  }
  return { managed: drafted(managed, edited, next), faults: [] }
}

/** No draft, or one with nothing in it but what was merged and could not be published. */
const isClean = ({ life, vendor }: ManagedProfile): boolean => {
  if (life.state === 'Published') return true
  const ground = vendor.published
  if (life.published === undefined || ground?.version !== life.published.profile.version) return false
  const merged = mergeUpdate(ground.pristine, definitionOf(life.published), vendor.pristine, metIn(ground))
  return sameProfile(merged.profile, life.draft)
}

const metIn = ({ stands }: Ground): ReadonlySet<string> => new Set(Object.keys(stands))

export interface Received {
  readonly managed: ManagedProfile
  /** why what was merged could not be published by itself */
  readonly faults: readonly Fault[]
}

/** Gives the draft up, not what the vendor sent meanwhile: that comes as it would have come without a draft. */
export const discardManaged = (
  { life, vendor }: ManagedProfile,
  schema: Schema,
  at: number,
  limits?: ProfileLimits,
): Received => {
  const { published, ...given } = vendor
  const discarded = discardDraft(life)
  if (published === undefined || published.version !== discarded.published?.profile.version) {
    return { managed: { life: discarded, vendor: given }, faults: [] }
  }
  const { pristine, stands } = published
  const { managed, faults } = receiveUpdate(
    { life: discarded, vendor: { pristine, stands, refused: [] } },
    given.pristine,
    schema,
    at,
    limits,
  )
  return { managed: { ...managed, vendor: { ...managed.vendor, refused: given.refused } }, faults }
}
