import { isDeepStrictEqual } from 'node:util'
import { openSqliteStorage, type Storage } from '@rejoin/server'
import { createDice, type Dice } from '../proofs/dice.ts'
import { createCanaries } from './canaries.ts'
import type { Device } from './device.ts'
import { beginState, createMint, userIds } from './land.ts'
import { type Holding, holdingOf } from './oracle/oracle.ts'
import { openPlace, type Place } from './place.ts'
import type { Row, State } from './state.ts'
import { anyStep, type History } from './steps.ts'

/** What histories did, and what it cost. */
export interface Counts {
  /** contents of devices that were compared with the oracle's */
  readonly looks: number
  /** of those, rows */
  readonly rows: number
  /** canaries found where they belong */
  readonly canaries: number
  /** live devices that heard of a step */
  readonly told: number
  /** of those, such that had to compare, though a message should have told them all */
  readonly compared: number
}

export const nothing: Counts = { looks: 0, rows: 0, canaries: 0, told: 0, compared: 0 }

export const added = (a: Counts, b: Counts): Counts => ({
  looks: a.looks + b.looks,
  rows: a.rows + b.rows,
  canaries: a.canaries + b.canaries,
  told: a.told + b.told,
  compared: a.compared + b.compared,
})

export interface Options {
  readonly seed: number
  readonly steps: number
  readonly storage?: (dice: Dice) => Promise<Storage>
  /** what the relay is made to believe of the environment; to see that a relay that errs is found out */
  readonly deceive?: (state: State) => State
  /** hears of each step, as it happened */
  readonly trace?: (line: string) => void
}

/** A device was not what the oracle says. The seed says it all again. */
export class ScopeFailure extends Error {}

/** One history: a world from a seed, and after every step each connected device against the oracle. */
export const runHistory = async ({ seed, steps, storage, deceive, trace = () => {} }: Options): Promise<Counts> => {
  const dice = createDice(seed)
  const mint = createMint()
  const state = beginState(dice, mint)
  const place = await openPlace({
    storage: await (storage ?? inMemory)(dice),
    state,
    dice: createDice(seed + 1),
    ...(deceive === undefined ? {} : { deceive }),
  })
  const watch = createWatch(place, state)
  const history: History = { dice, mint, state, place }
  let said = 'beginning'
  let step = 0
  try {
    const creates = [...state.rows].flatMap(([table, rows]) =>
      [...rows].map(([id, values]) => ({ kind: 'create' as const, table, id, values })),
    )
    await place.write(creates)
    for (const [at, user] of [...userIds, userIds[0]].entries()) await place.open(`${user}${at}`, user)
    await watch.look(false)
    for (step = 1; step <= steps; step++) {
      said = ''
      const under: Promise<void>[] = []
      // Mostly one thing at a time; sometimes several before anybody has heard of the first.
      for (let n = dice.chance(0.6) ? 1 : 2 + dice.number(3); n > 0; n--) {
        under.push(anyStep(dice)(history, what => (said += `${what}. `)))
        watch.moved()
        if (dice.chance(0.4)) await Promise.all(under)
      }
      await Promise.all(under)
      trace(`${step}. ${said}`)
      const compared = await watch.look(true)
      if (compared.length > 0) trace(`${compared.join(', ')} had to compare`)
    }
    for (const device of place.devices) if (!device.online) place.join(device)
    said = 'all come back'
    await watch.look(false)
  } catch (error) {
    const where = `seed ${seed}, step ${step} (${said})`
    throw error instanceof ScopeFailure
      ? new ScopeFailure(`${where}\n${error.message}`)
      : new Error(where, { cause: error })
  } finally {
    await place.close()
  }
  return watch.counts
}

const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

const inMemory = (dice: Dice): Promise<Storage> =>
  openSqliteStorage({ path: ':memory:', newId: () => Buffer.from(dice.bytes(8)).toString('hex') })

const createWatch = (place: Place, state: State) => {
  const canaries = createCanaries()
  const counts = { ...nothing }
  /** since the last look, each as it was for a while */
  let holdings: ReadonlyMap<string, readonly Holding[]> = new Map()
  let compared: string[] = []
  const greetings = new Map<Device, number>()
  const comparisons = new Map<Device, number>()
  const sent = (device: Device, type: string): number =>
    device.line.frames.filter(frame => frame.direction === 'up' && frame.message.type === type).length

  /** @param live those who were live before the step should have been told, and have nothing to compare */
  const count = (device: Device, live: boolean): void => {
    const [hellos, compares] = [sent(device, 'hello'), sent(device, 'compare')]
    if (live && hellos === greetings.get(device)) {
      counts.told++
      if (compares > comparisons.get(device)!) {
        counts.compared++
        compared.push(device.name)
      }
    }
    greetings.set(device, hellos)
    comparisons.set(device, compares)
  }

  const holdingsNow = (of: State): ReadonlyMap<string, Holding> => {
    state.now = place.time.now()
    return new Map(userIds.map(user => [user, holdingOf({ ...of, now: state.now }, user)]))
  }
  const moved = (): void => {
    const now = holdingsNow(state)
    holdings = new Map([...now].map(([user, held]) => [user, [...(holdings.get(user) ?? []), held]]))
  }
  /** Of a deleted row that the scope would hold, were it there, a device may be told that it is gone. */
  const ghosts = (): ReadonlyMap<string, Holding> =>
    holdingsNow({
      ...state,
      rows: new Map([...state.rows].map(([table, rows]) => [table, new Map([...state.dead.get(table)!, ...rows])])),
    })

  return {
    counts,
    /** something has begun that changes what devices should hold */
    moved,
    /** @returns names of devices that had to compare */
    look: async (live: boolean): Promise<readonly string[]> => {
      compared = []
      await place.quiet()
      if (place.bugs.length > 0) throw new ScopeFailure(`a bug was reported: ${place.bugs.map(textOf).join('; ')}`)
      moved()
      const gone = ghosts()
      for (const device of place.devices) {
        const held = holdings.get(device.user)!.at(-1)!
        const bad = canaries.scan(device, holdings.get(device.user)!, gone.get(device.user)!)
        if (bad.length > 0)
          throw new ScopeFailure(`${device.name} was sent what is not in its scope: ${bad.join(', ')}`)
        count(device, live && device.online)
        if (!device.online) continue
        const { state: link, fault } = device.rejoin.link.current
        if (link !== 'live') throw new ScopeFailure(`${device.name} is ${link} ${JSON.stringify(fault)}`)
        const difference = differenceOf(held, device.content())
        if (difference !== undefined) throw new ScopeFailure(`${device.name} ${difference}`)
        counts.looks++
        for (const rows of held.values()) counts.rows += rows.size
      }
      counts.canaries = canaries.found
      holdings = new Map([...holdings].map(([user, list]) => [user, list.slice(-1)]))
      return compared
    },
  }
}

const differenceOf = (expected: Holding, shown: Holding): string | undefined => {
  const lines: string[] = []
  for (const table of new Set([...expected.keys(), ...shown.keys()])) {
    const [should, does] = [expected.get(table) ?? none, shown.get(table) ?? none]
    for (const id of new Set([...should.keys(), ...does.keys()])) {
      const [wanted, found] = [should.get(id), does.get(id)]
      if (wanted === undefined) lines.push(`has ${table} ${id}, which is not in its scope`)
      else if (found === undefined) lines.push(`lacks ${table} ${id} ${JSON.stringify(wanted)}`)
      else if (!isDeepStrictEqual(wanted, found))
        lines.push(`has ${table} ${id} as ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`)
    }
  }
  return lines.length === 0 ? undefined : lines.slice(0, 8).join('\n  and ')
}

const none: ReadonlyMap<string, Row> = new Map()
