import { z } from '@hono/zod-openapi'
import { failed } from '@rejoin/profile'
import { unitFaults } from '../directory/check.ts'
import { type Unit, unitEntry } from '../directory/directory.ts'
import { alone, inUse, type Resource } from './resource.ts'
import { idShape, nameShape } from './users.ts'

const unitShape = z.strictObject({
  id: idShape,
  name: nameShape,
  parent: idShape.optional(),
}) as unknown as z.ZodType<Unit>

export const units: Resource<Unit> = {
  word: 'unit',
  plural: 'units',
  about: 'Business units: rights of depth `unit` reach the records of the unit a user is in.',
  shape: unitShape,
  path: ['id'],
  idOf: ({ id }) => id,
  get: ({ directory }, id) => directory.units.get(id),
  list: ({ directory }) => directory.units.values(),
  entry: unitEntry,
  faults: ({ directory }, unit) => unitFaults(directory, unit),
  leaving: ({ directory }, { id }) => {
    const within = [
      ...[...directory.users.values()].filter(({ unit }) => unit === id).map(user => `user ${user.id}`),
      ...[...directory.teams.values()].filter(({ unit }) => unit === id).map(team => `team ${team.id}`),
      ...[...directory.units.values()].filter(({ parent }) => parent === id).map(unit => `unit ${unit.id}`),
    ]
    return within.length === 0 ? alone : failed(inUse(`unit ${id}`, within))
  },
}
