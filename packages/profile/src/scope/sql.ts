import type { Operand } from '../filter/operand.ts'
import { filterSql } from '../filter/sql/compile.ts'
import type { Dialect } from '../filter/sql/dialect.ts'
import { type Fragment, joined, sql, word } from '../filter/sql/fragment.ts'
import type { Person } from '../profile/person.ts'
import type { Reach } from '../profile/relations.ts'
import type { Depth, Table } from '../schema/schema.ts'
import { sharedIds } from './rights.ts'
import type { Scope, TableScope } from './scope.ts'

/**
 * A person's scope as one statement: a table expression per table, each reading from those before it, which bring its
 * rows. Every branch begins with something an index can serve (own filter, present rows of another table), so the
 * cost follows the scope and not the tables.
 *
 *     with s0 as (bookings of mine), s1 as (work orders that s0 names union work orders of mine), ...
 *     select 'booking', id, rev from s0 union all select 'workorder', id, rev from s1
 *
 * Tables held whole are left out: they are no question.
 *
 * @param tables which of the scope to give; what brings their rows is asked along
 */
export const scopeSql = (scope: Scope, dialect: Dialect, tables: ReadonlySet<string>): Fragment => {
  const { expressions, names } = expressionsOf(scope, dialect, tables)
  const selected = [...names]
    .filter(([table]) => tables.has(table))
    .map(([table, name]) => sql`select '${word(table)}', id, rev from ${name}`)
  return sql`${withClause(expressions)} ${separated(selected, sql` union all `)}`
}

/** How many rows and bytes a scope is, table by table (PR18): `table, rows, bytes`. */
export const scopeSizeSql = (scope: Scope, dialect: Dialect, tables: ReadonlySet<string>): Fragment => {
  const { expressions, names } = expressionsOf(scope, dialect, tables)
  const selected = [...names]
    .filter(([table]) => tables.has(table))
    .map(
      ([table, name]) =>
        sql`select '${word(table)}', count(*), coalesce(sum(length(r.envelope)), 0) from ${dialect.from('r')}
          where ${dialect.isOf(table, 'r')} and ${dialect.id(key, 'r')} in (select id from ${name})`,
    )
  return sql`${withClause(expressions)} ${separated(selected, sql` union all `)}`
}

/** The same of a table that is held whole: `rows, bytes`. */
export const tableSizeSql = (dialect: Dialect, table: string): Fragment =>
  sql`select count(*), coalesce(sum(length(r.envelope)), 0) from ${dialect.from('r')}
    where ${dialect.isOf(table, 'r')} and ${dialect.isLive('r')}`

/** Tables a scope has to ask for. */
export const askedTables = ({ tables }: Scope): ReadonlySet<string> =>
  new Set([...tables.values()].filter(({ everything }) => !everything).map(({ table }) => table))

interface Expressions {
  readonly expressions: readonly Fragment[]
  /** of the table expression, by table */
  readonly names: ReadonlyMap<string, Fragment>
}

const expressionsOf = (scope: Scope, dialect: Dialect, wanted: ReadonlySet<string>): Expressions => {
  const needed = withParents(scope, wanted)
  const names = new Map<string, Fragment>()
  const expressions: Fragment[] = []
  for (const part of scope.tables.values()) {
    if (part.everything || !needed.has(part.table)) continue
    const name = word(`s${names.size}`)
    const branches = branchesOf({ scope, dialect, names }, part)
    expressions.push(sql`${name} (id, rev) as materialized (${separated(branches, sql` union `)})`)
    names.set(part.table, name)
  }
  return { expressions, names }
}

const withParents = ({ tables }: Scope, wanted: ReadonlySet<string>): ReadonlySet<string> => {
  const needed = new Set(wanted)
  for (const { table, reaches } of [...tables.values()].toReversed()) {
    if (needed.has(table)) for (const { by } of reaches) needed.add(by)
  }
  return needed
}

interface Ground {
  readonly scope: Scope
  readonly dialect: Dialect
  readonly names: ReadonlyMap<string, Fragment>
}

const key: Operand = { kind: 'key' }

const branchesOf = (ground: Ground, part: TableScope): Fragment[] => {
  const { scope, dialect } = ground
  const table = scope.schema.tables.get(part.table)!
  const own = ownSql(ground, table, part)
  const readable = readableSql(dialect, table, part.readDepth, scope.person)
  const conditions = [dialect.isOf(table.name, 'r'), dialect.isLive('r'), readable]
  const branches = part.reaches.map(reach => broughtSql(ground, table, reach, conditions))
  if (own === undefined && branches.length > 0) return branches
  // rows of which none is selected still make a table to read from
  const where = joined('and', [...conditions, own ?? sql`false`])
  return [sql`select ${rowOf(dialect)} from ${dialect.from('r')} where ${where}`, ...branches]
}

const rowOf = (dialect: Dialect): Fragment => sql`${dialect.selectedId(key, 'r')} as id, r.rev as rev`

/** @returns undefined where the item selects nothing by itself */
const ownSql = ({ scope, dialect }: Ground, table: Table, { filter }: TableScope): Fragment | undefined => {
  switch (filter.kind) {
    case 'all':
      return sql`true`
    case 'related':
      return undefined
    case 'other': {
      const { person } = scope
      return ownedSql(
        dialect,
        table,
        [...(filter.mine === true ? [person.id] : []), ...(filter.teams === true ? person.teams : [])],
        filter.unit === true ? person.unit : undefined,
      )
    }
    case 'custom':
      return filterSql(scope.schema, table.name, filter.where, scope, dialect)
  }
}

const readableSql = (dialect: Dialect, table: Table, depth: Depth, person: Person): Fragment => {
  if (depth === 'all') return sql`true`
  const owners = depth === 'own' ? [person.id] : [person.id, ...person.teams]
  const shared = sharedIds(person, table.name, 'read')
  const owned = ownedSql(dialect, table, owners, depth === 'unit' ? person.unit : undefined)
  if (shared.length === 0) return owned
  return joined('or', [
    owned,
    dialect.part(table.name, 'r', dialect.probe(key, 'r', { test: 'among', values: shared })),
  ])
}

const ownedSql = (dialect: Dialect, table: Table, owners: readonly string[], unit: string | undefined): Fragment => {
  const owner = operandById(table, table.ownerId)
  const ofUnit = operandById(table, table.unitId)
  const conditions = [
    ...(owner === undefined || owners.length === 0
      ? []
      : [dialect.probe(owner, 'r', { test: 'among', values: owners })]),
    ...(ofUnit === undefined || unit === undefined ? [] : [dialect.probe(ofUnit, 'r', { test: 'equal', to: unit })]),
  ]
  return joined(
    'or',
    conditions.length === 1 ? conditions : conditions.map(condition => dialect.part(table.name, 'r', condition)),
  )
}

/**
 * Rows that present rows of another table name, or that name present rows of it. `cross join`: the present rows are few,
 * and are where to begin, which SQLite takes from the order of the words.
 */
const broughtSql = (
  { scope, dialect, names }: Ground,
  table: Table,
  { by, column, side }: Reach,
  conditions: readonly Fragment[],
): Fragment => {
  const present = names.get(by)
  const source = scope.schema.tables.get(by)!
  const ofSource = [dialect.isOf(by, 'p'), dialect.isLive('p')]
  const row = rowOf(dialect)
  const record = dialect.from('r')
  if (side === 'one') {
    const lookup = operandById(source, column)!
    const naming = [dialect.isId(lookup, 'p'), sql`${dialect.id(key, 'r')} = ${dialect.id(lookup, 'p')}`]
    if (present === undefined) {
      const where = joined('and', [...ofSource, ...naming, ...conditions])
      return sql`select distinct ${row} from ${dialect.from('p')} cross join ${record} where ${where}`
    }
    const where = joined('and', [...ofSource, sql`${dialect.id(key, 'p')} = s.id`, ...naming, ...conditions])
    return sql`select distinct ${row} from ${present} as s cross join ${dialect.from('p')} cross join ${record}
      where ${where}`
  }
  const lookup = operandById(table, column)!
  const named = (id: Fragment): Fragment[] => [sql`${dialect.id(lookup, 'r')} = ${id}`, dialect.isId(lookup, 'r')]
  if (present === undefined) {
    const where = joined('and', [...ofSource, ...named(dialect.selectedId(key, 'p')), ...conditions])
    return sql`select ${row} from ${dialect.from('p')} cross join ${record} where ${where}`
  }
  return sql`select ${row} from ${present} as s cross join ${record}
    where ${joined('and', [...named(sql`s.id`), ...conditions])}`
}

const operandById = (table: Table, id: string | undefined): Operand | undefined => {
  const column = id === undefined ? undefined : table.byId.get(id)
  return column === undefined ? undefined : { kind: 'column', column }
}

const withClause = (expressions: readonly Fragment[]): Fragment =>
  expressions.length === 0 ? sql`` : sql`with ${separated(expressions, sql`, `)}`

const separated = (fragments: readonly Fragment[], by: Fragment): Fragment =>
  fragments.reduce((before, fragment) => sql`${before}${by}${fragment}`)
