import { environmentEntries, type EnvironmentSource } from '@rejoin/server'
import { inDatabase } from '../rig/database.ts'

/**
 * A table of jobs. Each device counts on jobs of its own, where nobody else writes: `counter` must end as the number
 * of its applied edits. Notes are written by everyone on the same few jobs, so that edits are lost as well.
 */
export const TABLE = 'job'
export const SHARED = 4
export const sharedJob = (index: number): string => `shared-${index}`

const source: EnvironmentSource = {
  schema: {
    version: 1,
    tables: [
      {
        name: TABLE,
        ownership: 'organization',
        primaryKey: 'jobid',
        primaryName: 'name',
        columns: [
          { name: 'jobid', type: 'guid' },
          { name: 'name', type: 'string' },
          { name: 'maker', type: 'string' },
          { name: 'counter', type: 'integer' },
          { name: 'note', type: 'string' },
        ],
      },
    ],
  },
  // Lost edits and their ledger entries are what is easiest to lose: under serverWins there are many.
  settings: { strategy: 'serverWins', strategies: {} },
  people: ['anna', 'boris', 'office'].map(id => ({ id, name: id, teams: [], roles: [] })),
  profiles: [
    {
      profile: { name: 'Jobs', version: 1, items: [{ table: TABLE, filter: { kind: 'all' } }] },
      members: { everyone: true },
    },
  ],
}

export const makeDatabase = (path: string): Promise<void> =>
  inDatabase(path, storage => storage.commit({}, () => ({ result: undefined, entries: environmentEntries(source) })))
