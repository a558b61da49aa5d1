import { FaultError, type StrategyName } from '@rejoin/profile'
import { administer } from '../admin/administer.ts'
import { changeSettings as changing, noTable, type SettingsChange } from '../admin/settings.ts'
import { loadEnvironment, type Settings } from '../environment/environment.ts'
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
  const change: SettingsChange = {
    ...(strategy === undefined ? {} : table === undefined ? { strategy } : { strategies: { [table]: strategy } }),
    ...(cacheHours === undefined ? {} : { cacheHours }),
  }
  const known = await storage.snapshot(loadEnvironment)
  if (table !== undefined && !known.schema.tables.has(table)) throw new FaultError([noTable(table)])
  if (Object.keys(change).length === 0) return known.settings
  const done = await administer({ storage, now: Date.now, known }, 'command line', changing(change))
  if (!done.ok) throw new FaultError(done.faults)
  return done.value.settings
}
