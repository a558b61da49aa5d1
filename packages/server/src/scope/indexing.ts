import { createIndexes, scopeIndexes } from '@rejoin/profile'
import type { Environment } from '../environment/environment.ts'
import type { Storage } from '../storage/storage.ts'

/** Profiles in force find their rows by indexes, made before anybody asks by them; each is made once. */
export const createIndexing = (storage: Storage): ((environment: Environment) => Promise<void>) => {
  const made = new Set<string>()
  return async environment => {
    const { schema } = environment
    const wanted = environment.published().flatMap(profile => scopeIndexes(schema, profile).indexes)
    const missing = wanted.filter(({ table, column }) => !made.has(`${table}.${column}`))
    if (missing.length === 0) return
    await storage.createIndexes(dialect => createIndexes(schema, dialect, missing))
    for (const { table, column } of missing) made.add(`${table}.${column}`)
  }
}
