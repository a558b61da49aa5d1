import type { Share } from '@rejoin/server'
import type { Dice } from '../proofs/dice.ts'
import {
  anyApp,
  anyRole,
  anyRow,
  anyTeam,
  anyUser,
  anyValue,
  type Mint,
  profileNames,
  roleNames,
  teamIds,
  userIds,
} from './land.ts'
import type { Place, Write } from './place.ts'
import { nextProfile } from './profiles.ts'
import { tableNamed, tables } from './schema.ts'
import type { Row, State } from './state.ts'

/** What may happen between two looks at the devices. Each changes the state, and the place the same way. */
export interface History {
  readonly dice: Dice
  readonly mint: Mint
  readonly state: State
  readonly place: Place
}

/** Changes the state at once, then the place. @param say what happens, for people to read */
export type Step = (history: History, say: (what: string) => void) => Promise<void>

const changeRows: Step = async ({ dice, mint, state, place }, say) => {
  const writes: Write[] = []
  for (let n = 1 + dice.number(3); n > 0; n--) {
    const table = dice.pick(tables).name
    const rows = state.rows.get(table)!
    const others = [mint.id(), ...state.dead.get(table)!.keys()]
    const id = dice.pick(rows.size > 0 && dice.chance(0.85) ? [...rows.keys()] : others)
    if (writes.some(write => write.id === id)) continue
    const before = rows.get(id)
    if (before === undefined) writes.push({ kind: 'create', table, id, values: anyRow(dice, mint, state, table) })
    else if (dice.chance(0.12)) writes.push({ kind: 'delete', table, id, values: {} })
    else writes.push({ kind: 'update', table, id, values: someValues(dice, mint, state, table) })
  }
  for (const { kind, table, id, values } of writes) {
    const [rows, dead] = [state.rows.get(table)!, state.dead.get(table)!]
    if (kind === 'delete') dead.set(id, rows.get(id)!)
    else dead.delete(id)
    if (kind === 'delete') rows.delete(id)
    else rows.set(id, withoutNulls({ ...rows.get(id), ...values }))
  }
  say(writes.map(({ kind, table, id, values }) => `${kind} ${table} ${id} ${JSON.stringify(values)}`).join('; '))
  await place.write(writes)
}

/** One column mostly: whose it is and what it belongs to more often than the rest. */
const someValues = (dice: Dice, mint: Mint, state: State, table: string): Row => {
  const columns = tableNamed(table).columns.slice(1)
  const joining = columns.filter(({ type }) => type === 'lookup')
  const chosen = Array.from({ length: 1 + dice.number(2) }, () =>
    dice.pick(joining.length > 0 && dice.chance(0.5) ? joining : columns),
  )
  const values = Object.fromEntries(chosen.map(({ name }) => [name, anyValue(dice, mint, state, table, name)]))
  return dice.chance(0.5) ? { ...values, note: mint.text() } : values
}

const withoutNulls = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))

const told =
  (change: (history: History) => string): Step =>
  async (history, say) => {
    say(change(history))
    await history.place.tell(history.state)
  }

const changePeople = told(({ dice, state }) => {
  if (dice.chance(0.5)) {
    const id = dice.pick(teamIds)
    state.teams.set(id, anyTeam(dice, id))
    return `team ${JSON.stringify(state.teams.get(id))}`
  }
  const at = dice.number(userIds.length)
  const id = userIds[at]!
  const fresh = anyUser(dice, id, at)
  const one = dice.pick(['roles', 'unit', 'manager', 'timeZone', 'language'] as const)
  const { [one]: _, ...rest } = state.users.get(id)!
  state.users.set(id, { roles: [], ...rest, ...(fresh[one] === undefined ? {} : { [one]: fresh[one] }) })
  return `user ${JSON.stringify(state.users.get(id))}`
})

const changeRole = told(({ dice, state }) => {
  const name = dice.pick(roleNames)
  const [before, fresh] = [state.roles.get(name)!, anyRole(dice, name)]
  const table = dice.pick(Object.keys(fresh.tables))
  state.roles.set(name, { name, tables: { ...before.tables, [table]: fresh.tables[table]! } })
  return `role ${name} on ${table}: ${JSON.stringify(fresh.tables[table])}`
})

/** Some are taken, some are given; also of rows that are not there, or not yet. */
const changeShares = told(({ dice, mint, state }) => {
  const kept = state.shares.filter(() => dice.chance(0.6))
  const given = Array.from({ length: 1 + dice.number(4) }, (): Share => {
    const table = dice.pick(tables).name
    const record = dice.pick([...state.rows.get(table)!.keys(), ...state.dead.get(table)!.keys(), mint.id()])
    return { table, record, with: dice.pick([...userIds, ...userIds, ...teamIds]), rights: ['read'] }
  })
  const keyOf = ({ table, record, with: receiver }: Share): string => `${table}/${record}/${receiver}`
  state.shares = [...new Map([...kept, ...given].map(share => [keyOf(share), share])).values()]
  return `shared ${given.map(keyOf).join(', ')}, and no more than ${kept.map(keyOf).join(', ')} of before`
})

const republish = told(({ dice, state }) => {
  const name = dice.pick(profileNames)
  state.profiles.set(name, nextProfile(dice, name, state.profiles.get(name), state.now))
  return `published ${JSON.stringify(state.profiles.get(name)!.published!.profile)}`
})

const reassign = told(({ dice, state }) => {
  if (dice.chance(0.15)) {
    state.app = anyApp(dice)
    return `app ${JSON.stringify(state.app)}`
  }
  const [to, id] = dice.chance(0.7) ? (['user', dice.pick(userIds)] as const) : (['team', dice.pick(teamIds)] as const)
  const profile = dice.pick(profileNames)
  const others = state.assignments.filter(each => each.to !== to || each.id !== id || each.profile !== profile)
  const newest = Math.max(state.now, ...state.assignments.map(({ at }) => at))
  const isOut = others.length < state.assignments.length && dice.chance(0.6)
  state.assignments = isOut ? others : [...others, { profile, to, id, at: newest + 1 }]
  return `${to} ${id} is ${isOut ? 'out of' : 'in'} ${profile}`
})

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const leap: Step = async ({ dice, place }, say) => {
  const now = place.time.now()
  // never exactly: who begins at that moment has the moment itself ahead, for the rest of the minute
  const toHour = HOUR - (now % HOUR) + 137
  const ms = dice.pick([MINUTE, 20 * MINUTE, toHour, toHour, HOUR + toHour, 5 * HOUR, 12 * HOUR, 24 * HOUR, 30 * HOUR])
  say(`${ms / MINUTE} minutes pass`)
  await place.time.leap(ms)
}

const goOffline: Step = async ({ dice, place }, say) => {
  const device = dice.pick(place.devices)
  if (device.online) place.cut(device)
  else place.join(device)
  say(`${device.name} goes ${device.online ? 'online' : 'offline'}`)
}

/** Somebody works on what a device shows, connected or not. */
const work: Step = async ({ dice, mint, state, place }, say) => {
  const device = dice.pick(place.devices)
  const shown = [...device.content()].flatMap(([table, rows]) => [...rows].map(([id, row]) => ({ table, id, row })))
  if (shown.length === 0) return
  const { table, id, row } = dice.pick(shown)
  const api = device.rejoin.table(table)
  if (dice.chance(0.1)) {
    say(`${device.name} deletes ${table} ${id}`)
    return api.delete(id)
  }
  const columns = Object.keys(row)
  if (columns.length === 0) return
  const column = dice.pick(columns)
  const values = { [column]: anyValue(dice, mint, state, table, column) }
  if (values[column] !== null && dice.chance(0.15)) {
    const made = mint.id()
    device.made.add(made)
    say(`${device.name} makes ${table} ${made} ${JSON.stringify(values)}`)
    await api.create({ [`${table}id`]: made, ...values })
    return
  }
  say(`${device.name} writes ${table} ${id} ${JSON.stringify(values)}`)
  await api.update(id, values)
}

const restart: Step = async ({ place }, say) => {
  say('the relay restarts')
  await place.restart()
}

/** Rows change more often than anything else. */
export const steps: readonly { readonly weight: number; readonly step: Step }[] = [
  { weight: 12, step: changeRows },
  { weight: 5, step: leap },
  { weight: 5, step: work },
  { weight: 3, step: goOffline },
  { weight: 3, step: changePeople },
  { weight: 2, step: changeRole },
  { weight: 3, step: changeShares },
  { weight: 2, step: republish },
  { weight: 2, step: reassign },
  { weight: 1, step: restart },
]

export const anyStep = (dice: Dice): Step => {
  let at = dice.number(steps.reduce((sum, { weight }) => sum + weight, 0))
  return steps.find(({ weight }) => (at -= weight) < 0)!.step
}
