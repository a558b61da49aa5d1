import { z } from '@hono/zod-openapi'
import { isRecordId, ok } from '@rejoin/profile'
import { userFaults } from '../directory/check.ts'
import {
  type Directory,
  type EntryKey,
  leaverEntry,
  shareEntry,
  teamEntry,
  type User,
  userEntry,
} from '../directory/directory.ts'
import { assignmentId, type Profiles } from '../environment/profiles.ts'
import type { Resource } from './resource.ts'

/** Users and teams own records, so their ids are written as lookups are. */
export const idShape: z.ZodType<string> = z
  .string()
  .refine(isRecordId, 'must be an id: 1 to 64 letters, digits and . _ : -')

export const nameShape: z.ZodType<string> = z.string().trim().min(1).max(200)

const userShape = z.strictObject({
  id: idShape,
  name: nameShape,
  unit: idShape.optional(),
  manager: idShape.optional(),
  roles: z.array(z.string()).max(50).default([]),
  timeZone: z.string().max(64).optional(),
  language: z.union([z.number(), z.string().max(64)]).optional(),
  position: z.string().max(200).optional(),
}) as unknown as z.ZodType<User>

export const users: Resource<User> = {
  word: 'user',
  plural: 'users',
  about: 'Who may sign in: unit, manager, roles, time zone and language, which filters and rights ask about.',
  shape: userShape,
  path: ['id'],
  idOf: ({ id }) => id,
  get: ({ directory }, id) => directory.users.get(id),
  list: ({ directory }) => directory.users.values(),
  entry: userEntry,
  faults: ({ directory }, user) => userFaults(directory, user),
  leaving: ({ directory, profiles }, { id }) =>
    ok({
      written: [
        leaverEntry({ id }),
        ...directory.teamsOf(id).map(team => teamEntry(without(directory, team, id))),
        ...directory.reportsOf(id).map(report => {
          const { manager: _, ...user } = directory.users.get(report)!
          return userEntry(user)
        }),
      ],
      removed: [...sharesWith(directory, id), ...assignmentsTo(profiles, `user/${id}`)],
    }),
}

const without = (directory: Directory, id: string, user: string) => {
  const team = directory.teams.get(id)!
  return { ...team, members: team.members.filter(member => member !== user) }
}

/** What was shared with somebody leaves with him. */
export const sharesWith = (directory: Directory, receiver: string): EntryKey[] =>
  [...(directory.shares.get(receiver)?.values() ?? [])].map(share => {
    const { kind, id } = shareEntry(share)
    return { kind, id }
  })

/** @param receiver `user/ID` or `team/ID` */
export const assignmentsTo = ({ assigned }: Profiles, receiver: string): EntryKey[] =>
  [...(assigned.get(receiver)?.values() ?? [])].map(each => ({ kind: 'assignment', id: assignmentId(each) }))
