import { setImmediate } from 'node:timers/promises'
import { type Core, createCore, type Storage, type Wake } from '@rejoin/server'
import type { Dice } from '../proofs/dice.ts'
import { createTime, type Time } from '../proofs/time.ts'
import { type Device, openDevice } from './device.ts'
import { createTeller } from './environment.ts'
import { ROOT } from './land.ts'
import type { Row, State } from './state.ts'

/** Real relays over a real database, real devices, and lines and time that a history holds. */
export interface Place {
  readonly time: Time
  readonly devices: readonly Device[]
  /** all of them in one commit */
  write(writes: readonly Write[]): Promise<void>
  /** the environment is what the state says from now on */
  tell(state: State): Promise<void>
  open(name: string, user: string): Promise<Device>
  cut(device: Device): void
  join(device: Device): void
  /** one relay, where there are several */
  restart(): Promise<void>
  /** nothing moves any more */
  still(): Promise<void>
  /** everybody who can be live is, and has heard everything. Seconds pass. */
  quiet(): Promise<void>
  readonly bugs: readonly unknown[]
  close(): Promise<void>
}

export interface Write {
  readonly kind: 'create' | 'update' | 'delete'
  readonly table: string
  readonly id: string
  /** by column; null clears */
  readonly values: Row
}

export interface PlaceParts {
  readonly storage: Storage
  readonly state: State
  readonly dice: Dice
  /** over the one database; default 1 */
  readonly relays?: number
  readonly deceive?: (state: State) => State
  /** hears of every row as it was written, by whomever */
  readonly onWritten?: (row: Written) => void
}

export interface Written {
  readonly table: string
  readonly id: string
  readonly rev: number
  /** undefined where it was deleted */
  readonly row: Row | undefined
}

export const openPlace = async ({
  storage: database,
  state,
  dice,
  relays = 1,
  deceive = as => as,
  onWritten = () => {},
}: PlaceParts): Promise<Place> => {
  let busy = 0
  const counted = <T>(work: Promise<T>): Promise<T> => {
    busy++
    return work.finally(() => busy--)
  }
  // It outlives the relays that stand over it.
  const storage: Storage = {
    ...database,
    snapshot: read => counted(database.snapshot(read)),
    commit: (wanted, decide) => counted(database.commit(wanted, decide)),
    createIndexes: statements => counted(database.createIndexes(statements)),
    close: async () => {},
  }
  const devices: Device[] = []
  const bugs: unknown[] = []
  const report = (error: unknown): void => void bugs.push(error)

  const still = async (): Promise<void> => {
    const moves = (): number => devices.reduce((sum, { line }) => sum + line.moved, 0)
    for (let quiet = 0, before = moves(); quiet < 8; quiet++) {
      await setImmediate()
      if (moves() !== before || busy > 0) quiet = 0
      before = moves()
    }
  }
  const time = createTime(still, state.now)
  const teller = createTeller(storage)
  await teller(deceive(state))

  const wakes = createWakes()
  const start = async (): Promise<Core> => {
    const core = await createCore({
      storage,
      ...(relays === 1 ? {} : { wake: wakes.join() }),
      identity: { verify: async token => ({ ok: true, user: token, expires: Number.MAX_SAFE_INTEGER }) },
      now: time.now,
      random: length => dice.bytes(length),
      log: report,
    })
    core.onCommit(({ changed }) => {
      for (const { table, id, rev, after } of changed)
        onWritten({ table, id, rev, row: after.deleted ? undefined : after.fields })
    })
    return core
  }
  const cores: Core[] = []
  for (let n = 0; n < relays; n++) cores.push(await start())
  const anyCore = (): Core => dice.pick(cores)
  /** nobody reaches a relay that stops, and whoever has something for it waits for the next */
  let restarting: Promise<void> = Promise.resolve()
  const restart = async (): Promise<void> => {
    const [stopping] = cores.splice(dice.number(cores.length), 1)
    await stopping!.close()
    cores.push(await start())
  }
  let edits = 0

  let writing: Promise<void> = Promise.resolve()
  const write = async (writes: readonly Write[]): Promise<void> => {
    await restarting
    const core = anyCore()
    const person = core.environment().person(ROOT)!
    const judged = await core.committer.submit(
      writes.map(({ kind, table, id, values }) => ({
        ...{ from: 'online' as const, id: `edit-${++edits}`, person, kind, table },
        ...{ record: id, values: kind === 'delete' ? {} : values },
      })),
    )
    for (const { answer } of judged) {
      if (answer.status !== 'applied') throw new Error(`a write was ${JSON.stringify(answer)}`)
    }
  }

  const second = async (): Promise<void> => {
    await time.pass(1_000)
    for (const core of cores) core.tick()
    await still()
  }

  return {
    time,
    devices,
    write: writes => {
      // In the order they were made, whichever relay has them.
      const done = writing.then(() => write(writes))
      writing = done.catch(() => {})
      return done
    },
    tell: async next => {
      await teller(deceive(next))
      await restarting
      await anyCore().reload()
    },
    open: async (name, user) => {
      const device = await openDevice({
        name,
        user,
        relay: () => (cores.length > 0 ? anyCore() : undefined),
        time,
        dice,
        report,
      })
      devices.push(device)
      return device
    },
    cut: device => {
      device.online = false
      device.line.cut()
    },
    join: device => {
      device.online = true
      device.line.join()
      device.rejoin.disconnect()
      device.rejoin.connect()
    },
    restart: () => {
      restarting = restarting.then(restart)
      return restarting
    },
    still,
    quiet: async () => {
      await second()
      await second()
      const waits = (): boolean => devices.some(({ online, rejoin }) => online && rejoin.link.current.state !== 'live')
      for (let seconds = 0; waits() && seconds < 120; seconds++) await second()
    },
    bugs,
    close: async () => {
      for (const device of devices) await device.rejoin.close()
      for (const core of cores) await core.close()
      await database.close()
    },
  }
}

/** Relays of one process tell one another what they committed. */
const createWakes = (): { join(): Wake } => {
  const joined = new Map<object, () => void>()
  return {
    join: () => {
      const own = {}
      return {
        notify: () => {
          for (const [other, wake] of joined)
            if (other !== own)
              setImmediate()
                .then(wake)
                .catch(() => {})
        },
        onWake: listener => {
          joined.set(own, listener)
          return () => joined.delete(own)
        },
        close: async () => void joined.delete(own),
      }
    },
  }
}
