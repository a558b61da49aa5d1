import {
  type Connect,
  createDevice,
  type Host,
  type OutboxEntry,
  type PeerTransport,
  type Rejoin,
  RejoinFault,
} from '@rejoin/client'
import type { Edit, Fields, Value } from '@rejoin/profile'
import type { Chance } from './chance.ts'
import { type Clock, settled } from './clock.ts'
import { commandOn, commands } from './commands.ts'
import { createDisk, type Disk } from './disk.ts'
import { createRevisionWatch } from './invariants/revisions.ts'
import type { DeviceEnd, Network } from './network.ts'
import { columnsOf, holdsTable, primaryKey, type User } from './places.ts'
import { byPriority } from './strategies.ts'
import type { Write } from './users.ts'

/** A device of a world: the real client on a disk that outlives it, over the test's network and clock. */
export interface SimulatedDevice {
  readonly index: number
  readonly user: User
  readonly disk: Disk
  readonly running: boolean
  start(): Promise<void>
  /** closed by its user */
  stop(): Promise<void>
  /** killed: promises of the program that died never matter again */
  crash(): Promise<void>
  fingerprint(table: string): string
  /** live records as the user sees them, in id order */
  rows(table: string): readonly { readonly id: string; readonly fields: Fields }[]
  /** each a save of its own, not waiting for the one before */
  write(writes: readonly Write[]): void
  group(writes: readonly Write[]): void
  /** another device is in reach; @returns ends it */
  meet(transport: PeerTransport): () => void
  entries(): readonly OutboxEntry[]
  act(edit: string, choice: 'discard' | 'retry' | 'mine' | 'theirs'): void
}

export interface DeviceParts {
  readonly index: number
  readonly user: User
  readonly clock: Clock
  readonly network: Network
  readonly chance: Chance
  readonly forgetful: boolean
  /** an edit, or its state, has reached the disk */
  readonly saved: (edit: Edit) => void
  /** runs what a watcher found out of the device's way */
  readonly watched: (watch: () => void) => void
  readonly died: () => void
  readonly alarm: (error: unknown) => void
}

export const createSimulatedDevice = (parts: DeviceParts): SimulatedDevice => {
  const { index, user, network } = parts
  let life: Life | undefined
  let rejoin: Rejoin | undefined
  const watchRevisions = createRevisionWatch(index)
  const disk = createDisk(changes => {
    parts.watched(() => watchRevisions(changes))
    for (const change of changes) {
      if ('put' in change && change.put === 'outbox') parts.saved((change.value as unknown as { edit: Edit }).edit)
    }
  }, parts.forgetful)

  const start = async (): Promise<void> => {
    const mine: Life = { alive: true }
    life = mine
    const device = await createDevice({
      store: disk.open(),
      host: hostOf(parts, mine),
      connect: connectOver(network, index, mine),
      token: user,
      app: 'simulator',
      commands,
      strategies: [byPriority],
    })
    if (!mine.alive) return
    rejoin = device
    device.connect()
  }

  const crash = async (): Promise<void> => {
    if (life !== undefined) life.alive = false
    life = undefined
    rejoin = undefined
    parts.died()
    for (const link of network.links().filter(({ device }) => device === index)) network.cut(link)
    disk.crash()
    await settled()
  }

  /** What the device refuses on the spot is no edit, and no failure. */
  const tried = (work: (device: Rejoin) => Promise<unknown>): void => {
    const mine = life
    if (rejoin === undefined || mine === undefined) return
    work(rejoin).catch((error: unknown) => {
      if (mine.alive && !(error instanceof RejoinFault)) parts.alarm(error)
    })
  }

  return {
    index,
    user,
    disk,
    get running() {
      return rejoin !== undefined
    },
    start,
    stop: async () => {
      await rejoin?.close()
      await crash()
    },
    crash,
    fingerprint: table => rejoin?.fingerprint()[table]?.fingerprint ?? 'none',
    rows: table => (rejoin === undefined || !holdsTable(user, table) ? [] : rowsOf(rejoin, table)),
    write: writes => {
      for (const { kind, table, record, values } of writes) {
        tried(async device => {
          const api = device.table(table)
          if (kind === 'create') await api.create({ [primaryKey(table)]: record, ...values })
          else if (kind === 'update') await api.update(record, values)
          else if (kind === 'command') await api.run(commandOn(table), record, values as never)
          else await api.delete(record)
        })
      }
    },
    group: writes =>
      tried(device =>
        device.group(group => {
          for (const { kind, table, record, values } of writes) {
            const api = group.table(table)
            if (kind === 'create') api.create({ [primaryKey(table)]: record, ...values })
            else if (kind === 'update') api.update(record, values)
            else if (kind === 'command') api.run(commandOn(table), record, values as never)
            else api.delete(record)
          }
        }),
      ),
    meet: transport => rejoin?.meet(transport) ?? (() => {}),
    entries: () => rejoin?.outbox.current ?? [],
    act: (edit, choice) =>
      tried(async device => {
        const entry = device.outbox.current.find(({ id }) => id === edit)
        if (choice === 'discard') await entry?.discard()
        else if (choice === 'retry') await entry?.retry()
        else await entry?.resolve(choice)
      }),
  }
}

interface Life {
  alive: boolean
}

const hostOf = ({ clock, chance, alarm }: DeviceParts, life: Life): Host => ({
  now: clock.now,
  random: chance.bytes,
  after: (ms, run) =>
    clock.after(ms, () => {
      if (life.alive) run()
    }),
  report: error => {
    if (life.alive) alarm(error)
  },
})

const connectOver =
  (network: Network, index: number, life: Life): Connect =>
  handlers => {
    const end: DeviceEnd = {
      receive: frame => {
        if (life.alive) handlers.message(frame)
      },
      closed: code => {
        if (life.alive) handlers.closed(code)
      },
    }
    const line = network.dial(index, end)
    // Nothing comes back before a socket is handed over.
    void Promise.resolve().then(() => {
      if (!life.alive) return
      if (line === undefined) handlers.closed(1006)
      else handlers.opened()
    })
    return { send: frame => line?.send(frame), close: () => line?.close() }
  }

const rowsOf = (rejoin: Rejoin, table: string): { id: string; fields: Fields }[] => {
  // Before the first grant a device knows no tables.
  if (rejoin.link.current.state === 'offline' && !rejoin.ready) return []
  const query = rejoin.table(table).query()
  const rows = query.current as readonly Readonly<Record<string, Value>>[]
  query.close()
  return rows
    .map(row => ({
      id: String(row[primaryKey(table)]),
      fields: Object.fromEntries(
        columnsOf[table]!.flatMap(column => ((row[column] ?? null) === null ? [] : [[column, row[column]!]])),
      ),
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
