import {
  asProfile,
  beginProfile,
  checkProfile,
  copyProfile,
  discardDraft,
  discardManaged,
  documentedLimits,
  driftOf,
  editProfile,
  failed,
  type Fault,
  hasDrifted,
  type ManagedProfile,
  ok,
  pendingFilters,
  publishProfile,
  receiveUpdate,
  refuseFilter,
  type Result,
  shownProfile,
  takeFilter,
} from '@rejoin/profile'
import type { Environment } from '../environment/environment.ts'
import { assignmentId, profileEntry, type StoredAssignment, type StoredProfile } from '../environment/profiles.ts'
import { profileStrategyFaults } from '../environment/strategies.ts'
import { type Action, changing, type Expected, notThere, refusedBy, unexpected } from './change.ts'
import { inUse } from './resource.ts'

/** What an administrator does with profiles. Nothing but `publishing` reaches a device (PR2). */
export const placeOf = (id: string): string => `profile ${id}`

type Next = (stored: StoredProfile, environment: Environment) => Result<StoredProfile>

const changingProfile =
  (id: string, what: string, expected: Expected, next: Next): Action =>
  environment => {
    const stored = environment.profiles.lives.get(id)
    if (stored === undefined) return failed(notThere(placeOf(id)))
    const refused = refusedBy(unexpected(stored, expected, placeOf(id)))
    if (refused !== undefined) return refused
    const after = next(stored, environment)
    return after.ok ? changing(`${what} ${placeOf(id)}`, [profileEntry(id, after.value)]) : after
  }

/** Puts the whole next draft, of any content that has the form of a profile; makes the profile where there is none. */
export const drafting =
  (id: string, source: unknown, expected: Expected): Action =>
  environment => {
    const stored = environment.profiles.lives.get(id)
    const refused = refusedBy(unexpected(stored, expected, placeOf(id)))
    if (refused !== undefined) return refused
    const draft = asProfile(source)
    if (!draft.ok) return draft
    const life = stored === undefined ? beginProfile(draft.value) : editProfile(stored.life, draft.value)
    return changing(`${stored === undefined ? 'made' : 'edited'} ${placeOf(id)}`, [
      profileEntry(id, { ...stored, life }),
    ])
  }

/** @param at ms since 1970 */
export const publishing = (id: string, at: number, expected: Expected = {}): Action =>
  changingProfile(id, 'published', expected, (stored, { schema, settings, strategies }) => {
    const life = publishProfile(stored.life, schema, at, settings.limits)
    const unknown = profileStrategyFaults(strategies, shownProfile(stored.life))
    if (unknown.length > 0) return failed(...(life.ok ? [] : life.faults), ...unknown)
    return life.ok ? ok({ ...stored, life: life.value }) : life
  })

/** What a vendor sent meanwhile is not given up with the draft. */
export const discarding = (id: string, at: number, expected: Expected = {}): Action =>
  changingProfile(id, 'discarded the draft of', expected, (stored, { schema, settings }) => {
    const { life, vendor } = stored
    if (vendor === undefined) return ok({ ...stored, life: discardDraft(life) })
    return ok(discardManaged({ life, vendor }, schema, at, settings.limits).managed)
  })

/** The copy belongs to nobody else: no vendor updates it (MG4). */
export const copying =
  (id: string, to: string, name: string): Action =>
  ({ profiles }) => {
    const stored = profiles.lives.get(id)
    if (stored === undefined) return failed(notThere(placeOf(id)))
    const refused = refusedBy(unexpected(profiles.lives.get(to), { absent: true }, placeOf(to)))
    if (refused !== undefined) return refused
    return changing(`copied ${placeOf(id)} to ${to}`, [profileEntry(to, { life: copyProfile(stored.life, name) })])
  }

export const removingProfile =
  (id: string, expected: Expected = {}): Action =>
  ({ profiles }) => {
    const stored = profiles.lives.get(id)
    if (stored === undefined) return failed(notThere(placeOf(id)))
    const apps = [...profiles.apps.values()].filter(app => app.profiles.includes(id)).map(app => `app ${app.name}`)
    const refused = refusedBy(
      unexpected(stored, expected, placeOf(id)),
      apps.length === 0 ? undefined : inUse(placeOf(id), apps),
    )
    if (refused !== undefined) return refused
    const assigned = membersOf(profiles, id).map(each => ({ kind: 'assignment', id: assignmentId(each) }))
    return changing(`removed ${placeOf(id)}`, [], [{ kind: 'profile', id }, ...assigned])
  }

/** A vendor's next default (MG). What cannot be published of it stays a draft. */
export const receiving = (id: string, source: unknown, at: number, expected: Expected = {}): Action =>
  changingProfile(id, 'received the vendor’s update of', expected, (stored, { schema, settings }) => {
    const update = asProfile(source)
    if (!update.ok) return update
    const managed = managedOf(id, stored)
    return managed.ok ? ok(receiveUpdate(managed.value, update.value, schema, at, settings.limits).managed) : managed
  })

export const settling = (id: string, table: string, takes: boolean, expected: Expected = {}): Action =>
  changingProfile(id, `${takes ? 'took' : 'refused'} the vendor’s filter of ${table} in`, expected, stored => {
    const managed = managedOf(id, stored)
    if (!managed.ok) return managed
    return takes ? takeFilter(managed.value, table) : refuseFilter(managed.value, table)
  })

export const managedOf = (id: string, { life, vendor }: StoredProfile): Result<ManagedProfile> =>
  vendor === undefined ? failed(notManaged(id)) : ok({ life, vendor })

const notManaged = (id: string): Fault => ({
  code: 'not-managed',
  at: placeOf(id),
  message: 'no vendor updates it',
  fix: 'edit it as any other',
})

export const membersOf = ({ assigned }: Environment['profiles'], id: string): StoredAssignment[] =>
  [...assigned.values()].flatMap(list => list.get(id) ?? [])

/** A profile with all that an administrator asks of it. */
export const profileView = ({ profiles, schema, settings }: Environment, id: string) => {
  const stored = profiles.lives.get(id)
  if (stored === undefined) return undefined
  const { life, vendor } = stored
  const { published, earlier } = life
  const shown = shownProfile(life)
  const limits = settings.limits ?? documentedLimits
  const drift = published && driftOf(schema, published, limits)
  const members = membersOf(profiles, id)
  const idsOf = (to: 'user' | 'team'): string[] =>
    members
      .filter(member => member.to === to)
      .map(member => member.id)
      .toSorted()
  return {
    id,
    name: shown.name,
    state: life.state,
    shown,
    ...(published === undefined ? {} : { version: published.profile.version, at: published.at }),
    versions: [...earlier, ...(published === undefined ? [] : [published])].map(({ profile, at }) => ({
      version: profile.version,
      at,
    })),
    ...(drift !== undefined && hasDrifted(drift) ? { drift } : {}),
    ...(vendor === undefined ? {} : { pending: pendingFilters({ life, vendor }) }),
    members: { users: idsOf('user'), teams: idsOf('team') },
    apps: [...profiles.apps.values()].filter(app => app.profiles.includes(id)).map(({ name }) => name),
  }
}

/** Every fault of the draft at once, or of another content for it (PR3). */
export const faultsOf = ({ schema, settings, strategies }: Environment, source: unknown): readonly Fault[] => {
  const profile = asProfile(source)
  if (!profile.ok) return profile.faults
  return [...checkProfile(schema, profile.value, settings.limits), ...profileStrategyFaults(strategies, profile.value)]
}
