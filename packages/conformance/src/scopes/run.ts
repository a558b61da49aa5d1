import { isDeepStrictEqual } from 'node:util'
import { openSqliteStorage, type Storage } from '@rejoin/server'
import { createDice, type Dice } from '../proofs/dice.ts'
import { beginState, createMint, userIds } from './land.ts'
import { openPlace, type Written } from './place.ts'
import type { State } from './state.ts'
import { anyStep, type History } from './steps.ts'
import { type Counts, createWatch, ScopeFailure } from './watch.ts'

export interface Options {
  readonly seed: number
  readonly steps: number
  /** default: a database in memory */
  readonly storage?: () => Promise<Storage>
  /** over the one database; default 1 */
  readonly relays?: number
  /** what the relay is made to believe of the environment; to see that a relay that errs is found out */
  readonly deceive?: (state: State) => State
  /** hears of each step, as it happened */
  readonly trace?: (line: string) => void
}

/** One history: a world from a seed, and after every step each connected device against the oracle. */
export const runHistory = async ({
  seed,
  steps,
  storage,
  relays = 1,
  deceive,
  trace = () => {},
}: Options): Promise<Counts> => {
  const dice = createDice(seed)
  const mint = createMint()
  const state = beginState(dice, mint)
  const revs = new Map<string, number>()
  const place = await openPlace({
    storage: await (storage ?? (() => inMemory(dice)))(),
    state,
    relays,
    dice: createDice(seed + 1),
    onWritten: written => {
      // Of several relays each tells of it, in its own time.
      if ((revs.get(written.id) ?? 0) >= written.rev) return
      revs.set(written.id, written.rev)
      if (learn(state, written)) watch.moved()
    },
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

/** What devices write is settled by the relay: the state follows. @returns whether it is news */
const learn = ({ rows, dead }: State, { table, id, row }: Written): boolean => {
  const [live, gone] = [rows.get(table)!, dead.get(table)!]
  const before = live.get(id)
  if (isDeepStrictEqual(before, row)) return false
  if (row === undefined) {
    live.delete(id)
    gone.set(id, before!)
  } else {
    gone.delete(id)
    live.set(id, row)
  }
  return true
}

const inMemory = (dice: Dice): Promise<Storage> =>
  openSqliteStorage({ path: ':memory:', newId: () => Buffer.from(dice.bytes(8)).toString('hex') })
