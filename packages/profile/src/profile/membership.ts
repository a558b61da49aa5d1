import { byCodePoint } from '../filter/fold.ts'
import type { Person } from './person.ts'

/** An app names the profiles that have effect in it (MB4). Profiles are named by the ids they are stored under. */
export interface App {
  readonly name: string
  readonly profiles: readonly string[]
  /** for everybody who is in none of them; one of `profiles` */
  readonly default?: string
}

/** Who is in a profile. Beside the profile, not in it: adding somebody needs no publication (MB2). */
export interface Membership {
  readonly profile: string
  readonly people: readonly Assignment[]
  readonly teams: readonly Assignment[]
}

export interface Assignment {
  /** of the user or the team */
  readonly id: string
  /** ms since 1970 */
  readonly at: number
}

export interface EffectiveProfile {
  readonly profile: string
  readonly why: 'direct' | 'team' | 'app'
  /** the same level names several profiles: somebody should settle it */
  readonly conflict: boolean
  /** those that lost, newest assignment first */
  readonly others: readonly string[]
}

/**
 * The one profile of a user in an app (MB3): direct membership, then team membership, then the app's default; of
 * several at one level that of the newest assignment. Undefined = downloads nothing (MB1). Whether the profile was ever
 * published is another question.
 */
export const effectiveProfile = (
  app: App,
  person: Pick<Person, 'id' | 'teams'>,
  memberships: readonly Membership[],
): EffectiveProfile | undefined => {
  const attached = memberships.filter(({ profile }) => app.profiles.includes(profile))
  const direct = newestFirst(attached, ({ people }) => people.filter(({ id }) => id === person.id))
  if (direct.length > 0) return first('direct', direct)
  const team = newestFirst(attached, ({ teams }) => teams.filter(({ id }) => person.teams.includes(id)))
  if (team.length > 0) return first('team', team)
  const isAttached = app.default !== undefined && app.profiles.includes(app.default)
  return isAttached ? first('app', [app.default]) : undefined
}

/** Profiles with an assignment; of assignments at the same time the profile first by name. */
const newestFirst = (
  memberships: readonly Membership[],
  assignments: (membership: Membership) => readonly Assignment[],
): string[] => {
  const found = memberships.flatMap(membership =>
    assignments(membership).map(({ at }) => ({ profile: membership.profile, at })),
  )
  const sorted = found.toSorted((a, b) => b.at - a.at || byCodePoint(a.profile, b.profile))
  return [...new Set(sorted.map(({ profile }) => profile))]
}

const first = (why: EffectiveProfile['why'], [profile = '', ...others]: readonly string[]): EffectiveProfile => ({
  profile,
  why,
  conflict: others.length > 0,
  others,
})
