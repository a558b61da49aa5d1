import { type Fault, FaultError, type StrategyName } from '@rejoin/profile'
import { defaultSettings, loadEnvironment, type Settings } from '../environment/environment.ts'
import type { Storage } from '../storage/storage.ts'
import { openDatabase } from './database.ts'
import type { Terminal } from './terminal.ts'

export interface SettingsChoice {
  readonly db: string
  /** `clientWins` is "conflict detection: No", `serverWins` is "Yes" (CF2) */
  readonly strategy?: StrategyName
  /** the strategy of this table alone, not of the environment (CF12) */
  readonly table?: string
  /** hours after its last refresh at which a device's cache expires (CA1) */
  readonly cacheHours?: number
}

/** `rejoin settings`: shows or changes how conflicts are settled and when caches expire. A relay that serves the database follows by itself. */
export const settings = async (choice: SettingsChoice, terminal: Terminal): Promise<void> => {
  const storage = await openDatabase(choice.db, { create: false })
  try {
    const { strategy, strategies, cacheHours } = await changeSettings(storage, choice)
    terminal.out(`conflicts: ${strategy}`)
    for (const [table, own] of Object.entries(strategies)) terminal.out(`  table ${table}: ${own}`)
    if (cacheHours !== undefined) terminal.out(`caches expire ${cacheHours} h after their last refresh`)
  } finally {
    await storage.close()
  }
}

/** @returns the settings as they are afterwards. @throws FaultError where there is no such table */
export const changeSettings = async (
  storage: Storage,
  { strategy, table, cacheHours }: Omit<SettingsChoice, 'db'>,
): Promise<Settings> => {
  const { schema } = await storage.snapshot(loadEnvironment)
  if (table !== undefined && !schema.tables.has(table)) throw new FaultError([noTable(table)])
  return storage.commit({ entries: [KEY] }, ({ entries }) => {
    const present = ([...entries.values()][0]?.value as Settings | undefined) ?? defaultSettings
    if (strategy === undefined && cacheHours === undefined) return { result: present }
    const changed: Settings = {
      ...present,
      ...(strategy === undefined
        ? {}
        : table === undefined
          ? { strategy }
          : { strategies: { ...present.strategies, [table]: strategy } }),
      ...(cacheHours === undefined ? {} : { cacheHours }),
    }
    return { result: changed, entries: [{ ...KEY, value: changed }] }
  })
}

const KEY = { kind: 'environment', id: 'settings' }

const noTable = (table: string): Fault => ({
  code: 'unknown-table',
  at: `table ${table}`,
  message: 'the environment has no such table',
  fix: 'see `rejoin inspect` for its tables',
})

/** Every so many ms a relay looks whether its settings were changed beside it. */
const LOOK_EVERY = 500

export interface SettingsWatch {
  /** as the relay works with them now */
  readonly known: Settings
  readonly changed: (now: Settings) => Promise<void>
  /** told once; nothing is watched after it */
  readonly failed: (error: unknown) => void
}

/** Tells of settings that another process changed. @returns stops it */
export const watchSettings = (storage: Storage, { known, changed, failed }: SettingsWatch): (() => Promise<void>) => {
  let last = JSON.stringify(known)
  let looking: Promise<void> = Promise.resolve()
  const look = async (): Promise<void> => {
    const entry = await storage.snapshot(view => view.entry(KEY.kind, KEY.id))
    const now = (entry?.value as Settings | undefined) ?? defaultSettings
    if (JSON.stringify(now) === last) return
    last = JSON.stringify(now)
    await changed(now)
  }
  const timer = setInterval(() => {
    looking = looking.then(look).catch((error: unknown) => {
      clearInterval(timer)
      failed(error)
    })
  }, LOOK_EVERY)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await looking
  }
}
