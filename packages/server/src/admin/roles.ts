import { z } from '@hono/zod-openapi'
import { failed, type RoleSource } from '@rejoin/profile'
import { roleEntry } from '../directory/directory.ts'
import { alone, inUse, type Resource } from './resource.ts'

const depth = z.enum(['none', 'own', 'team', 'unit', 'all']).optional()
const columns = z.array(z.string()).optional()
const roleShape = z.strictObject({
  name: z.string().min(1).max(128),
  tables: z.record(
    z.string(),
    z.strictObject({ create: depth, read: depth, write: depth, delete: depth, hidden: columns, readonly: columns }),
  ),
  admin: z.boolean().optional(),
  feed: z.boolean().optional(),
}) as unknown as z.ZodType<RoleSource>

export const roles: Resource<RoleSource> = {
  word: 'role',
  plural: 'roles',
  about:
    'Create, read, write and delete per table at a depth, columns withheld, and whether its holders administer (SE5). `*` is every table without an entry of its own.',
  shape: roleShape,
  path: ['name'],
  idOf: ({ name }) => name,
  get: ({ schema }, name) => schema.roles.get(name),
  list: ({ schema }) => schema.roles.values(),
  entry: roleEntry,
  // What a role names is looked at when the environment is compiled.
  faults: () => [],
  leaving: ({ schema, directory }, { name }) => {
    const holders = [
      ...[...directory.users.values()].filter(user => user.roles.includes(name)).map(user => `user ${user.id}`),
      ...[...directory.teams.values()]
        .filter(team => team.roles?.includes(name) === true)
        .map(team => `team ${team.id}`),
    ]
    if (holders.length > 0) return failed(inUse(`role ${name}`, holders))
    if (schema.roles.size > 1) return alone
    const message = 'is the last one: without roles everybody may do everything'
    return failed({ code: 'last-role', at: `role ${name}`, message, fix: 'make another role first' })
  },
}
