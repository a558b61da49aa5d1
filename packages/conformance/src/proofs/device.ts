import {
  createDevice,
  type DeviceOptions as ClientOptions,
  type MemoryDisk,
  type Network,
  type OutboxEntry,
  type Query,
  type Rejoin,
  type Token,
} from '@rejoin/client'
import type { Core } from '@rejoin/server'
import { commands } from './commands.ts'
import type { Dice } from './dice.ts'
import { createLine, type Line } from './line.ts'
import type { Values } from './office.ts'
import type { Time } from './time.ts'
import { type User, worldSchema } from './world.ts'

/**
 * A device as its user and its misfortunes see it: the real client over a disk that outlives it and a line that may
 * be cut. Whatever it says, it says through the client's own API.
 */
export interface Device {
  readonly user: User
  readonly line: Line
  readonly disk: MemoryDisk
  readonly rejoin: Rejoin
  /** somebody sets its clock: ms it is off from now on */
  setClock(ms: number): void
  /** HTTP requests it made */
  readonly asked: number
  id(): string
  status(): string
  fault(): { readonly code: string } | undefined

  offline(): void
  /** the way is back; the device comes by itself when its back-off lets it */
  reach(): void
  /** the way is back and the device takes it, all the way */
  online(): Promise<void>
  /** a pass: leaves and comes back */
  refresh(): Promise<void>
  /** closed and opened again, as the user does */
  reopen(): Promise<void>
  /** killed and opened again */
  crash(): Promise<void>
  close(): Promise<void>

  create(table: string, id: string | undefined, values: Record<string, unknown>): Promise<string>
  update(table: string, id: string, values: Record<string, unknown>): Promise<void>
  remove(table: string, id: string): Promise<void>
  row(table: string, id: string): Values | undefined
  rows(table: string, query?: Query): readonly Values[]
  mark(table: string, id: string): 'pending' | 'error' | undefined

  entries(): readonly OutboxEntry[]
  /** the first entry, of a record where one is named */
  entry(record?: string): OutboxEntry
  discard(record?: string): Promise<void>
  /** edit ids of withdrawals that came too late, since it was opened */
  late(): readonly string[]
  ledger(): Rejoin['ledger']['current']
}

export interface DeviceOptions extends Pick<ClientOptions, 'consolidate' | 'documents' | 'strategies'> {
  readonly user: User
  readonly relay: () => Core
  /** the relay's HTTP app, over the same way */
  readonly request: (path: string, request: RequestInit | undefined) => Promise<Response>
  readonly time: Time
  readonly calm: () => Promise<void>
  readonly dice: Dice
  readonly report: (error: unknown) => void
  /** ms its clock is off */
  readonly clock: number
  readonly disk: MemoryDisk
  readonly network?: Network | undefined
  /** how it gets a token, where it is more than its user's name */
  readonly token?: Token | undefined
  /** of its app, when it is opened */
  readonly release?: (() => number) | undefined
}

export const openDevice = async (options: DeviceOptions): Promise<Device> => {
  const {
    user,
    time,
    calm,
    dice,
    disk,
    report,
    consolidate,
    documents,
    strategies,
    network,
    token = user,
    release,
  } = options
  let { clock } = options
  let asked = 0
  const line = createLine(options.relay)
  let rejoin: Rejoin
  let life = 0
  let late: string[] = []

  const open = async (): Promise<void> => {
    const mine = ++life
    late = []
    rejoin = await createDevice({
      store: disk.open(),
      host: {
        now: () => time.now() + clock,
        ...(network === undefined ? {} : { network }),
        random: length => dice.bytes(length),
        after: (ms, run) => time.after(ms, () => (mine === life ? run() : undefined)),
        report: error => (mine === life ? report(error) : undefined),
      },
      token,
      url: 'http://relay',
      fetch: async (input, request) => {
        asked++
        if (!line.reachable) throw new TypeError('no way to the relay')
        return options.request(String(input).slice('http://relay'.length), request)
      },
      app: 'proofs',
      ...(release === undefined ? {} : { release: release() }),
      commands,
      ...(consolidate === undefined ? {} : { consolidate }),
      ...(documents === undefined ? {} : { documents }),
      ...(strategies === undefined ? {} : { strategies }),
      connect: handlers => {
        const end = { opened: handlers.opened, receive: handlers.message, closed: handlers.closed }
        const dialled = mine === life ? line.dial(end) : undefined
        if (dialled === undefined) setImmediate(() => handlers.closed(1006))
        return { send: frame => dialled?.send(frame), close: () => dialled?.close() }
      },
    })
    rejoin.late.subscribe(ids => late.push(...ids))
    rejoin.connect()
  }
  const table = (name: string) => rejoin.table(name)

  const entry = (record?: string): OutboxEntry => {
    const found = rejoin.outbox.current.find(each => record === undefined || each.record === record)
    if (found === undefined) throw new Error(`no entry of ${record ?? 'anything'} in ${user}'s outbox`)
    return found
  }

  await open()
  return {
    user,
    line,
    disk,
    get rejoin() {
      return rejoin
    },
    setClock: ms => {
      clock = ms
    },
    get asked() {
      return asked
    },
    id: () => rejoin.id,
    status: () => rejoin.link.current.state,
    fault: () => rejoin.link.current.fault,

    offline: () => line.cut(),
    reach: () => line.join(),
    online: async () => {
      rejoin.disconnect()
      line.join()
      rejoin.connect()
      await calm()
    },
    refresh: async () => {
      rejoin.disconnect()
      rejoin.connect()
      await calm()
    },
    reopen: async () => {
      await rejoin.close()
      await open()
    },
    crash: async () => {
      life++
      line.lose()
      disk.crash()
      await open()
    },
    close: () => rejoin.close(),

    create: (name, id, values) => table(name).create(id === undefined ? values : { [keyOf(name)]: id, ...values }),
    update: (name, id, values) => table(name).update(id, values),
    remove: (name, id) => table(name).delete(id),
    row: (name, id) => table(name).get(id),
    rows: (name, query) => {
      const found = table(name).query(query)
      found.close()
      return found.current
    },
    mark: (name, id) => rejoin.outbox.mark(name, id),

    entries: () => rejoin.outbox.current,
    entry,
    discard: record => entry(record).discard(),
    late: () => late,
    ledger: () => rejoin.ledger.current,
  }
}

const keyOf = (table: string): string => worldSchema.tables.find(({ name }) => name === table)?.primaryKey ?? 'id'
