import { failed, type Fault, ok, type Person, type Result, type Rights, type Schema, type Table } from '@rejoin/profile'
import { isAdministrator } from '../admin/administrator.ts'

/**
 * What a follower may be told. A feed has no place for "this row is no longer yours", so a table is followed whole or not
 * at all: its reader needs a role with `feed` (or `admin`) and the right to read every row of it. Hidden columns stay hidden.
 */
export interface Followed {
  readonly table: Table
  /** column ids */
  readonly columns: ReadonlySet<string>
}

export interface FeedChoice {
  /** names; default every table the follower may read whole */
  readonly tables?: readonly string[] | undefined
  /** `table.column`, names; a table without any is told with all its columns */
  readonly columns?: readonly string[] | undefined
}

/** A schema without roles allows everybody everything. */
export const mayFollow = ({ roles }: Schema, person: Person): boolean =>
  isAdministrator({ roles }, person) || person.roles.some(name => roles.get(name)?.feed === true)

export const followed = (
  schema: Schema,
  person: Person,
  rights: Rights,
  { tables, columns = [] }: FeedChoice,
): Result<readonly Followed[]> => {
  if (!mayFollow(schema, person)) return failed(noFeed)
  const faults: Fault[] = []
  const whole = [...schema.tables.values()].filter(({ name }) => rights.depth(name, 'read') === 'all')
  const chosen = tables === undefined ? whole : whole.filter(({ name }) => tables.includes(name))
  for (const name of tables ?? []) if (!chosen.some(table => table.name === name)) faults.push(noTable(name))
  const told = chosen.map((table): Followed => {
    const readable = rights.readable(table.name)
    const wanted = columns
      .filter(name => name.startsWith(`${table.name}.`))
      .map(name => name.slice(table.name.length + 1))
    const ids = wanted.flatMap(name => {
      const id = table.byName.get(name)?.id
      if (id !== undefined && readable.has(id)) return [id]
      faults.push(noColumn(`${table.name}.${name}`))
      return []
    })
    return { table, columns: wanted.length === 0 ? readable : new Set(ids) }
  })
  for (const name of columns) if (!chosen.some(table => name.startsWith(`${table.name}.`))) faults.push(noColumn(name))
  return faults.length > 0 ? failed(...faults) : ok(told)
}

const noFeed: Fault = {
  code: 'forbidden',
  at: 'feed',
  message: 'this user may not follow the feed',
  fix: 'give him a role with `feed`',
}
const noTable = (name: string): Fault => ({
  code: 'no-table',
  at: `tables ${name}`,
  message: 'there is no such table, or not every row of it may be read',
})
const noColumn = (name: string): Fault => ({
  code: 'unknown-column',
  at: `columns ${name}`,
  message: 'is not a column of a table that is told',
  fix: 'write table.column',
})
