import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { createMemoryDisk, type MemoryDisk, type Network, type Observable, type Token } from '@rejoin/client'
import type { Fields, Person, ProfileItem, SchemaSource, StrategyName, Value } from '@rejoin/profile'
import {
  createRelay,
  type Entry,
  environmentEntries,
  openSqliteStorage,
  type Relay,
  type RelayOptions,
  type Settings,
  type Rule,
  type Storage,
  type StoredEdit,
  schemaEntries,
} from '@rejoin/server'
import { expect } from 'vitest'
import { commands as known } from './commands.ts'
import { type Device, openDevice } from './device.ts'
import { createDice } from './dice.ts'
import { holds, sees } from './holding.ts'
import { createOffice, type Office, type Values } from './office.ts'
import { createTime, START, type Time } from './time.ts'
import { type User, worldUnder } from './world.ts'

export { createDice } from './dice.ts'

/**
 * The whole path without sockets: the real relay with its HTTP app over a database in memory, real devices over
 * memory disks, lines between them that the proof holds, and time that passes only when it says so.
 */
export interface Rig {
  readonly relay: Relay
  readonly storage: Storage
  readonly time: Time
  /** the back office: olga */
  readonly office: Office
  officeOf(user: User): Office
  /** opens a device and brings it all the way to live, unless it is to stay `unsynced` */
  device(user: User, options?: DeviceChoice): Promise<Device>
  /** many records at once, by column id, written by the office through the same commit path */
  fill(table: string, ids: readonly string[], fields: (id: string) => Fields, kind?: 'create' | 'update'): Promise<void>
  /** the relay is gone, stopped or killed without a word, and another one serves the same database */
  restart(how: 'stop' | 'kill'): Promise<void>
  /** nothing moves any more; no time passes */
  still(): Promise<void>
  /** the same, and a second passes: pauses between messages end */
  calm(): Promise<void>
  pass(ms: number): Promise<void>
  /** Each device that is live with nothing in its outbox shows exactly what its user may hold of what the office sees. */
  agree(): Promise<void>
  /** every visible change, in the order of commits, by column id */
  applied(): readonly Applied[]
  head(): Promise<number>
  revOf(table: string, id: string): Promise<number | undefined>
  /** what the relay keeps of edits, in the order asked for; undefined where it has none */
  stored(edits: readonly string[]): Promise<readonly (StoredEdit | undefined)[]>
  setSchema(schema: SchemaSource): Promise<void>
  setStrategy(strategy: StrategyName): Promise<void>
  /** hours a cache lives */
  setCacheHours(cacheHours: number): Promise<void>
  setRules(rules: readonly Rule[]): Promise<void>
  setPerson(person: Person): Promise<void>
  setSettings(settings: Partial<Settings>): Promise<void>
  /** what a profile of the world selects from now on */
  setItems(profile: string, items: readonly ProfileItem[]): Promise<void>
  /** as an administrator does it */
  removeUser(user: User): Promise<void>
  /** turns of the event loop that the database takes to begin to read: others are at work meanwhile */
  slow(turns: () => number): void
  /** whether the identity provider knows anybody */
  signIns(known: boolean): void
  /** what was reported as bugs by relay or devices: checked at the end of every proof */
  bugs(): readonly unknown[]
  close(): Promise<void>
}

export interface Applied {
  readonly table: string
  readonly id: string
  readonly rev: number
  readonly fields: Fields
  readonly deleted: boolean
}

export interface DeviceChoice {
  /** ms its clock is off */
  readonly clock?: number
  readonly disk?: MemoryDisk
  readonly unsynced?: boolean
  readonly network?: Network
  readonly consolidate?: boolean
  /** documents whose text is on it */
  readonly documents?: Observable<ReadonlySet<string>>
  /** instead of its user's name; `NAME until MS` ends then (ms since 1970) */
  readonly token?: Token
  /** of its app, when it is opened */
  readonly release?: () => number
  /** default: those of the relay */
  readonly strategies?: RelayOptions['strategies']
}

interface RigChoice extends Pick<RelayOptions, 'commands' | 'rules' | 'strategies'> {
  readonly seed?: number
  /** what stands between the relay and its database */
  readonly storage?: (database: Storage) => Storage
  /** bugs of what an application brings, which the relay is to report and to get on with */
  readonly expectedBug?: (error: unknown) => boolean
}

export const openRig = async (
  strategy?: StrategyName,
  {
    seed = 1,
    commands = known,
    rules = [],
    strategies = [],
    storage: between = same,
    expectedBug = () => false,
  }: RigChoice = {},
): Promise<Rig> => {
  const database = await openSqliteStorage({ path: ':memory:', newId: () => randomBytes(8).toString('hex') })
  let reading = 0
  let slowness = (): number => 0
  const storage: Storage = {
    ...between(database),
    // It outlives the relays over it.
    close: async () => {},
    snapshot: async read => {
      reading++
      for (let turn = slowness(); turn > 0; turn--) await setImmediate()
      return database.snapshot(read).finally(() => reading--)
    },
  }
  const world = environmentEntries(worldUnder(strategy))
  const entries = strategy === undefined ? world.filter(({ id }) => id !== 'settings') : world
  await storage.commit({}, () => ({ result: undefined, entries }))
  const bugs: unknown[] = []
  const selected = new Map<string, readonly ProfileItem[]>()
  let publications = 1
  const devices: Device[] = []
  const dice = createDice(seed)
  let signIns = true

  const still = async (): Promise<void> => {
    const moves = (): number => devices.reduce((sum, { line }) => sum + line.moved, 0)
    for (let quiet = 0, before = moves(); quiet < 8; quiet++) {
      await setImmediate()
      const now = moves()
      // A relay that reads many rows gives others their turn between steps: it is not still.
      if (now !== before || reading > 0) quiet = 0
      before = now
    }
  }
  const time = createTime(still)
  const applied: Applied[] = []
  const startRelay = async (): Promise<Relay> => {
    const started = await createRelay({
      storage,
      identity: {
        verify: async token => {
          const [user = '', until] = token.split(' until ')
          const expires = until === undefined ? START + 10 * 365 * 86_400_000 : Number(until)
          return signIns && expires > time.now()
            ? { ok: true, user, expires }
            : { ok: false, why: 'the sign-in has expired' }
        },
      },
      now: time.now,
      commands,
      rules,
      strategies,
      // The one place where a relay tells of its own bugs.
      log: { error: (error: unknown) => void (expectedBug(error) || bugs.push(error)) } as never,
    })
    started.core.onCommit(({ changed }) => {
      for (const { table, id, rev, after } of changed)
        applied.push({ table, id, rev, fields: after.fields, deleted: after.deleted })
    })
    return started
  }
  let relay = await startRelay()
  const calm = (): Promise<void> => time.pass(1_000)
  const write = async (...entries: readonly Entry[]): Promise<void> => {
    await storage.commit({}, () => ({ result: undefined, entries }))
    await relay.core.reload()
  }
  const settings = (): Settings => relay.core.environment().settings

  return {
    get relay() {
      return relay
    },
    storage,
    time,
    office: createOffice(() => relay, 'olga'),
    officeOf: user => createOffice(() => relay, user),
    device: async (user, { clock = 0, disk = createMemoryDisk(), unsynced = false, ...own } = {}) => {
      const device = await openDevice({
        ...own,
        user,
        clock,
        disk,
        time,
        calm,
        relay: () => relay.core,
        request: async (path, request) => relay.app.request(path, request),
        dice: createDice(dice.number(2 ** 31)),
        report: error => void bugs.push(error),
        strategies: own.strategies ?? strategies,
      })
      devices.push(device)
      if (unsynced) return device
      await calm()
      expect(device.status(), `${user} is live`).toBe('live')
      return device
    },
    fill: async (table, ids, fields, kind = 'create') => {
      const { core } = relay
      const person = core.environment().person('olga')!
      for (let at = 0; at < ids.length; at += 500) {
        const judged = await core.committer.submit(
          ids.slice(at, at + 500).map(record => ({
            from: 'online' as const,
            id: randomBytes(8).toString('hex'),
            person,
            kind,
            table,
            record,
            values: fields(record),
          })),
        )
        for (const { answer } of judged) expect(answer.status).toBe('applied')
      }
    },
    restart: async how => {
      const before = relay
      if (how === 'kill') for (const { line } of devices) line.lose()
      await before.close()
      relay = await startRelay()
      await still()
    },
    still,
    calm,
    pass: time.pass,
    agree: async () => {
      await calm()
      const office = createOffice(() => relay, 'olga')
      for (const table of ['workorder', 'account', 'annotation']) {
        const rows = await office.rows(table)
        for (const device of devices) {
          if (device.status() !== 'live' || device.entries().length > 0) continue
          const expected = rows
            .filter(({ values }) => holds(device.user, table, values))
            .map(({ values }) => only(device.user, table, values))
          const shown = device.rows(table).map(values => only(device.user, table, values, true))
          expect(shown, `${device.user}'s ${table}`).toEqual(expected)
        }
      }
    },
    applied: () => applied,
    head: () => storage.snapshot(async view => view.head.rev),
    revOf: async (table, id) => (await storage.snapshot(view => view.records([{ table, id }])))[0]?.rev,
    stored: async edits => {
      const found = await storage.snapshot(view => view.edits(edits))
      return edits.map(edit => found.find(each => each.edit === edit))
    },
    setSchema: schema => write(...schemaEntries(schema)),
    setCacheHours: cacheHours => write({ kind: 'environment', id: 'settings', value: { ...settings(), cacheHours } }),
    setStrategy: strategy_ =>
      write({ kind: 'environment', id: 'settings', value: { strategy: strategy_, strategies: {} } }),
    setRules: rules => write({ kind: 'environment', id: 'settings', value: { ...settings(), rules } }),
    setSettings: some => write({ kind: 'environment', id: 'settings', value: { ...settings(), ...some } }),
    setItems: (name, items) => {
      selected.set(name, items)
      return write(
        ...environmentEntries(worldUnder(strategy, selected, ++publications)).filter(({ kind }) => kind === 'profile'),
      )
    },
    removeUser: async user => {
      await storage.commit({}, () => ({
        result: undefined,
        removedEntries: [{ kind: 'person', id: user }],
        entries: [{ kind: 'leaver', id: user, value: { id: user } }],
      }))
      await relay.core.reload()
    },
    setPerson: person => write({ kind: 'person', id: person.id, value: person }),
    slow: turns => {
      slowness = turns
    },
    signIns: known => {
      signIns = known
    },
    bugs: () => bugs,
    close: async () => {
      for (const device of devices) await device.close()
      await relay.close()
      await database.close()
      expect(bugs).toEqual([])
    },
  }
}

const same = (database: Storage): Storage => database

/** A row as its user may see it. @param whole what a device shows besides must be nothing */
const only = (user: User, table: string, values: Values, whole = false): Values => {
  const shown: Record<string, Value> = {}
  for (const [column, value] of Object.entries(values)) {
    if (sees(user, table, column)) shown[column] = value
    else if (whole && value !== null) shown[`hidden ${column}`] = value
  }
  return shown
}
