import type { RoleSource, SchemaSource } from '@rejoin/profile'
import type { CodeRule, Rule } from '@rejoin/server'
import { worldSchema } from '../proofs/world.ts'

/** What can be refused in a history, and what the administrator can do to the schema. */
export const closed: Rule = {
  name: 'closed',
  table: 'workorder',
  on: ['update', 'delete', 'command'],
  when: { column: 'status', op: 'eq', value: 'closed' },
  message: 'this work order is closed',
}

/** Of what is new only code can say anything. */
export const unwanted: CodeRule = ({ kind, table, after }) =>
  kind === 'create' && table === 'workorder' && String(after?.['title']).startsWith('unwanted')
    ? { message: 'nobody wants this', column: 'title', rule: 'unwanted' }
    : undefined

const looker: RoleSource = { name: 'looker', tables: { '*': { read: 'all' } } }

/** What may differ from the schema a history begins with; each change makes a version of its own. */
export const traits = ['narrow', 'added', 'renamed', 'without-detail'] as const
export type Trait = (typeof traits)[number]

/** The small field service with one column more, which comes, goes and changes its name: its id stays `detail`. */
export const schemaWith = (has: ReadonlySet<Trait>, version: number): SchemaSource => ({
  ...worldSchema,
  version,
  roles: [...(worldSchema.roles ?? []), looker],
  tables: worldSchema.tables.map(table =>
    table.name !== 'workorder'
      ? table
      : {
          ...table,
          columns: [
            ...table.columns.map(column =>
              column.name === 'title' && has.has('narrow') ? { ...column, maxLength: 12 } : column,
            ),
            ...(has.has('without-detail')
              ? []
              : [{ id: 'detail', name: has.has('renamed') ? 'particulars' : 'detail', type: 'string' as const }]),
            ...(has.has('added') ? [{ name: 'extra', type: 'string' as const }] : []),
          ],
        },
  ),
})

/** What the column goes by where it is, by the row of a device. */
export const detailIn = (row: object | undefined): string | undefined =>
  ['detail', 'particulars'].find(name => row !== undefined && name in row)
