import { z } from '@hono/zod-openapi'
import { failed, ok } from '@rejoin/profile'
import { teamFaults } from '../directory/check.ts'
import { type Team, teamEntry } from '../directory/directory.ts'
import { type Action, changing, notThere } from './change.ts'
import type { Resource } from './resource.ts'
import { assignmentsTo, idShape, nameShape, sharesWith } from './users.ts'

const teamShape = z.strictObject({
  id: idShape,
  name: nameShape,
  unit: idShape.optional(),
  members: z.array(idShape).max(10_000).default([]),
  roles: z.array(z.string()).max(50).optional(),
}) as unknown as z.ZodType<Team>

export const teams: Resource<Team> = {
  word: 'team',
  plural: 'teams',
  about: 'Users who own records together, share roles, and are given profiles together.',
  shape: teamShape,
  path: ['id'],
  idOf: ({ id }) => id,
  get: ({ directory }, id) => directory.teams.get(id),
  list: ({ directory }) => directory.teams.values(),
  entry: teamEntry,
  faults: ({ directory }, team) => teamFaults(directory, team),
  leaving: ({ directory, profiles }, { id }) =>
    ok({ written: [], removed: [...sharesWith(directory, id), ...assignmentsTo(profiles, `team/${id}`)] }),
}

/** One user joins or leaves, whatever happens to the others meanwhile; doing it twice changes nothing more. */
export const setMember =
  (id: string, user: string, joins: boolean): Action =>
  ({ directory }) => {
    const team = directory.teams.get(id)
    if (team === undefined) return failed(notThere(`team ${id}`))
    if (joins && !directory.users.has(user)) return failed(notThere(`user ${user}`))
    const others = team.members.filter(member => member !== user)
    const members = joins ? [...others, user] : others
    return changing(`${joins ? 'took' : 'let'} user ${user} ${joins ? 'into' : 'out of'} team ${id}`, [
      teamEntry({ ...team, members }),
    ])
  }
