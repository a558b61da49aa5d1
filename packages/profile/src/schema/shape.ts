import { z } from 'zod'
import type { RelationshipSource, RoleSource, TableSource } from './schema.ts'

/**
 * The form of a schema as JSON. What the form cannot say (names that must exist, types that must fit) is
 * checked by `compileSchema`. Unknown keys are faults: a misspelt `requierd` must not pass silently.
 */
const choice = z.strictObject({ value: z.union([z.number(), z.string().min(1).max(100)]), label: z.string() })

const column = z.strictObject({
  id: z.string().optional(),
  name: z.string(),
  type: z.enum([
    'guid',
    'string',
    'text',
    'integer',
    'number',
    'money',
    'boolean',
    'date',
    'datetime',
    'choice',
    'choices',
    'lookup',
    'document',
  ]),
  displayName: z.string().optional(),
  required: z.boolean().optional(),
  maxLength: z.int().positive().optional(),
  choices: z.array(choice).optional(),
  target: z.string().optional(),
  targets: z.array(z.string()).min(1).optional(),
  external: z.boolean().optional(),
  timeZoneIndependent: z.boolean().optional(),
})

export const tableShape: z.ZodType<TableSource> = z.strictObject({
  name: z.string(),
  displayName: z.string().optional(),
  ownership: z.enum(['user', 'business', 'organization', 'none']),
  primaryKey: z.string(),
  primaryName: z.string(),
  columns: z.array(column),
  ownerColumn: z.string().optional(),
  unitColumn: z.string().optional(),
  actionTimeColumn: z.string().optional(),
  offline: z.boolean().optional(),
}) as unknown as z.ZodType<TableSource>

export const relationshipShape: z.ZodType<RelationshipSource> = z.strictObject({
  name: z.string(),
  from: z.string().regex(/^[^.]+\.[^.]+$/, 'must be written table.column'),
  to: z.string(),
  external: z.boolean().optional(),
  derivedName: z.boolean().optional(),
}) as unknown as z.ZodType<RelationshipSource>

const depth = z.enum(['none', 'own', 'team', 'unit', 'all']).optional()
const columnNames = z.array(z.string()).optional()

export const roleShape: z.ZodType<RoleSource> = z.strictObject({
  name: z.string().min(1).max(128),
  tables: z.record(
    z.string(),
    z.strictObject({
      create: depth,
      read: depth,
      write: depth,
      delete: depth,
      hidden: columnNames,
      readonly: columnNames,
    }),
  ),
  admin: z.boolean().optional(),
  feed: z.boolean().optional(),
}) as unknown as z.ZodType<RoleSource>

export const schemaShape: z.ZodType<SchemaParts> = z.strictObject({
  version: z.int().positive().optional(),
  tables: z.array(z.unknown()),
  relationships: z.array(z.unknown()).optional(),
  roles: z.array(z.unknown()).optional(),
})

/** A schema whose parts are still to be looked at one by one, so that one bad table does not hide the next. */
export interface SchemaParts {
  readonly version?: number | undefined
  readonly tables: readonly unknown[]
  readonly relationships?: readonly unknown[] | undefined
  readonly roles?: readonly unknown[] | undefined
}
