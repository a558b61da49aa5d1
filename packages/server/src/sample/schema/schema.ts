import type { RelationshipSource, SchemaSource, TableSource } from '@rejoin/profile'
import { catalogueTables } from './catalogue.ts'
import { customerTables } from './customers.ts'
import { peopleTables } from './people.ts'
import { sampleRoles } from './roles.ts'
import { workTables } from './work.ts'

const tables: readonly TableSource[] = [...peopleTables, ...catalogueTables, ...customerTables, ...workTables]

/** Every lookup is a relationship, named `table_column`; an owner that may be a person or a team is two. */
const relationshipsOf = (table: TableSource): RelationshipSource[] =>
  table.columns.flatMap(({ name, type, target, targets }) => {
    if (type !== 'lookup') return []
    const from = `${table.name}.${name}`
    if (target !== undefined) return [{ name: `${table.name}_${name}`, from, to: target }]
    return (targets ?? []).map(to => ({ name: `${table.name}_${name}_${to}`, from, to }))
  })

/** The schema of the built-in field service environment. */
export const sampleSchema: SchemaSource = {
  version: 1,
  tables,
  relationships: tables.flatMap(relationshipsOf),
  roles: sampleRoles,
}
