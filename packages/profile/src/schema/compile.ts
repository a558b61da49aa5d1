import type { z } from 'zod'
import { failed, ok, type Fault, type Result } from '../fault.ts'
import { columnFaults, idOf, namedOrDefault, repeated } from './columns.ts'
import { nameFault } from './names.ts'
import { relationshipFaults, roleFaults } from './references.ts'
import type { Column, RelationshipSource, RoleSource, Schema, SchemaSource, Table, TableSource } from './schema.ts'
import { relationshipShape, roleShape, schemaShape, tableShape } from './shape.ts'

/**
 * From JSON to lookups, or every fault at once with its place. Tables, relationships and roles are read one by
 * one: a malformed table does not hide what is wrong with the others.
 */
export const compileSchema = (source: unknown): Result<Schema> => {
  const shape = schemaShape.safeParse(source)
  if (!shape.success) return failed(...shapeFaults('schema', undefined, shape.error))
  const parts = shape.data
  const faults: Fault[] = []

  const tables = read(parts.tables, 'table', tableShape, faults)
  const relationships = read(parts.relationships ?? [], 'relationship', relationshipShape, faults)
  const roles = read(parts.roles ?? [], 'role', roleShape, faults)

  const known = { names: new Set(parts.tables.map(nameIn)), tables: byName(tables) }
  for (const table of tables) faults.push(...tableFaults(table, known.names))
  for (const relationship of relationships) faults.push(...relationshipFaults(relationship, known))
  for (const role of roles) faults.push(...roleFaults(role, known))
  faults.push(...twice('table', tables), ...twice('relationship', relationships), ...twice('role', roles))

  if (faults.length > 0) return failed(...faults)
  return ok(assemble(parts.version ?? 1, tables, relationships, roles))
}

const assemble = (
  version: number,
  tables: readonly TableSource[],
  relationships: readonly RelationshipSource[],
  roles: readonly RoleSource[],
): Schema => {
  const source: SchemaSource = { version, tables, relationships, roles }
  const compiled = tables.map(compileTable)
  return { version, source, tables: byName(compiled), relationships: byName(relationships), roles: byName(roles) }
}

const compileTable = (table: TableSource): Table => {
  const columns = table.columns
    .filter(column => column.name !== table.primaryKey)
    .map((column): Column => ({ ...column, id: idOf(column) }))
  const owner = namedOrDefault(table, 'ownerColumn')
  const unit = namedOrDefault(table, 'unitColumn')
  const actionTime = columns.find(({ name }) => name === table.actionTimeColumn)
  return {
    ...table,
    offline: table.offline ?? true,
    columns,
    byName: byName(columns),
    byId: new Map(columns.map(column => [column.id, column])),
    ...(owner === undefined ? {} : { ownerId: idOf(owner) }),
    ...(unit === undefined ? {} : { unitId: idOf(unit) }),
    ...(actionTime === undefined ? {} : { actionTimeId: actionTime.id }),
  }
}

const tableFaults = (table: TableSource, tableNames: ReadonlySet<string | undefined>): Fault[] => {
  const at = `table ${table.name}`
  const faults: Fault[] = []
  const name = nameFault(table.name)
  if (name !== undefined) faults.push({ code: 'name', at, message: name })
  for (const column of table.columns) {
    faults.push(...columnFaults(`${at}, column ${column.name}`, column, tableNames))
  }
  for (const twin of repeated(table.columns.map(column => column.name))) {
    faults.push({ code: 'duplicate', at: `${at}, column ${twin}`, message: 'is there twice' })
  }
  for (const twin of repeated(table.columns.map(idOf))) {
    const owners = table.columns.filter(column => idOf(column) === twin).map(column => column.name)
    if (new Set(owners).size === 1) continue
    const message = `the id ${twin} is also the id of ${owners.slice(0, -1).join(', ')}`
    faults.push({ code: 'duplicate', at: `${at}, column ${owners.at(-1)}`, message })
  }

  const key = table.columns.find(column => column.name === table.primaryKey)
  if (key === undefined) {
    faults.push({ code: 'primary-key', at, message: `the primary key ${table.primaryKey} is not among the columns` })
  } else if (key.type !== 'guid') {
    const message = `is the primary key and must be a guid, not a ${key.type}`
    faults.push({ code: 'primary-key', at: `${at}, column ${key.name}`, message })
  }
  if (!table.columns.some(column => column.name === table.primaryName)) {
    faults.push({ code: 'primary-name', at, message: `the primary name ${table.primaryName} is not among the columns` })
  }
  for (const role of ['ownerColumn', 'unitColumn'] as const) {
    if (table[role] !== undefined && namedOrDefault(table, role) === undefined) {
      faults.push({ code: role, at, message: `${role} ${table[role]} is not a lookup or guid column of the table` })
    }
  }
  const { actionTimeColumn } = table
  if (
    actionTimeColumn !== undefined &&
    !table.columns.some(({ name, type }) => name === actionTimeColumn && type === 'datetime')
  ) {
    const message = `actionTimeColumn ${actionTimeColumn} is not a datetime column of the table`
    faults.push({ code: 'actionTimeColumn', at, message })
  }
  if (table.ownership === 'user' && table.ownerColumn === undefined && !namedOrDefault(table, 'ownerColumn')) {
    const message = 'is owned by users but has no owner column'
    faults.push({ code: 'ownerColumn', at, message, fix: 'add an ownerid lookup or name the column in ownerColumn' })
  }
  return faults
}

/** Those that have the right form; faults of the others are added with their place. */
const read = <T>(parts: readonly unknown[], word: string, shape: z.ZodType<T>, faults: Fault[]): T[] =>
  parts.flatMap((part, index) => {
    const parsed = shape.safeParse(part)
    if (parsed.success) return [parsed.data]
    faults.push(...shapeFaults(`${word} ${nameIn(part) ?? `number ${index + 1}`}`, part, parsed.error))
    return []
  })

const shapeFaults = (at: string, part: unknown, error: z.ZodError): Fault[] =>
  error.issues.map(issue => {
    const [first, index, ...rest] = issue.path
    if (first !== 'columns' || typeof index !== 'number') {
      return { code: 'shape', at, message: words(issue.path, issue.message) }
    }
    const columns = (part as { columns: unknown[] }).columns
    const column = nameIn(columns[index]) ?? `number ${index + 1}`
    return { code: 'shape', at: `${at}, column ${column}`, message: words(rest, issue.message) }
  })

const words = (path: readonly PropertyKey[], message: string): string =>
  path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`

const nameIn = (part: unknown): string | undefined => {
  const name = typeof part === 'object' && part !== null && 'name' in part ? part.name : undefined
  return typeof name === 'string' ? name : undefined
}

const twice = (word: string, parts: readonly { readonly name: string }[]): Fault[] =>
  repeated(parts.map(part => part.name)).map(name => ({
    code: 'duplicate',
    at: `${word} ${name}`,
    message: 'is there twice',
  }))

const byName = <T extends { readonly name: string }>(parts: readonly T[]): ReadonlyMap<string, T> =>
  new Map(parts.map(part => [part.name, part]))
