import {
  type Core,
  createCore,
  type Decision,
  environmentEntries,
  openSqliteStorage,
  type Storage,
} from '@rejoin/server'
import type { Chance } from './chance.ts'
import { type Clock, settled, START } from './clock.ts'
import { commands } from './commands.ts'
import { broken } from './failure.ts'
import type { RelayEnd } from './network.ts'
import { environmentUnder } from './places.ts'
import { byPriority, type SimulatedStrategy } from './strategies.ts'

/**
 * The relay of a world: its real engine over a real database that outlives it. Killed, it answers nothing more and
 * leaves what it had committed; a kill may be set to strike right after a commit, before anybody hears of it.
 */
export interface SimulatedRelay {
  readonly running: boolean
  core(): Core
  storage(): Storage
  start(): Promise<void>
  /** Lets work end and says goodbye. */
  stop(): Promise<void>
  kill(): Promise<void>
  /** The next commit is this process's last. */
  killAfterCommit(): void
  answer(toDevice: { send(frame: Uint8Array): void; close(code: number): void }): RelayEnd | undefined
  close(): Promise<void>
}

export interface RelayParts {
  readonly clock: Clock
  readonly chance: Chance
  readonly strategy: SimulatedStrategy
  readonly committed: (decision: Decision<unknown>) => void
  readonly failed: (error: unknown) => void
  /** all links of a dead relay break */
  readonly died: () => void
  /** planted: commits are answered before they are safe, and a kill loses the last of them */
  readonly forgetful: boolean
}

export const createRelay = async (parts: RelayParts): Promise<SimulatedRelay> => {
  const { clock, chance, forgetful } = parts
  const hex = (): string => Buffer.from(chance.bytes(8)).toString('hex')
  const open = (): Promise<Storage> => openSqliteStorage({ path: ':memory:', newId: hex })
  let disk = await open()
  const log: Decision<unknown>[] = []
  let core: Core | undefined
  let life = { alive: false, last: false }

  const environment = environmentUnder(parts.strategy)
  await disk.commit({}, () => ({ result: undefined, entries: environmentEntries(environment) }))

  const die = (): void => {
    life.alive = false
    core = undefined
    parts.died()
  }

  const rewind = async (): Promise<void> => {
    disk = await open()
    await disk.commit({}, () => ({ result: undefined, entries: environmentEntries(environment) }))
    const lost = log.findLastIndex(({ records = [] }) => records.length > 0)
    const kept = log.filter(({ head, edits = [] }, index) => index < lost || (head === undefined && edits.length === 0))
    log.splice(0, log.length, ...kept)
    for (const decision of kept) await disk.commit({}, () => decision)
  }

  return {
    get running() {
      return life.alive
    },
    core: () => core ?? broken('the relay runs', 'it does not'),
    storage: () => disk,
    start: async () => {
      const mine = { alive: true, last: false }
      life = mine
      core = await createCore({
        storage: mortal(disk, mine, log, parts.committed, die),
        identity: { verify: async token => ({ ok: true, user: token, expires: START + 10 * 365 * 24 * 3_600_000 }) },
        now: clock.now,
        random: chance.bytes,
        commands,
        strategies: [byPriority],
        log: error => {
          if (mine.alive) parts.failed(error)
        },
      })
    },
    stop: async () => {
      const stopping = core?.close()
      await settled()
      await stopping
      die()
    },
    kill: async () => {
      die()
      await settled()
      if (forgetful && log.length > 0) await rewind()
    },
    killAfterCommit: () => {
      life.last = true
    },
    answer: toDevice => {
      if (core === undefined) return undefined
      const mine = life
      const session = core.connect({
        send: frame => {
          if (mine.alive) toDevice.send(frame)
        },
        close: code => toDevice.close(code),
        buffered: () => 0,
      })
      return {
        receive: frame => {
          if (mine.alive) void session.receive(frame)
        },
        closed: () => {
          if (mine.alive) session.closed()
        },
      }
    },
    close: () => disk.close(),
  }
}

/** A storage as one relay process sees it: after its death nothing resolves any more. */
const mortal = (
  disk: Storage,
  life: { alive: boolean; last: boolean },
  log: Decision<unknown>[],
  committed: (decision: Decision<unknown>) => void,
  die: () => void,
): Storage => ({
  snapshot: read => (life.alive ? disk.snapshot(read) : never()),
  commit: async (wanted, decide) => {
    if (!life.alive) return never()
    let made: Decision<unknown> | undefined
    const result = await disk.commit(wanted, found => {
      const decision = decide(found)
      made = decision
      log.push(decision)
      // Told here, in the turn in which it is written: a reader that comes next may speak of it at once.
      committed(decision)
      return decision
    })
    if (life.last && (made?.records?.length ?? 0) > 0) die()
    return life.alive ? result : never()
  },
  createIndexes: async statements => (life.alive ? disk.createIndexes(statements) : never()),
  close: async () => {},
})

const never = <T>(): Promise<T> => new Promise<T>(() => {})
