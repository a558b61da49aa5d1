import { directoryEntries, type Entry, entryKey, schemaEntries, type Storage } from '@rejoin/server'
import { ROOT } from './land.ts'
import { schema } from './schema.ts'
import type { State } from './state.ts'

/** The environment of a state, as the relay's storage keeps it. */
const entriesOf = ({ units, teams, users, roles, shares, profiles, app, assignments }: State): Entry[] => [
  ...schemaEntries(schema),
  // Devices are away for days: that caches expire is proven elsewhere.
  { kind: 'environment', id: 'settings', value: { strategy: 'clientWins', strategies: {}, cacheHours: 24 * 365 } },
  ...directoryEntries({
    units: [...units.values()],
    teams: [...teams.values()],
    users: [...users.values(), { id: ROOT, name: ROOT, roles: [ROOT] }],
    roles: [...roles.values(), { name: ROOT, tables: { '*': everything } }],
    shares,
  }),
  ...[...profiles].map(([id, life]) => ({ kind: 'profile', id, value: { life } })),
  { kind: 'app', id: app.name, value: app },
  ...assignments.map(each => ({ kind: 'assignment', id: `${each.to}/${each.id}/${each.profile}`, value: each })),
]

const everything = { create: 'all', read: 'all', write: 'all', delete: 'all' } as const

/** Writes what of the environment has changed since the last call, in one commit. */
export const createTeller = (storage: Storage): ((state: State) => Promise<void>) => {
  let known = new Map<string, { readonly entry: Entry; readonly text: string }>()
  return async state => {
    const next = new Map(
      entriesOf(state).map(entry => [entryKey(entry), { entry, text: JSON.stringify(entry.value) }] as const),
    )
    const entries = [...next].flatMap(([key, { entry, text }]) => (known.get(key)?.text === text ? [] : [entry]))
    const removedEntries = [...known].flatMap(([key, { entry }]) => (next.has(key) ? [] : [entry]))
    known = next
    await storage.commit({}, () => ({ result: undefined, entries, removedEntries }))
  }
}
