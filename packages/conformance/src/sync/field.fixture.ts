import { randomBytes } from 'node:crypto'
import {
  type Connect,
  createDevice,
  createMemoryDisk,
  type Host,
  type MemoryDisk,
  type Rejoin,
  systemHost,
} from '@rejoin/client'
import { fingerprintText, readFlat, type SchemaSource, type StrategyName, unpackEnvelope } from '@rejoin/profile'
import { type Core, createCore, createDevelopmentIssuer, environmentEntries, openSqliteStorage } from '@rejoin/server'

/** A relay's engine and devices, joined by lines that can be cut: no sockets, real frames, real stores. */

export const schema = {
  tables: [
    {
      name: 'account',
      ownership: 'organization',
      primaryKey: 'accountid',
      primaryName: 'name',
      columns: [
        { name: 'accountid', type: 'guid' },
        { name: 'name', type: 'string', required: true },
      ],
    },
    {
      name: 'visit',
      ownership: 'user',
      primaryKey: 'visitid',
      primaryName: 'title',
      columns: [
        { name: 'visitid', type: 'guid' },
        { name: 'title', type: 'string', required: true, maxLength: 80 },
        { name: 'state', type: 'string' },
        { name: 'minutes', type: 'integer' },
        { name: 'account', type: 'lookup', target: 'account' },
        { name: 'ownerid', type: 'lookup', targets: ['systemuser', 'team'], external: true },
      ],
    },
  ],
  roles: [{ name: 'office', tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } } }],
} as const satisfies SchemaSource

export interface Field {
  readonly core: Core
  open(user: string, disk?: MemoryDisk, host?: Partial<Host>): Promise<Device>
  /** a record as the relay has it */
  stored(table: string, id: string): Promise<Readonly<Record<string, unknown>> | undefined>
  /** resolves when nobody has anything to say any more */
  quiet(...devices: readonly Device[]): Promise<void>
  close(): Promise<void>
}

export interface Device extends Rejoin<typeof schema> {
  readonly disk: MemoryDisk
  /** the line is lost without a word */
  cut(): void
  /** refuses new lines until called again with true */
  reachable(reachable: boolean): void
  /** ends as a killed program does, and opens again on what its disk holds */
  crash(): Promise<Device>
}

export const openField = async (
  settings: {
    readonly strategy?: StrategyName
    readonly strategies?: Readonly<Record<string, StrategyName>>
    readonly where?: string
  } = {},
): Promise<Field> => {
  const storage = await openSqliteStorage({ path: ':memory:', newId: () => randomBytes(8).toString('hex') })
  const filter =
    settings.where === undefined
      ? ({ kind: 'all' } as const)
      : ({ kind: 'custom', where: { column: 'state', op: 'eq', value: settings.where } } as const)
  const entries = environmentEntries({
    schema,
    settings: { strategy: settings.strategy ?? 'clientWins', strategies: settings.strategies ?? {} },
    directory: { users: ['ana', 'bo'].map(id => ({ id, name: id, roles: ['office'] })) },
    people: [],
    profiles: [
      {
        profile: {
          name: 'all',
          version: 1,
          items: [
            { table: 'account', filter: { kind: 'all' } },
            { table: 'visit', filter },
          ],
        },
        members: { everyone: true },
      },
    ],
  })
  await storage.commit({}, () => ({ result: undefined, entries }))
  const issuer = await createDevelopmentIssuer()
  const errors: unknown[] = []
  const core = await createCore({
    storage,
    identity: issuer.identity,
    now: Date.now,
    random: length => randomBytes(length),
    log: error => errors.push(error),
  })
  const opened: Rejoin<typeof schema>[] = []

  const open = async (
    user: string,
    disk: MemoryDisk = createMemoryDisk(),
    host: Partial<Host> = {},
  ): Promise<Device> => {
    const lines = new Set<() => void>()
    let reachable = true
    const connect: Connect = handlers => {
      const ended = (code: number): void => {
        if (!lines.delete(lost)) return
        session?.closed()
        handlers.closed(code)
      }
      const lost = (): void => ended(1006)
      lines.add(lost)
      const session = reachable
        ? core.connect({
            send: frame => setImmediate(() => lines.has(lost) && handlers.message(frame.slice())),
            close: code => setImmediate(() => ended(code)),
            buffered: () => 0,
          })
        : undefined
      setImmediate(() => (session === undefined ? lost() : handlers.opened()))
      return {
        send: frame => setImmediate(() => lines.has(lost) && void session?.receive(frame.slice())),
        close: code => setImmediate(() => ended(code ?? 1000)),
      }
    }
    const device = await createDevice<typeof schema>({
      store: disk.open(),
      host: { ...systemHost, report: error => errors.push(error), ...host },
      connect,
      token: () => issuer.token(user),
      app: 'test',
    })
    opened.push(device)
    const cut = (): void => {
      for (const lost of lines) lost()
    }
    return Object.assign(Object.create(Object.prototype) as object, device, {
      get ready() {
        return device.ready
      },
      disk,
      cut,
      reachable: (now: boolean) => {
        reachable = now
        if (!now) cut()
      },
      crash: async () => {
        device.disconnect()
        disk.crash()
        return open(user, disk, host)
      },
    }) as Device
  }

  return {
    core,
    open,
    stored: async (table, id) => {
      const [found] = await storage.snapshot(view => view.records([{ table, id }]))
      if (found === undefined) return undefined
      const { fields, deleted } = readFlat(unpackEnvelope(found.envelope).bytes)
      return deleted ? undefined : fields
    },
    quiet: async (...devices) => {
      for (let calm = 0; calm < 5;) {
        await new Promise(resolve => setTimeout(resolve, 4))
        const settled = devices.every(({ outbox, link }) => {
          const busy = outbox.current.some(
            ({ state }) => state === 'waiting' || state === 'sent' || state === 'accepted',
          )
          return link.current.state === 'offline' || (link.current.state === 'live' && !busy)
        })
        calm = settled ? calm + 1 : 0
      }
    },
    close: async () => {
      for (const device of opened) await device.close()
      await core.close()
      if (errors.length > 0) throw errors[0]
    },
  }
}

export const fingerprintOf = fingerprintText
