import type { SchemaSource } from '@rejoin/profile'
import { type EnvironmentSource, environmentEntries } from '../../environment/environment.ts'
import type { RelayOptions } from '../../relay.ts'
import { type Opened, openRelay } from '../../routes/relay.fixture.ts'
import { openSqliteStorage } from '../../storage/sqlite/sqlite.ts'
import type { Storage } from '../../storage/storage.ts'

const schema: SchemaSource = {
  version: 3,
  tables: [
    {
      name: 'visit',
      ownership: 'user',
      primaryKey: 'visitid',
      primaryName: 'title',
      columns: [
        { name: 'visitid', type: 'guid' },
        { name: 'title', type: 'string' },
        { name: 'minutes', type: 'integer' },
        { name: 'ownerid', type: 'lookup', targets: ['systemuser', 'team'], external: true },
      ],
    },
    {
      name: 'part',
      ownership: 'organization',
      primaryKey: 'partid',
      primaryName: 'name',
      columns: [
        { name: 'partid', type: 'guid' },
        { name: 'name', type: 'string' },
      ],
    },
  ],
  roles: [
    { name: 'field', tables: { visit: { create: 'own', read: 'team', write: 'own' } } },
    { name: 'chief', tables: {}, admin: true },
  ],
}

/** Ada and Alan administer; Fritz and Flora work in the field, Flora in the red team. */
export const source: EnvironmentSource = {
  schema,
  settings: { strategy: 'clientWins', strategies: { part: 'serverWins' } },
  people: [],
  directory: {
    units: [
      { id: 'all', name: 'All' },
      { id: 'north', name: 'North', parent: 'all' },
    ],
    users: [
      { id: 'ada', name: 'Ada', roles: ['chief'] },
      { id: 'alan', name: 'Alan', roles: [] },
      { id: 'fritz', name: 'Fritz Field', unit: 'north', roles: ['field'], manager: 'ada' },
      { id: 'flora', name: 'Flora Field', unit: 'north', roles: ['field'], manager: 'fritz' },
    ],
    teams: [
      { id: 'red', name: 'Red', members: ['flora'], unit: 'north' },
      { id: 'chiefs', name: 'Chiefs', members: ['alan'], roles: ['chief'] },
    ],
    shares: [{ table: 'visit', record: 'v1', with: 'flora', rights: ['read'] }],
  },
  profiles: [
    {
      profile: { name: 'field', version: 1, items: [{ table: 'visit', filter: { kind: 'all' } }] },
      members: { everyone: true },
    },
    {
      id: 'vendor',
      profile: { name: 'Vendor', version: 1, items: [{ table: 'visit', filter: { kind: 'all' } }] },
      managed: true,
      members: {},
    },
  ],
}

export const openStorage = async (): Promise<Storage> => {
  let ids = 0
  const storage = await openSqliteStorage({ path: ':memory:', newId: () => String(ids++).padStart(16, '0') })
  await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(source) }))
  return storage
}

export const openAdmin = async (options: Pick<RelayOptions, 'strategies'> = {}): Promise<Opened> =>
  openRelay({ storage: await openStorage(), ...options })
