import { createDevice, createMemoryDisk, type Rejoin } from '@rejoin/client'
import type { Core } from '@rejoin/server'
import type { Dice } from '../proofs/dice.ts'
import { createLine, type Line } from '../proofs/line.ts'
import type { Time } from '../proofs/time.ts'
import { tableNamed, tables } from './schema.ts'
import type { Row } from './state.ts'

/** One real device, with the line to its relay in the history's hands. */
export interface Device {
  readonly name: string
  readonly user: string
  readonly line: Line
  readonly rejoin: Rejoin
  /** ids of rows it made itself: of these it may be told that they are not in its scope (LW8) */
  readonly made: Set<string>
  /** connected as far as the history is concerned */
  online: boolean
  /** live rows it shows, by table, then id; values by column name, null left out */
  content(): ReadonlyMap<string, ReadonlyMap<string, Row>>
}

export interface DeviceParts {
  readonly name: string
  readonly user: string
  /** whichever picks up; undefined where none does */
  readonly relay: () => Core | undefined
  readonly time: Time
  readonly dice: Dice
  readonly report: (error: unknown) => void
}

export const openDevice = async ({ name, user, relay, time, dice, report }: DeviceParts): Promise<Device> => {
  let core: Core
  const line = createLine(() => core)
  const rejoin = await createDevice({
    store: createMemoryDisk().open(),
    host: { now: time.now, random: length => dice.bytes(length), after: time.after, report },
    token: user,
    app: 'field',
    connect: handlers => {
      const found = relay()
      core = found ?? core
      const end = { opened: handlers.opened, receive: handlers.message, closed: handlers.closed }
      const dialled = found && line.dial(end)
      if (dialled === undefined) setImmediate(() => handlers.closed(1006))
      return { send: frame => dialled?.send(frame), close: () => dialled?.close() }
    },
  })
  rejoin.connect()
  return { name, user, line, rejoin, made: new Set(), online: true, content: () => contentOf(rejoin) }
}

const contentOf = (rejoin: Rejoin): Map<string, Map<string, Row>> => {
  const content = new Map<string, Map<string, Row>>()
  for (const { name } of tables) {
    const query = rejoin.table(name).query()
    query.close()
    if (query.current.length > 0) content.set(name, new Map(query.current.map(row => rowOf(name, row))))
  }
  return content
}

const rowOf = (table: string, row: Readonly<Record<string, unknown>>): [string, Row] => {
  const { primaryKey } = tableNamed(table)
  const values = Object.entries(row).filter(([column, value]) => column !== primaryKey && (value ?? null) !== null)
  return [String(row[primaryKey]), Object.fromEntries(values) as Row]
}
