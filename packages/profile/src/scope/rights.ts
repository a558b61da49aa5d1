import type { Person } from '../profile/person.ts'
import type { Depth, Fields, RoleSource, Schema, Table, TableRights } from '../schema/schema.ts'

/**
 * What a person's roles allow (SE5). Roles add up: the deepest reach counts, and a column is withheld only if
 * every role that opens the table withholds it. A schema without roles allows everybody everything.
 *
 *     own ⊂ team ⊂ unit ⊂ all       by the owner column and the unit column of the row
 *
 * Rows of organization-owned and ownerless tables are nobody's in particular: any depth reaches all of them. A share
 * adds single records to a right whose depth is at least own.
 */
export type Right = 'create' | 'read' | 'write' | 'delete'

export interface Rights {
  /** the deepest reach on a table; never `own`, `team` or `unit` where rows have no owner to ask for */
  depth(table: string, right: Right): Depth
  reaches(table: string, right: Right, fields: Fields, id: string): boolean
  /** column ids; empty where no role lets the person read the table */
  readable(table: string): ReadonlySet<string>
  /** column ids; never one that is hidden from a reader of the table */
  writable(table: string): ReadonlySet<string>
}

export const rightsOf = (schema: Schema, person: Person): Rights => {
  const unrestricted = schema.roles.size === 0
  const roles = [...new Set(person.roles)].flatMap(name => schema.roles.get(name) ?? [])
  const known = new Map<string, Resolved>()
  /** Of most tables nobody asks. */
  const resolved = (name: string): Resolved | undefined => {
    const found = known.get(name)
    const table = schema.tables.get(name)
    if (found !== undefined || table === undefined) return found
    const made = unrestricted ? everything(table) : tableRights(table, roles)
    known.set(name, made)
    return made
  }
  return {
    depth: (table, right) => resolved(table)?.depths[right] ?? 'none',
    reaches: (name, right, fields, id) => {
      const table = schema.tables.get(name)
      const depth = resolved(name)?.depths[right] ?? 'none'
      if (table === undefined || depth === 'none') return false
      return within(depth, table, fields, person) || isShared(person, name, id, right)
    },
    readable: table => resolved(table)?.readable ?? nothing,
    writable: table => resolved(table)?.writable ?? nothing,
  }
}

interface Resolved {
  readonly depths: Readonly<Record<Right, Depth>>
  readonly readable: ReadonlySet<string>
  readonly writable: ReadonlySet<string>
}

const nothing: ReadonlySet<string> = new Set()

const everything = (table: Table): Resolved => {
  const columns = new Set(table.byId.keys())
  return { depths: { create: 'all', read: 'all', write: 'all', delete: 'all' }, readable: columns, writable: columns }
}

const tableRights = (table: Table, roles: readonly RoleSource[]): Resolved => {
  const granted = roles.flatMap(({ tables }) => entryOf(tables, table.name) ?? entryOf(tables, '*') ?? [])
  const depths: Resolved['depths'] = {
    create: deepest(table, granted, 'create'),
    read: deepest(table, granted, 'read'),
    write: deepest(table, granted, 'write'),
    delete: deepest(table, granted, 'delete'),
  }
  const readers = granted.filter(rights => grants(rights.read))
  const writers = granted.filter(rights => grants(rights.create) || grants(rights.write))
  const hidden = (name: string): boolean =>
    readers.length > 0 && readers.every(rights => rights.hidden?.includes(name) === true)
  const columnsWhere = (open: (name: string) => boolean): ReadonlySet<string> =>
    new Set(table.columns.filter(column => open(column.name)).map(column => column.id))
  return {
    depths,
    readable: columnsWhere(name => readers.length > 0 && !hidden(name)),
    writable: columnsWhere(name => !hidden(name) && writers.some(rights => rights.readonly?.includes(name) !== true)),
  }
}

const entryOf = <T>(entries: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(entries, name) ? entries[name] : undefined

const grants = (depth: Depth | undefined): boolean => depth !== undefined && depth !== 'none'

const ladder: readonly Depth[] = ['none', 'own', 'team', 'unit', 'all']

const deepest = (table: Table, granted: readonly TableRights[], right: Right): Depth => {
  const depth = ladder[Math.max(0, ...granted.map(rights => ladder.indexOf(rights[right] ?? 'none')))] ?? 'none'
  return grants(depth) && !isOwned(table) ? 'all' : depth
}

const isOwned = (table: Table): boolean => table.ownership === 'user' || table.ownership === 'business'

const within = (depth: Exclude<Depth, 'none'>, table: Table, fields: Fields, person: Person): boolean => {
  const owner = table.ownerId === undefined ? undefined : fields[table.ownerId]
  const unit = table.unitId === undefined ? undefined : fields[table.unitId]
  switch (depth) {
    case 'own':
      return isOwn(owner, person)
    case 'team':
      return isOwn(owner, person) || isTeams(owner, person)
    case 'unit':
      return isOwn(owner, person) || isTeams(owner, person) || isUnits(unit, person)
    case 'all':
      return true
  }
}

const isShared = ({ shared }: Person, table: string, id: string, right: Right): boolean => {
  const records = shared === undefined ? undefined : entryOf(shared, table)
  return records !== undefined && entryOf(records, id)?.includes(right) === true
}

/** The ids of a table's records that were shared with a person for a right. */
export const sharedIds = ({ shared }: Person, table: string, right: Right): readonly string[] =>
  Object.entries((shared === undefined ? undefined : entryOf(shared, table)) ?? {}).flatMap(([id, rights]) =>
    rights.includes(right) ? [id] : [],
  )

/** Also what "my records", "my teams' records" and "my business unit's records" of a profile mean (PR7). */
export const isOwn = (owner: unknown, person: Person): boolean => owner === person.id
export const isTeams = (owner: unknown, person: Person): boolean =>
  typeof owner === 'string' && person.teams.includes(owner)
export const isUnits = (unit: unknown, person: Person): boolean => typeof unit === 'string' && unit === person.unit
