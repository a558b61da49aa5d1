import {
  askedTables,
  compileScope,
  type Person,
  type ProfileSource,
  type Schema,
  type Scope,
  scopeSizeSql,
  tableSizeSql,
} from '@rejoin/profile'
import type { RowCaps } from '../environment/environment.ts'
import { MOST_ROWS } from '../session/catch-up/row-caps.ts'
import type { Storage } from '../storage/storage.ts'

/**
 * How much a profile would download, user by user and table by table, before it is published (PR18). Nothing is
 * written, and no index has to be there: without, each user costs a reading of the tables.
 *
 * Bytes are of records as they are stored. Where columns stay on the relay (`cut`), fewer are sent.
 */
export interface DryRun {
  /** the largest first */
  readonly users: readonly UserSize[]
  /** of all these users together */
  readonly total: Size
  /** users whose devices would refuse the download */
  readonly over: readonly { readonly user: string; readonly table?: string; readonly rows: number; readonly cap: number }[] // prettier-ignore
}

export interface Size {
  readonly rows: number
  readonly bytes: number
}

export interface UserSize extends Size {
  readonly user: string
  readonly tables: readonly TableSize[]
}

export interface TableSize extends Size {
  readonly table: string
  /** some of its columns are not sent to this user */
  readonly cut: boolean
}

export interface DryRunParts {
  readonly storage: Storage
  readonly schema: Schema
  readonly profile: ProfileSource
  readonly people: readonly Person[]
  /** ms since 1970 */
  readonly now: number
  /** of rows on a device (FS7) */
  readonly caps: RowCaps
  /** lets others have their turn between two users */
  readonly pause: () => Promise<void>
}

export const dryRun = async (parts: DryRunParts): Promise<DryRun> => {
  const { schema, profile, people, now, caps, pause } = parts
  const sizeOf = createSizing(parts.storage)
  const users: UserSize[] = []
  for (const person of people) {
    const scope = compileScope(schema, { ...profile, version: 0 }, person, now)
    const tables = await sizeOf(scope)
    users.push({ user: person.id, ...sumOf(tables), tables })
    await pause()
  }
  return {
    users: users.toSorted((a, b) => b.rows - a.rows || b.bytes - a.bytes),
    total: sumOf(users),
    over: users.flatMap(user => overOf(user, caps)),
  }
}

/** Tables that are held whole are counted once for everybody. */
const createSizing = (storage: Storage): ((scope: Scope) => Promise<TableSize[]>) => {
  const wholes = new Map<string, Size>()
  return scope =>
    storage.snapshot(async view => {
      const asked = askedTables(scope)
      const found = new Map<string, Size>()
      if (asked.size > 0) {
        const rows = await view.select<[string, number, number]>(dialect => scopeSizeSql(scope, dialect, asked))
        for (const [table, count, bytes] of rows) found.set(table, { rows: count, bytes })
      }
      const tables: TableSize[] = []
      for (const { table, everything, columnSet } of scope.tables.values()) {
        if (everything && !wholes.has(table)) {
          const [[rows, bytes] = [0, 0]] = await view.select<[number, number]>(dialect => tableSizeSql(dialect, table))
          wholes.set(table, { rows, bytes })
        }
        const size = everything ? wholes.get(table)! : found.get(table)!
        tables.push({ table, ...size, cut: columnSet !== '*' })
      }
      return tables
    })
}

const sumOf = (sizes: readonly Size[]): Size => ({
  rows: sizes.reduce((sum, { rows }) => sum + rows, 0),
  bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
})

const overOf = (
  { user, rows, tables }: UserSize,
  { all = MOST_ROWS, tables: capOf = {} }: RowCaps,
): DryRun['over'][number][] => [
  ...(rows > all ? [{ user, rows, cap: all }] : []),
  ...tables.flatMap(({ table, rows: of }) => {
    const cap = capOf[table]
    return cap !== undefined && of > cap ? [{ user, table, rows: of, cap }] : []
  }),
]
