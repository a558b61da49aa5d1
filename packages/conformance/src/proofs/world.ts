import type { Person, ProfileItem, SchemaSource, StrategyName } from '@rejoin/profile'
import type { EnvironmentSource, GivenProfile } from '@rejoin/server'

/**
 * A small field service, with one person for every way of holding less than everything:
 *
 *     olga    back office: all records, all columns; holds everything where she has a device
 *     mia     a manager in the field: the same rights, holds everything
 *     ana     technician: her own and her team's (north) work orders, never `cost`; everything those rights reach
 *     ben     technician of the north too; his profile says "mine and my teams'"
 *     cora    technician of the south; her profile says "mine", and of notes nothing
 *     dora    a manager whose profile has open work orders only, and of them three columns
 *     rita    reads everything but `cost`, writes nothing
 *
 * `status` was once called `state` and `priority` once `prio`: stored ids differ from names on purpose.
 */
export type User = 'olga' | 'mia' | 'ana' | 'ben' | 'cora' | 'dora' | 'rita'

export const worldSchema: SchemaSource = {
  version: 1,
  tables: [
    {
      name: 'workorder',
      ownership: 'user',
      primaryKey: 'workorderid',
      primaryName: 'title',
      columns: [
        { name: 'workorderid', type: 'guid' },
        { name: 'title', type: 'string', maxLength: 100, required: true },
        { id: 'state', name: 'status', type: 'string', maxLength: 20 },
        { id: 'prio', name: 'priority', type: 'integer' },
        { name: 'note', type: 'text' },
        { name: 'cost', type: 'money' },
        { name: 'remark', type: 'string' },
        { name: 'account', type: 'lookup', target: 'account' },
        { name: 'ownerid', type: 'lookup', target: 'systemuser', external: true },
      ],
    },
    {
      name: 'account',
      ownership: 'organization',
      primaryKey: 'accountid',
      primaryName: 'name',
      columns: [
        { name: 'accountid', type: 'guid' },
        { name: 'name', type: 'string', required: true },
        { name: 'city', type: 'string' },
        { name: 'credit', type: 'string' },
      ],
    },
    {
      name: 'annotation',
      ownership: 'user',
      primaryKey: 'annotationid',
      primaryName: 'subject',
      columns: [
        { name: 'annotationid', type: 'guid' },
        { name: 'subject', type: 'string' },
        { name: 'text', type: 'text' },
        { name: 'workorder', type: 'lookup', target: 'workorder' },
        { name: 'ownerid', type: 'lookup', target: 'systemuser', external: true },
      ],
    },
  ],
  relationships: [{ name: 'annotation_workorder', from: 'annotation.workorder', to: 'workorder' }],
  roles: [
    { name: 'office', tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } } },
    {
      name: 'technician',
      tables: {
        workorder: { create: 'all', read: 'team', write: 'team', delete: 'team', hidden: ['cost', 'remark'] },
        account: { read: 'all', hidden: ['credit'] },
        annotation: { create: 'all', read: 'team', write: 'own', delete: 'own' },
      },
    },
    {
      name: 'reader',
      tables: {
        workorder: { read: 'all', hidden: ['cost'] },
        account: { read: 'all' },
        annotation: { read: 'all' },
      },
    },
    // A reader whose right was narrowed: the same columns, his own rows.
    {
      name: 'keeper',
      tables: {
        workorder: { read: 'own', hidden: ['cost'] },
        account: { read: 'all' },
        annotation: { read: 'all' },
      },
    },
  ],
}

export const people: readonly Person[] = [
  { id: 'olga', name: 'Olga', teams: [], roles: ['office'] },
  { id: 'mia', name: 'Mia', teams: [], roles: ['office'] },
  { id: 'ana', name: 'Ana', teams: ['north'], roles: ['technician'] },
  { id: 'ben', name: 'Ben', teams: ['north'], roles: ['technician'] },
  { id: 'cora', name: 'Cora', teams: ['south'], roles: ['technician'] },
  { id: 'dora', name: 'Dora', teams: [], roles: ['office'] },
  { id: 'rita', name: 'Rita', teams: [], roles: ['reader'] },
]

const all = (table: string): ProfileItem => ({ table, filter: { kind: 'all' } })

const profile = (name: string, members: readonly User[], items: readonly ProfileItem[]): GivenProfile => ({
  profile: { name, version: 1, items },
  members: { people: members },
})

const profiles: readonly GivenProfile[] = [
  profile('everything', ['olga', 'mia', 'ana', 'rita'], [all('workorder'), all('account'), all('annotation')]),
  profile(
    'teams',
    ['ben'],
    [
      { table: 'workorder', filter: { kind: 'other', mine: true, teams: true } },
      all('account'),
      { table: 'annotation', filter: { kind: 'other', mine: true, teams: true } },
    ],
  ),
  profile('mine', ['cora'], [{ table: 'workorder', filter: { kind: 'other', mine: true } }, all('account')]),
  profile(
    'open',
    ['dora'],
    [
      {
        table: 'workorder',
        filter: { kind: 'custom', where: { column: 'status', op: 'eq', value: 'open' } },
        columns: ['title', 'status', 'ownerid'],
      },
    ],
  ),
]

/** @param strategy what the environment is set to; absent = the default of an environment nobody has set (CF2) */
export const worldUnder = (
  strategy: StrategyName | undefined,
  items: ReadonlyMap<string, readonly ProfileItem[]> = new Map(),
  version = 1,
): EnvironmentSource => ({
  schema: worldSchema,
  settings: { strategy: strategy ?? 'clientWins', strategies: {} },
  people,
  profiles: profiles.map(each => {
    const { name } = each.profile
    return items.has(name) ? { ...each, profile: { name, version, items: items.get(name)! } } : each
  }),
})

/** The schema as an administrator tightens it while devices are away: titles of at most ten characters. */
export const shortTitles: SchemaSource = {
  ...worldSchema,
  version: 2,
  tables: worldSchema.tables.map(table =>
    table.name === 'workorder'
      ? {
          ...table,
          columns: table.columns.map(column => (column.name === 'title' ? { ...column, maxLength: 10 } : column)),
        }
      : table,
  ),
}
