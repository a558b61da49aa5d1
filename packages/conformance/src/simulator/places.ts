import type { EditKind, Fields, Person, SchemaSource, Value } from '@rejoin/profile'
import type { EnvironmentSource, Rule } from '@rejoin/server'
import type { SimulatedStrategy } from './strategies.ts'

/**
 * The field service of every world, small enough that records collide: tasks that belong to somebody, sites that
 * belong to nobody, and tallies that are only ever counted up (each device in a column of its own).
 *
 *     ada   may do everything, holds everything
 *     ben   sees every task but never `secret`; changes and deletes only his own; may not write sites
 *     cleo  reads and holds only her own tasks
 *     dan   may do everything, holds open tasks only, and of them four columns
 */
export const TASK_COLUMNS: readonly string[] = ['title', 'status', 'note', 'secret', 'priority', 'ownerid']
export const SITE_COLUMNS: readonly string[] = ['name', 'city']
export const TALLY_COLUMNS: readonly string[] = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5']
/** counted by a command, by all devices alike */
export const SUM = 'sum'
export const columnsOf: Readonly<Record<string, readonly string[]>> = {
  task: TASK_COLUMNS,
  site: SITE_COLUMNS,
  tally: [...TALLY_COLUMNS, SUM],
}
export const TABLES: readonly string[] = Object.keys(columnsOf)
export const USERS = ['ada', 'ben', 'cleo', 'dan'] as const
export type User = (typeof USERS)[number]

const schema: SchemaSource = {
  version: 1,
  tables: [
    {
      name: 'task',
      ownership: 'user',
      primaryKey: 'taskid',
      primaryName: 'title',
      columns: [
        { name: 'taskid', type: 'guid', required: true },
        { name: 'title', type: 'string', maxLength: 100 },
        { name: 'status', type: 'string', maxLength: 20 },
        { name: 'note', type: 'text' },
        { name: 'secret', type: 'string' },
        { name: 'priority', type: 'integer' },
        { name: 'ownerid', type: 'lookup', target: 'systemuser', external: true },
      ],
    },
    {
      name: 'site',
      ownership: 'organization',
      primaryKey: 'siteid',
      primaryName: 'name',
      columns: [
        { name: 'siteid', type: 'guid', required: true },
        { name: 'name', type: 'string' },
        { name: 'city', type: 'string' },
      ],
    },
    {
      name: 'tally',
      ownership: 'organization',
      primaryKey: 'tallyid',
      primaryName: 'c0',
      columns: [
        { name: 'tallyid', type: 'guid', required: true },
        ...columnsOf['tally']!.map(name => ({ name, type: 'integer' as const })),
      ],
    },
  ],
  roles: [
    { name: 'manager', tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } } },
    {
      name: 'field',
      tables: {
        task: { create: 'own', read: 'all', write: 'own', delete: 'own', hidden: ['secret'] },
        site: { read: 'all' },
        tally: { read: 'all', write: 'all' },
      },
    },
    {
      name: 'own',
      tables: {
        task: { create: 'own', read: 'own', write: 'own', delete: 'own' },
        site: { create: 'all', read: 'all', write: 'all' },
        tally: { read: 'all', write: 'all' },
      },
    },
  ],
}

const people: readonly Person[] = [
  { id: 'ada', name: 'Ada', teams: [], roles: ['manager'] },
  { id: 'ben', name: 'Ben', teams: [], roles: ['field'] },
  { id: 'cleo', name: 'Cleo', teams: [], roles: ['own'] },
  { id: 'dan', name: 'Dan', teams: [], roles: ['manager'] },
]

/** What has this priority nobody changes or deletes, but by an action; whatever the strategy. */
const SEALED = 7
const sealed: Rule = {
  name: 'sealed',
  table: 'task',
  on: ['update', 'delete'],
  when: { column: 'priority', op: 'eq', value: SEALED },
  message: 'is sealed',
}

/** The same by hand. @param standing the record's fields, a deleted one's too */
export const isSealed = (table: string, kind: EditKind, standing: Fields | undefined): boolean =>
  table === 'task' && (kind === 'update' || kind === 'delete') && standing?.['priority'] === SEALED

const NARROW = ['title', 'status', 'priority', 'ownerid'] as const

const whole = TABLES.map(table => ({ table, filter: { kind: 'all' as const } }))

export const environmentUnder = (strategy: SimulatedStrategy): EnvironmentSource => ({
  schema,
  // Tallies are added up whatever the environment's setting is (CF12).
  settings: { strategy, strategies: { tally: 'merge' }, rules: [sealed] },
  people,
  profiles: [
    { profile: { name: 'everything', version: 1, items: whole }, members: { people: ['ada', 'ben'] } },
    {
      profile: {
        name: 'mine',
        version: 1,
        items: [
          { table: 'task', filter: { kind: 'other', mine: true } },
          { table: 'site', filter: { kind: 'all' } },
          { table: 'tally', filter: { kind: 'all' } },
        ],
      },
      members: { people: ['cleo'] },
    },
    {
      profile: {
        name: 'open',
        version: 1,
        items: [
          {
            table: 'task',
            filter: { kind: 'custom', where: { column: 'status', op: 'eq', value: 'open' } },
            columns: NARROW,
          },
          { table: 'tally', filter: { kind: 'all' } },
        ],
      },
      members: { people: ['dan'] },
    },
  ],
})

export const strategyOn = (table: string, strategy: SimulatedStrategy): SimulatedStrategy =>
  table === 'tally' ? 'merge' : strategy

export const personOf = (user: User): Person => people.find(({ id }) => id === user)!

/** What a user holds, said a second time and by hand: the oracle must not ask the code that it judges. */
export const inScope = (user: User, table: string, fields: Fields): boolean => {
  if (user === 'cleo') return table !== 'task' || fields['ownerid'] === 'cleo'
  if (user === 'dan') return table === 'tally' || (table === 'task' && fields['status'] === 'open')
  return true
}

export const holdsTable = (user: User, table: string): boolean => user !== 'dan' || table !== 'site'

export const primaryKey = (table: string): string => `${table}id`

/** Columns a user's device holds of a table. */
export const heldColumns = (user: User, table: string): readonly string[] => {
  if (table !== 'task') return columnsOf[table]!
  if (user === 'ben') return TASK_COLUMNS.filter(column => column !== 'secret')
  return user === 'dan' ? NARROW : TASK_COLUMNS
}

/** Columns and records a user may never learn of. Scope alone is no secret, rights are. */
export const mayRead = (user: User, table: string, fields: Fields, column: string): boolean =>
  table !== 'task' || (user === 'ben' ? column !== 'secret' : user !== 'cleo' || fields['ownerid'] === 'cleo')

export interface Asked {
  readonly kind: EditKind
  readonly table: string
  readonly columns: readonly string[]
  readonly values: Readonly<Record<string, Value>>
}

/** Why the relay must refuse, said by hand as well. @param standing the record's fields, a deleted one's too */
export const refusalOf = (user: User, asked: Asked, standing: Fields | undefined): string | undefined => {
  const { kind, table, columns } = asked
  if (user === 'ada' || user === 'dan') return undefined
  // Whoever could neither change nor delete a record cannot take its place either, once it is deleted.
  const anothers = table === 'site' ? user === 'ben' : table === 'task' && standing?.['ownerid'] !== user
  if (kind === 'create' && standing !== undefined && anothers) return 'exists'
  if (table === 'site' && user === 'ben')
    return kind === 'delete' && standing === undefined ? undefined : 'not-permitted'
  if (table === 'site') return kind === 'delete' && standing !== undefined ? 'not-permitted' : undefined
  if (table === 'tally') {
    if (kind === 'create') return 'not-permitted'
    return kind === 'delete' && standing !== undefined ? 'not-permitted' : undefined
  }
  const his = standing?.['ownerid'] === user
  // Another's deleted record is not for taking.
  if (kind === 'create' && standing !== undefined && !his) return 'exists'
  if (kind !== 'create' && standing !== undefined && user === 'cleo' && !his) return 'not-found'
  if (kind === 'create' ? asked.values['ownerid'] !== user : standing !== undefined && !his) return 'not-permitted'
  return user === 'ben' && kind !== 'command' && columns.includes('secret') ? 'not-permitted' : undefined
}
