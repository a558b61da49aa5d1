import type { App, Depth, RoleSource, TableRights, Value } from '@rejoin/profile'
import type { Team, User } from '@rejoin/server'
import type { Dice } from '../proofs/dice.ts'
import { cities, languages, numbers } from './filters.ts'
import { nextProfile } from './profiles.ts'
import { tableNamed, tables } from './schema.ts'
import type { Row, State } from './state.ts'

/** Where a history begins: people, their rights, what they may download, and some rows of each table. */
export const userIds = ['ann', 'ben', 'cara', 'dov', 'eli'] as const
export const teamIds = ['north', 'south', 'night'] as const
export const unitIds = ['sales', 'service'] as const
export const roleNames = ['field', 'desk', 'lead'] as const
export const profileNames = ['visits', 'assets', 'overview'] as const
export const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'] as const

/** Whoever writes everything. */
export const ROOT = 'root'

/** Hours before clocks change somewhere, a year ends, or nothing happens. */
const beginnings = [
  '2026-03-28T18:00Z',
  '2026-10-24T17:00Z',
  '2026-04-04T10:00Z',
  '2026-03-07T22:00Z',
  '2025-12-31T12:00Z',
  '2026-05-04T08:00Z',
].map(text => Date.parse(text))

/** Canaries: unlike any other text there is, so that frames can be searched for them. */
export interface Mint {
  id(): string
  text(): string
}

export const createMint = (): Mint => {
  let count = 0
  return { id: () => `rowq${++count}q`, text: () => `valq${++count}q` }
}

export const beginState = (dice: Dice, mint: Mint): State => {
  const now = dice.pick(beginnings) + dice.number(3_600_000)
  const state: State = {
    now,
    rows: new Map(tables.map(({ name }) => [name, new Map()])),
    dead: new Map(tables.map(({ name }) => [name, new Map()])),
    units: new Map(unitIds.map(id => [id, { id, name: id }])),
    teams: new Map(teamIds.map(id => [id, anyTeam(dice, id)])),
    users: new Map(userIds.map((id, at) => [id, anyUser(dice, id, at)])),
    roles: new Map(roleNames.map(name => [name, anyRole(dice, name)])),
    shares: [],
    profiles: new Map(profileNames.map(name => [name, nextProfile(dice, name, undefined, now)])),
    app: anyApp(dice),
    assignments: userIds.flatMap((id, at) =>
      dice.chance(0.7) ? [{ profile: dice.pick(profileNames), to: 'user' as const, id, at }] : [],
    ),
  }
  for (const { name } of tables) {
    for (let n = 6 + dice.number(8); n > 0; n--) state.rows.get(name)!.set(mint.id(), {})
  }
  for (const [table, rows] of state.rows) for (const id of rows.keys()) rows.set(id, anyRow(dice, mint, state, table))
  return state
}

export const anyApp = (dice: Dice): App => ({
  name: 'field',
  profiles: profileNames,
  ...(dice.chance(0.7) ? { default: dice.pick(profileNames) } : {}),
})

export const anyTeam = (dice: Dice, id: string): Team => ({
  id,
  name: id,
  members: userIds.filter(() => dice.chance(0.4)),
  ...(dice.chance(0.3) ? { roles: [dice.pick(roleNames)] } : {}),
})

/** Managers stand before those below them: no circles. */
export const anyUser = (dice: Dice, id: string, at: number): User => ({
  id,
  name: id,
  roles: roleNames.filter((_, n) => dice.chance(n === 0 ? 0.85 : 0.2)),
  ...(dice.chance(0.85) ? { unit: dice.pick(unitIds) } : {}),
  ...(at > 0 && dice.chance(0.6) ? { manager: userIds[dice.number(at)]! } : {}),
  ...(dice.chance(0.85) ? { timeZone: dice.pick(zones) } : {}),
  ...(dice.chance(0.8) ? { language: dice.pick(languages) } : {}),
})

const readable: readonly Depth[] = ['all', 'all', 'unit', 'unit', 'team', 'team', 'own', 'own', 'none']

/** Whoever sees a row may work on it: what is written is proven elsewhere. */
const writing: TableRights = { create: 'all', write: 'all', delete: 'all' }

export const anyRole = (dice: Dice, name: string): RoleSource => {
  const rightsOf = (table: string): TableRights => {
    const owned = tableNamed(table).columns.some(column => column.name === 'ownerid')
    const read = owned ? dice.pick(readable) : dice.chance(0.85) ? 'all' : dice.pick(readable)
    const columns = tableNamed(table).columns.map(column => column.name).slice(1) // prettier-ignore
    return {
      ...writing,
      read,
      ...(dice.chance(0.4) ? { hidden: ['note', ...columns.filter(() => dice.chance(0.1))] } : {}),
    }
  }
  const named = tables.filter(() => dice.chance(0.8))
  const rest: TableRights = { ...writing, read: dice.pick(readable) }
  return { name, tables: { ...Object.fromEntries(named.map(table => [table.name, rightsOf(table.name)])), '*': rest } }
}

export const anyRow = (dice: Dice, mint: Mint, state: State, table: string): Row => {
  const values = tableNamed(table).columns.slice(1).map(({ name }) => [name, anyValue(dice, mint, state, table, name)]) // prettier-ignore
  return Object.fromEntries(values.filter(([, value]) => value !== null)) as Row
}

export const anyValue = (dice: Dice, mint: Mint, state: State, table: string, name: string): Value => {
  const column = tableNamed(table).columns.find(each => each.name === name)!
  if (name === 'name' || name === 'note') return mint.text()
  if (dice.chance(0.1)) return null
  if (name === 'ownerid') return dice.pick([...userIds, ...userIds, ...teamIds])
  if (name === 'owningbusinessunit') return dice.pick(unitIds)
  switch (column.type) {
    case 'string':
      return dice.pick(cities)
    case 'choice':
      return 1 + dice.number(3)
    case 'integer':
      return name === 'language' ? dice.pick(languages) : dice.pick(numbers)
    case 'date':
      return iso(near(dice, state.now)).slice(0, 10)
    case 'datetime':
      return iso(near(dice, state.now))
    default:
      return dice.pick([...state.rows.get(column.target!)!.keys(), null])
  }
}

const iso = (at: number): string => new Date(at).toISOString()
const [MINUTE, HOUR] = [60_000, 3_600_000]

/**
 * Mostly within two days, sometimes some weeks away, often on the hour. Always on the minute: within one the relay need
 * not follow the clock.
 */
const near = (dice: Dice, now: number): number => {
  const away = dice.chance(0.7) ? 48 * HOUR : 60 * 24 * HOUR
  const at = now - away + dice.number(2 * away)
  return at - (at % (dice.chance(0.5) ? HOUR : MINUTE))
}
