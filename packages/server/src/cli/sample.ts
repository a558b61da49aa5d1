import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { type EnvironmentSource, environmentEntries } from '../environment/environment.ts'
import type { NewRecord } from '../import/csv.ts'
import { sampleDirectory } from '../sample/people.ts'
import { sampleDefaultProfile, sampleProfile, sampleSettings } from '../sample/profile.ts'
import { sampleRecords, type SampleSize } from '../sample/records/records.ts'
import { sampleSchema } from '../sample/schema/schema.ts'
import { entryKey, type Storage } from '../storage/storage.ts'
import { type Database, isPostgres, openDatabase, shownAs } from './database.ts'
import { createLoader } from './load.ts'
import { startBar } from './progress.ts'
import type { Terminal } from './terminal.ts'

/** The built-in field service environment. */
export const sampleEnvironment: EnvironmentSource = {
  schema: sampleSchema,
  settings: { strategies: {}, ...sampleSettings },
  directory: sampleDirectory,
  people: [],
  profiles: [
    { id: 'field-service', profile: { ...sampleProfile, version: 1 }, members: { everyone: true } },
    { id: 'default', profile: { ...sampleDefaultProfile, version: 1 }, members: {}, managed: true },
  ],
}

const BATCH = 500

/** Writes the sample environment into an empty storage. @returns how many records */
export const fillSample = async (
  storage: Storage,
  size: SampleSize,
  onProgress: (records: number, of: number) => void = () => {},
): Promise<number> => {
  await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(sampleEnvironment) }))
  const rows: readonly NewRecord[] = [...sampleRecords(size)]
  const loader = await createLoader({ storage, existing: 'keep' })
  for (let at = 0; at < rows.length; at += BATCH) {
    await loader.write(rows.slice(at, at + BATCH))
    onProgress(Math.min(at + BATCH, rows.length), rows.length)
    // lets the terminal draw and a signal through
    await new Promise(resolve => setImmediate(resolve))
  }
  return rows.length
}

/**
 * The sample database, made on the first start. A file is filled beside its place and moved there when it is whole: one
 * that was cut off is started over. In PostgreSQL a mark says that it is not whole, and the filling goes on.
 */
export const openSample = async (db: string, terminal: Terminal, size: Partial<SampleSize> = {}): Promise<Database> => {
  if (isPostgres(db)) {
    const storage = await openDatabase(db, { create: true })
    if (await isToFill(storage)) await fillShown(storage, db, terminal, size)
    await storage.commit({}, () => ({ result: undefined, removedEntries: [FILLING] }))
    return storage
  }
  if (existsSync(db)) return openDatabase(db, { create: false })
  mkdirSync(dirname(db), { recursive: true })
  const filling = `${db}.filling`
  for (const end of ['', '-wal', '-shm']) rmSync(`${filling}${end}`, { force: true })
  const storage = await openDatabase(filling, { create: true })
  try {
    await fillShown(storage, db, terminal, size)
  } finally {
    await storage.close()
  }
  renameSync(filling, db)
  return openDatabase(db, { create: false })
}

const FILLING = { kind: 'sample', id: 'filling' }
const SCHEMA = { kind: 'environment', id: 'schema' }

/** Whether nothing is there yet, or a filling was cut off. Another environment is left as it is. */
const isToFill = (storage: Storage): Promise<boolean> =>
  storage.commit({ entries: [FILLING, SCHEMA] }, ({ entries }) =>
    entries.has(entryKey(SCHEMA)) && !entries.has(entryKey(FILLING))
      ? { result: false }
      : { result: true, entries: [{ ...FILLING, value: true }] },
  )

const fillShown = async (
  storage: Storage,
  db: string,
  terminal: Terminal,
  size: Partial<SampleSize>,
): Promise<void> => {
  terminal.err(`Making the sample environment in ${shownAs(db)}`)
  const bar = startBar('sample', 1, terminal)
  try {
    const now = Date.now()
    const records = await fillSample(storage, { seed: 1, now, ...size }, (done, of) =>
      bar.at(done / of, `${done} of ${of} records`),
    )
    bar.end()
    terminal.err(`${records} records in ${((Date.now() - now) / 1000).toFixed(1)} s`)
  } finally {
    bar.end()
  }
}
