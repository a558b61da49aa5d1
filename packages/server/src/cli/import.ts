import { createReadStream, statSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { compileSchema, FaultError, type Schema, type SchemaSource } from '@rejoin/profile'
import { importCsv } from '../import/csv.ts'
import { mappingTable, type Mapping } from '../import/mapping.ts'
import { readMapping } from '../import/read-mapping.ts'
import type { ImportReport } from '../import/report.ts'
import type { Storage } from '../storage/storage.ts'
import { openDatabase, shownAs } from './database.ts'
import { enrol, readPeople } from './enrol.ts'
import { createLoader, type LoadCounts } from './load.ts'
import { startBar } from './progress.ts'
import type { Terminal } from './terminal.ts'

export interface ImportChoice {
  readonly db: string
  readonly schema?: string
  readonly people?: string
  readonly csv?: readonly string[]
  readonly mapping?: string
  readonly existing: 'keep' | 'replace'
  /** a file for the whole report, as JSON */
  readonly report?: string
}

/** `rejoin import`: what is read is checked before the database is opened, and a database is made where there is none. */
export const importInto = async (choice: ImportChoice, terminal: Terminal): Promise<void> => {
  if (choice.schema === undefined && choice.csv === undefined) {
    throw usage('import', 'nothing to import', 'give --schema FILE, or --csv FILE with --mapping FILE')
  }
  if ((choice.csv === undefined) !== (choice.mapping === undefined)) {
    throw usage('import', '--csv and --mapping belong together', 'give both')
  }
  const schema = choice.schema === undefined ? undefined : await readSchema(choice.schema)
  const people = choice.people === undefined ? undefined : readPeople(await readJson(choice.people), choice.people)
  const mapping = choice.mapping === undefined ? undefined : await readMappingFile(choice.mapping)
  const sizes = (choice.csv ?? []).map(sizeOf)
  const storage = await openDatabase(choice.db, { create: true })
  try {
    const environment = await enrol(storage, {
      ...(schema === undefined ? {} : { schema }),
      ...(people === undefined ? {} : { people }),
      ...(mapping === undefined ? {} : { table: mappingTable(mapping) }),
    })
    const users = environment.people().map(({ id }) => id)
    const { schema: enrolled } = environment
    terminal.out(`${shownAs(choice.db)}: ${enrolled.tables.size} tables, users ${users.slice(0, 5).join(', ')}`)
    if (mapping === undefined) return
    const files = choice.csv!.map((file, index) => ({ file, bytes: sizes[index]! }))
    await importFiles({ storage, schema: enrolled, mapping, files, choice }, terminal)
  } finally {
    await storage.close()
  }
}

interface FilesImport {
  readonly storage: Storage
  readonly schema: Schema
  readonly mapping: Mapping
  readonly files: readonly { readonly file: string; readonly bytes: number }[]
  readonly choice: ImportChoice
}

const importFiles = async (
  { storage, schema, mapping, files, choice }: FilesImport,
  terminal: Terminal,
): Promise<void> => {
  const table = schema.tables.get(mapping.table)!
  const loader = await createLoader({ storage, existing: choice.existing })
  const reports: ({ readonly file: string; readonly records: LoadCounts } & ImportReport)[] = []
  for (const { file, bytes } of files) {
    const before = { ...loader.counts }
    const bar = startBar(file, bytes, terminal)
    const began = performance.now()
    const report = await importCsv({
      input: createReadStream(file),
      mapping,
      table,
      write: rows => loader.write(rows),
      onProgress: progress => bar.at(progress.bytes, `${progress.written} records`),
    }).finally(() => bar.end())
    if (!report.ok) throw new FaultError(report.faults.map(fault => ({ ...fault, at: `${file}, ${fault.at}` })))
    const records = difference(before, loader.counts)
    reports.push({ file, records, ...report.value })
    for (const line of told(file, report.value, records, (performance.now() - began) / 1000)) terminal.out(line)
  }
  if (choice.report !== undefined) await writeFile(choice.report, `${JSON.stringify(reports, undefined, 2)}\n`)
}

const difference = (before: LoadCounts, after: Readonly<LoadCounts>): LoadCounts => ({
  created: after.created - before.created,
  replaced: after.replaced - before.replaced,
  same: after.same - before.same,
  kept: after.kept - before.kept,
})

/** How many single findings a terminal shows; `--report` has more. */
const SHOWN = 5

const told = (
  file: string,
  report: ImportReport,
  { created, replaced, same, kept }: LoadCounts,
  seconds: number,
): string[] => {
  const kinds = (found: Readonly<Record<string, number>>): string =>
    Object.entries(found)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')
  const { repaired, refused } = report
  const existed = [`${same} already the same`, `${replaced} replaced`, `${kept} kept as they are (--existing replace)`]
  const others = existed.filter(part => !part.startsWith('0 '))
  return [
    `${file}: ${report.read} rows in ${seconds.toFixed(1)} s, ${created} records created${others.map(part => `, ${part}`).join('')}`,
    `  repaired ${repaired.rows} rows${repaired.rows === 0 ? '' : `: ${kinds(repaired.kinds)}`}`,
    ...repaired.list.slice(0, SHOWN).map(({ line, column, what }) => `    line ${line}, ${column ?? 'row'}: ${what}`),
    `  refused ${refused.rows} rows${refused.rows === 0 ? '' : `: ${kinds(refused.kinds)}`}`,
    ...refused.list.slice(0, SHOWN).map(({ line, column, why }) => `    line ${line}, ${column ?? 'row'}: ${why}`),
  ]
}

export const readSchema = async (file: string): Promise<SchemaSource> => {
  const value = await readJson(file)
  const compiled = compileSchema(value)
  if (compiled.ok) return value as SchemaSource
  throw new FaultError(compiled.faults.map(fault => ({ ...fault, at: `${file}, ${fault.at}` })))
}

const readMappingFile = async (file: string): Promise<Mapping> => {
  const mapping = readMapping(await readText(file), file)
  if (!mapping.ok) throw new FaultError(mapping.faults)
  return mapping.value
}

const readJson = async (file: string): Promise<unknown> => {
  const text = await readText(file)
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new FaultError([
      { code: 'json', at: file, message: `is not JSON: ${error instanceof Error ? error.message : ''}` },
    ])
  }
}

const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new FaultError([fileFault(file, error)])
  })

const sizeOf = (file: string): number => {
  try {
    return statSync(file).size
  } catch (error) {
    throw new FaultError([fileFault(file, error as NodeJS.ErrnoException)])
  }
}

const fileFault = (file: string, { code, message }: NodeJS.ErrnoException) =>
  code === 'ENOENT'
    ? { code: 'no-file', at: `file ${file}`, message: 'there is no such file', fix: 'check the path' }
    : { code: 'file', at: `file ${file}`, message: `cannot be read: ${message}`, fix: 'check the path and its rights' }

const usage = (at: string, message: string, fix: string): FaultError =>
  new FaultError([{ code: 'usage', at, message, fix }])
