import { failed, type Fault } from '@rejoin/profile'
import { assignmentEntry, assignmentId, type StoredAssignment } from '../environment/profiles.ts'
import { type Action, changing, notThere } from './change.ts'
import { placeOf } from './profiles.ts'

export interface Members {
  readonly users?: readonly string[] | undefined
  readonly teams?: readonly string[] | undefined
}

/**
 * Gives a profile to users and teams, or takes it from them, all at once; no publication is needed (MB2). Who has it
 * already keeps the time it was given: of two profiles the newest assignment counts (MB3).
 *
 * @param at ms since 1970
 */
export const assigning =
  (profile: string, add: Members, remove: Members, at: number): Action =>
  environment => {
    const { profiles, directory } = environment
    if (!profiles.lives.has(profile)) return failed(notThere(placeOf(profile)))
    const unknown: Fault[] = [
      ...(add.users ?? []).filter(id => environment.person(id) === undefined).map(id => notThere(`user ${id}`)),
      ...(add.teams ?? []).filter(id => !directory.teams.has(id)).map(id => notThere(`team ${id}`)),
    ]
    if (unknown.length > 0) return failed(...unknown)
    const has = ({ to, id }: Omit<StoredAssignment, 'at'>): boolean =>
      profiles.assigned.get(`${to}/${id}`)?.has(profile) === true
    const come = assignmentsOf(profile, add).filter(each => !has(each))
    const go = assignmentsOf(profile, remove).filter(has)
    return changing(
      `gave ${placeOf(profile)} to ${namesOf(come)}, took it from ${namesOf(go)}`,
      come.map(each => assignmentEntry({ ...each, at })),
      go.map(each => ({ kind: 'assignment', id: assignmentId(each) })),
    )
  }

const assignmentsOf = (profile: string, { users = [], teams = [] }: Members): Omit<StoredAssignment, 'at'>[] => [
  ...users.map(id => ({ profile, to: 'user' as const, id })),
  ...teams.map(id => ({ profile, to: 'team' as const, id })),
]

const SHOWN = 5
const namesOf = (assignments: readonly Omit<StoredAssignment, 'at'>[]): string => {
  const names = assignments.slice(0, SHOWN).map(({ to, id }) => `${to} ${id}`)
  if (names.length === 0) return 'nobody'
  return assignments.length > SHOWN ? `${names.join(', ')} and ${assignments.length - SHOWN} more` : names.join(', ')
}
