import { setImmediate } from 'node:timers/promises'
import { type Core, createCore, type Storage } from '@rejoin/server'
import type { Dice } from '../proofs/dice.ts'
import { createTime, type Time } from '../proofs/time.ts'
import { type Device, openDevice } from './device.ts'
import { createTeller } from './environment.ts'
import { ROOT } from './land.ts'
import type { Row, State } from './state.ts'

/** A real relay over a real database, real devices, and lines and time that a history holds. */
export interface Place {
  readonly time: Time
  readonly core: Core
  readonly devices: readonly Device[]
  /** all of them in one commit */
  write(writes: readonly Write[]): Promise<void>
  /** the environment is what the state says from now on */
  tell(state: State): Promise<void>
  open(name: string, user: string): Promise<Device>
  cut(device: Device): void
  join(device: Device): void
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
  readonly deceive?: (state: State) => State
}

export const openPlace = async ({ storage: database, state, dice, deceive = as => as }: PlaceParts): Promise<Place> => {
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

  const start = (): Promise<Core> =>
    createCore({
      storage,
      identity: { verify: async token => ({ ok: true, user: token, expires: Number.MAX_SAFE_INTEGER }) },
      now: time.now,
      random: length => dice.bytes(length),
      log: report,
    })
  let core = await start()
  let edits = 0

  const second = async (): Promise<void> => {
    await time.pass(1_000)
    core.tick()
    await still()
  }

  return {
    time,
    get core() {
      return core
    },
    devices,
    write: async writes => {
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
    },
    tell: async next => {
      await teller(deceive(next))
      await core.reload()
    },
    open: async (name, user) => {
      const relay = (): Core => core
      const device = await openDevice({ name, user, relay, time, dice, report })
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
    restart: async () => {
      await core.close()
      core = await start()
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
      await core.close()
      await database.close()
    },
  }
}
