import { randomBytes } from 'node:crypto'
import type { ProfileItem, ProfileLife, RoleSource } from '@rejoin/profile'
import { openSqliteStorage, type Team, type User } from '@rejoin/server'
import { expect } from 'vitest'
import type { Device } from '../scopes/device.ts'
import { openPlace, type Place } from '../scopes/place.ts'
import { tables } from '../scopes/schema.ts'
import type { Row, State } from '../scopes/state.ts'
import { createDice } from './dice.ts'

/**
 * The field service in small (scopes/schema.ts), with people, rights and a profile of the proof's own, a real relay and
 * real devices: for what changes a scope although the row itself stays as it is.
 */
export interface Scene {
  /** changed, then told with `change` */
  readonly state: State
  readonly place: Place
  /** all in one commit; null clears, undefined deletes the row */
  put(rows: Readonly<Record<string, Row | undefined>>): Promise<void>
  /** an administrator's change; everybody has heard of it by then */
  change(make: (state: State) => void): Promise<void>
  device(user: string): Promise<Device>
  /** time passes, with nobody doing anything */
  sleep(ms: number): Promise<void>
  close(): Promise<void>
}

export interface Cast {
  readonly now?: number
  /** over the one database; who writes and who connects takes any of them */
  readonly relays?: number
  readonly users: readonly User[]
  readonly teams?: readonly Team[]
  /** all users have them; default one that reads everything */
  readonly roles?: readonly RoleSource[]
  readonly items: readonly ProfileItem[]
}

/** A profile in force. */
export const lifeOf = (name: string, version: number, items: readonly ProfileItem[]): ProfileLife => ({
  state: 'Published',
  published: { profile: { name, version, items }, at: 0, known: { tables: [], columns: {} } },
  earlier: [],
})

const reader: RoleSource = { name: 'reader', tables: { '*': { read: 'all' } } }

export const openScene = async ({
  now,
  relays = 1,
  users,
  teams = [],
  roles = [reader],
  items,
}: Cast): Promise<Scene> => {
  const state: State = {
    now: now ?? Date.UTC(2026, 4, 4, 8),
    rows: new Map(tables.map(({ name }) => [name, new Map()])),
    dead: new Map(),
    units: new Map(['service', 'sales'].map(id => [id, { id, name: id }])),
    teams: new Map(teams.map(team => [team.id, team])),
    users: new Map(users.map(user => [user.id, { ...user, roles: roles.map(({ name }) => name) }])),
    roles: new Map(roles.map(role => [role.name, role])),
    shares: [],
    profiles: new Map([['day', lifeOf('day', 1, items)]]),
    app: { name: 'field', profiles: ['day', 'other'], default: 'day' },
    assignments: [],
  }
  const storage = await openSqliteStorage({ path: ':memory:', newId: () => randomBytes(8).toString('hex') })
  const place = await openPlace({ storage, state, relays, dice: createDice(1) })
  return {
    state,
    place,
    put: async rows => {
      await place.write(
        Object.entries(rows).map(([key, values]) => {
          const [table = '', id = ''] = key.split('/')
          const known = state.rows.get(table)!.has(id)
          if (values === undefined) state.rows.get(table)!.delete(id)
          else state.rows.get(table)!.set(id, values)
          return {
            kind: values === undefined ? 'delete' : known ? 'update' : 'create',
            table,
            id,
            values: values ?? {},
          }
        }),
      )
      await place.quiet()
    },
    change: async make => {
      make(state)
      await place.tell(state)
      await place.quiet()
    },
    device: async user => {
      const device = await place.open(`${user}'s`, user)
      await place.quiet()
      return device
    },
    sleep: async ms => {
      await place.time.leap(ms)
      await place.quiet()
    },
    close: async () => {
      await place.close()
      expect(place.bugs).toEqual([])
    },
  }
}

/** What a device shows, as `table/id`. */
export const shown = (device: Device): string[] =>
  [...device.content()].flatMap(([table, rows]) => [...rows.keys()].map(id => `${table}/${id}`)).toSorted()

/** Rows and removals a device was sent live, or by a pass, and whether it had to compare. */
export const heardSince = (device: Device, frames: number): { rows: string[]; gone: string[]; compared: boolean } => {
  const since = device.line.frames.slice(frames).map(({ message }) => message)
  const changes = since.flatMap(message => (message.type === 'changes' ? [message] : []))
  const name = ({ table, id }: { table: string; id: string }): string => `${table}/${id}`
  return {
    rows: changes.flatMap(({ rows }) => rows.map(name)).toSorted(),
    gone: changes.flatMap(({ gone }) => gone.map(each => `${name(each)} ${each.why}`)).toSorted(),
    compared: since.some(({ type }) => type === 'compare'),
  }
}
