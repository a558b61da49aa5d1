import {
  addRow,
  type Confirmed,
  decodeUp,
  type Down,
  type Edit,
  emptyFingerprint,
  encodeDown,
  fingerprintText,
  packEnvelope,
  packRows,
  recordWrites,
  type Fields,
  type SchemaSource,
  type StrategyName,
  type Up,
} from '@rejoin/profile'
import type { SocketHandlers } from '../session/socket.ts'
import { createMemoryDisk, type MemoryDisk } from '../store/memory.ts'
import type { Store } from '../store/store.ts'
import { createDevice, type DeviceOptions, type Rejoin } from './device.ts'
import type { Host } from './host.ts'

/** A device whose clock, chance and relay are in the test's hands: frames are real, the relay is a script. */

export const schema = {
  tables: [
    {
      name: 'task',
      ownership: 'none',
      primaryKey: 'taskid',
      primaryName: 'title',
      columns: [
        { name: 'taskid', type: 'guid' },
        { name: 'title', type: 'string', required: true, maxLength: 20 },
        { name: 'done', type: 'boolean' },
        { name: 'hours', type: 'number' },
        { name: 'part', type: 'lookup', target: 'task' },
      ],
    },
  ],
} as const satisfies SchemaSource

export interface Script {
  readonly device: Rejoin<typeof schema>
  readonly disk: MemoryDisk
  readonly store: Store
  /** what the device has said since it was last asked */
  heard(): Up[]
  /** edits pushed since last asked */
  pushed(): Edit[]
  say(...messages: Down[]): Promise<void>
  /** welcome, one page with these rows, synced */
  greet(
    rows?: Readonly<Record<string, Confirmed>>,
    more?: { readonly strategy?: StrategyName; readonly cacheHours?: number },
  ): Promise<void>
  /** the same, to a device that has connected by itself */
  greetNow: Script['greet']
  lose(code?: number): Promise<void>
  /** time passes, and what is due runs; `clock`: ms the device's clock moves, where somebody sets it */
  pass(ms: number, clock?: number): Promise<void>
  /** ms since 1970 by the relay's clock */
  relayTime(): number
  /** lets promises settle */
  settle(): Promise<void>
  readonly lines: number
}

export const at = (rev: number): { readonly rev: number; readonly commit: string } => ({ rev, commit: commitOf(rev) })
const commitOf = (rev: number): string => (rev === 0 ? '' : rev.toString(16).padStart(16, '0'))

/** A record as a relay would state it. */
export const confirmed = (id: string, rev: number, fields: Fields, more: Partial<Confirmed> = {}): Confirmed => ({
  rev,
  commit: commitOf(rev),
  changed: rev,
  incarnation: commitOf(1),
  recent: [{ rev, edit: `edit-${rev}`, device: '00000000000000ff' }],
  columns: {},
  settled: {},
  bytes: recordWrites(`task/${id}`, [], 999 * 256, fields).work,
  ...more,
})

export interface ScriptOptions extends Partial<Pick<DeviceOptions, 'token' | 'url' | 'fetch' | 'storage'>> {
  /** ms since the first of these devices was opened */
  readonly after?: number
  /** hears of bugs; where absent they fail the test */
  readonly report?: (error: unknown) => void
}

export const openScript = async (
  disk: MemoryDisk = createMemoryDisk(),
  through: (store: Store) => Store = same,
  { after = 0, report, ...own }: ScriptOptions = {},
): Promise<Script> => {
  let now = 1_700_000_000_000 + after
  let relayTime = now
  let timers: { readonly at: number; readonly run: () => void }[] = []
  let chance = 1 + after
  let handlers: SocketHandlers | undefined
  let lines = 0
  let said: Up[] = []
  const errors: unknown[] = []
  const host: Host = {
    now: () => now,
    random: length => Uint8Array.from({ length }, () => (chance = (chance * 48_271) % 2_147_483_647) & 0xff),
    after: (ms, run) => {
      // Nobody sets the clock that timers run by.
      const timer = { at: relayTime + ms, run }
      timers.push(timer)
      return () => {
        timers = timers.filter(each => each !== timer)
      }
    },
    report: report ?? (error => void errors.push(error)),
  }
  const store = through(disk.open())
  const device = await createDevice<typeof schema>({
    store,
    host,
    app: 'test',
    token: 'token',
    ...own,
    connect: given => {
      lines++
      handlers = given
      void Promise.resolve().then(() => given.opened())
      return { send: frame => void said.push(decodeUp(frame)), close: () => {} }
    },
  })
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 30; turn++) await Promise.resolve()
    await new Promise(resolve => setImmediate(resolve))
    if (errors.length > 0) throw errors.shift()
  }
  const say = async (...messages: Down[]): Promise<void> => {
    for (const message of messages) handlers?.message(encodeDown(message))
    await settle()
  }
  const greetNow: Script['greet'] = async (rows = {}, { strategy = 'clientWins', cacheHours } = {}) => {
    const head = Math.max(1, ...Object.values(rows).map(({ rev }) => rev))
    const packed = Object.entries(rows).map(([id, record]) => ({ id, envelope: packEnvelope(record) }))
    const sum = emptyFingerprint()
    for (const [id, { rev }] of Object.entries(rows)) addRow(sum, { id, rev }, '*')
    await say(
      { ...welcome(head, strategy), time: relayTime, ...(cacheHours === undefined ? {} : { cacheHours }) },
      { type: 'plan', tables: [{ table: 'task', rows: packed.length }] },
      {
        type: 'page',
        table: 'task',
        start: at(head),
        columnSet: '*',
        after: 'z',
        last: true,
        rows: packed.length,
        packed: packRows(packed),
      },
      {
        type: 'synced',
        at: at(head),
        tables: [{ table: 'task', rows: packed.length, fingerprint: fingerprintText(sum) }],
      },
    )
  }
  const heard = (): Up[] => {
    const all = said
    said = []
    return all
  }
  return {
    device,
    disk,
    store,
    heard,
    pushed: () => heard().flatMap(message => (message.type === 'push' ? message.edits : [])),
    say,
    greet: async (rows, more) => {
      device.connect()
      await settle()
      await greetNow(rows, more)
    },
    greetNow,
    lose: async (code = 1006) => {
      handlers?.closed(code)
      await settle()
    },
    relayTime: () => relayTime,
    pass: async (ms, clock = ms) => {
      now += clock
      relayTime += ms
      const due = timers.filter(timer => timer.at <= relayTime)
      timers = timers.filter(timer => timer.at > relayTime)
      for (const { run } of due) run()
      await settle()
    },
    settle,
    get lines() {
      return lines
    },
  }
}

const same = (store: Store): Store => store

export const welcome = (rev: number, strategy: StrategyName = 'clientWins'): Extract<Down, { type: 'welcome' }> => ({
  type: 'welcome',
  time: 0,
  environment: 'e0',
  user: { id: 'ana', name: 'Ana' },
  prefixes: [77],
  at: at(rev),
  strategy,
  strategies: {},
  tables: [{ table: 'task', columnSet: '*' }],
  rights: '00',
  footing: { teams: [] },
  writable: {},
  schemaVersion: 1,
  schema,
  profileVersion: 1,
})

/** changes with one row as it is at `record.rev` */
export const rowChange = (
  id: string,
  record: Confirmed,
  answers: Extract<Down, { type: 'changes' }>['answers'] = [],
): Down => ({
  type: 'changes',
  at: at(record.rev),
  rows: [{ table: 'task', id, envelope: packEnvelope(record) }],
  gone: [],
  answers,
})

export const answers = (...given: Extract<Down, { type: 'changes' }>['answers']): Down => ({
  type: 'changes',
  rows: [],
  gone: [],
  answers: given,
})
