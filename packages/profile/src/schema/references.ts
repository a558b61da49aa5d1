import type { Fault } from '../fault.ts'
import { targetsOf } from './columns.ts'
import { nameFault } from './names.ts'
import type { RelationshipSource, RoleSource, TableSource } from './schema.ts'

/** Every table name written, and the tables that could be read: a malformed table is named, but not searched. */
export interface Known {
  readonly names: ReadonlySet<string | undefined>
  readonly tables: ReadonlyMap<string, TableSource>
}

/** What relationships and roles name must exist. */
export const relationshipFaults = (relationship: RelationshipSource, known: Known): Fault[] => {
  const at = `relationship ${relationship.name}`
  const name = nameFault(relationship.name)
  const faults: Fault[] = name === undefined ? [] : [{ code: 'name', at, message: name }]
  const [tableName = '', columnName = ''] = relationship.from.split('.')
  const table = known.tables.get(tableName)
  const column = table?.columns.find(each => each.name === columnName)
  if (!known.names.has(tableName)) {
    faults.push({ code: 'relationship', at, message: `begins at the unknown table ${tableName}` })
  } else if (table !== undefined && column === undefined) {
    faults.push({ code: 'relationship', at, message: `begins at the unknown column ${relationship.from}` })
  }
  if (relationship.external !== true && !known.names.has(relationship.to)) {
    const message = `leads to the unknown table ${relationship.to}`
    faults.push({ code: 'relationship', at, message, fix: 'add the table or mark the relationship external' })
  } else if (column !== undefined && !targetsOf(column).includes(relationship.to)) {
    faults.push({ code: 'relationship', at, message: `${relationship.from} does not point to ${relationship.to}` })
  }
  return faults
}

export const roleFaults = (role: RoleSource, known: Known): Fault[] =>
  Object.entries(role.tables).flatMap(([name, rights]): Fault[] => {
    const at = `role ${role.name}, table ${name}`
    if (name !== '*' && !known.names.has(name)) return [{ code: 'role', at, message: 'is not a table of the schema' }]
    const table = known.tables.get(name)
    if (name !== '*' && table === undefined) return []
    const searched = table === undefined ? [...known.tables.values()] : [table]
    return [...new Set([...(rights.hidden ?? []), ...(rights.readonly ?? [])])].flatMap(column => {
      if (table?.primaryKey === column) {
        return [
          { code: 'role', at: `${at}, column ${column}`, message: 'is the primary key: always read, never written' },
        ]
      }
      if (searched.some(each => each.columns.some(({ name: known }) => known === column))) return []
      return [{ code: 'role', at: `${at}, column ${column}`, message: 'is not a column of the table' }]
    })
  })
