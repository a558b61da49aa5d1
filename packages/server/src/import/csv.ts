import type { Readable } from 'node:stream'
import { failed, FaultError, ok, type Fields, type Result, type Table } from '@rejoin/profile'
import type { Mapping } from './mapping.ts'
import { planColumns } from './plan.ts'
import { records, type CsvRecord } from './records.ts'
import { collect, type ImportReport, type Refused, type Repaired } from './report.ts'
import { readRow, type Row } from './row.ts'
import { seenKeys } from './seen.ts'

/** A row to be created. */
export interface NewRecord {
  readonly table: string
  readonly id: string
  /** by column id, in stored form, without nulls */
  readonly fields: Fields
  /** an earlier call already held this record: its fields are to be replaced (`duplicates: 'last'`) */
  readonly replaces?: true
}

export interface ImportProgress {
  /** bytes of the file read so far */
  readonly bytes: number
  readonly read: number
  readonly written: number
  readonly repaired: number
  readonly refused: number
}

export interface CsvImport {
  readonly input: Readable
  readonly mapping: Mapping
  readonly table: Table
  /** gets at most 500 rows at a time and is awaited; a thrown FaultError ends the import */
  readonly write: (rows: readonly NewRecord[]) => Promise<void>
  readonly onProgress?: (progress: ImportProgress) => void
}

const batchSize = 500

/**
 * Reads a CSV file row by row. A row that cannot be read is refused and the next one is read; a file that
 * cannot be read (no header, missing columns, another encoding) is a fault before anything is written.
 * Memory: the chunk and the batch in hand, and each key with a short hash to tell repeated ones.
 */
export const importCsv = async (job: CsvImport): Promise<Result<ImportReport>> => {
  const { mapping, table } = job
  const repaired = collect<Repaired>()
  const refused = collect<Refused>()
  const counts = { bytes: 0, read: 0, written: 0, empty: 0 }
  let batch = new Map<string, NewRecord>()
  const flush = async (): Promise<void> => {
    if (batch.size > 0) await job.write([...batch.values()])
    counts.written += batch.size
    batch = new Map()
    const { bytes, read, written } = counts
    job.onProgress?.({ bytes, read, written, repaired: repaired.rows(), refused: refused.rows() })
  }
  const rows = records(counted(job.input, counts), mapping.delimiter ?? ',')
  try {
    const header = await readHeader(rows)
    if (!header.ok) return header
    const plan = planColumns(header.value, mapping, table)
    if (!plan.ok) return plan
    const seen = seenKeys(mapping.key.duplicates ?? 'refuse')
    for await (const record of rows) {
      if (record.kind === 'empty') {
        counts.empty += 1
        continue
      }
      counts.read += 1
      const place = { row: counts.read, line: record.line }
      const row = record.kind === 'malformed' ? malformed(record.why) : readRow(record.cells, plan.value)
      if (!row.ok) {
        for (const refusal of row.refusals) refused.add({ ...refusal, ...place })
        continue
      }
      const verdict = seen.judge(row.key, row.fields)
      const keyPlace = { kind: 'repeated', ...place, column: mapping.key.column } as const
      if (verdict.kind === 'refused') {
        refused.add({ ...keyPlace, why: verdict.why })
        continue
      }
      if (verdict.what !== undefined) repaired.add({ ...keyPlace, what: verdict.what })
      if (verdict.kind === 'dropped') continue
      for (const repair of row.repairs) repaired.add({ ...repair, ...place })
      const earlier = batch.get(verdict.id)
      // what this batch already holds is simply overwritten, unless it was itself to replace an earlier one
      const replaces = verdict.kind === 'replaces' && (earlier === undefined || earlier.replaces === true)
      const fresh: NewRecord = { table: table.name, id: verdict.id, fields: row.fields }
      batch.set(verdict.id, replaces ? { ...fresh, replaces } : fresh)
      if (batch.size >= batchSize) await flush()
    }
    await flush()
  } catch (error) {
    return stopped(error, counts)
  } finally {
    job.input.destroy()
  }
  const { read, written, empty } = counts
  return ok({ read, written, emptyLines: empty, repaired: repaired.findings(), refused: refused.findings() })
}

const malformed = (why: string): Row => ({ ok: false, refusals: [{ kind: 'malformed', why }] })

async function* counted(input: Readable, counts: { bytes: number }): AsyncGenerator<Uint8Array | string> {
  for await (const chunk of input as AsyncIterable<Uint8Array | string>) {
    counts.bytes += chunk.length
    yield chunk
  }
}

const readHeader = async (rows: AsyncGenerator<CsvRecord>): Promise<Result<readonly string[]>> => {
  for (let next = await rows.next(); next.done !== true; next = await rows.next()) {
    const record = next.value
    if (record.kind === 'empty') continue
    const at = `line ${record.line}`
    if (record.kind === 'malformed') {
      return failed({ code: 'csv-header', at, message: `the header cannot be read: ${record.why}` })
    }
    // text of two bytes per character, read as UTF-8, is full of NULs
    if (record.cells.some(cell => cell.includes('\0'))) {
      return failed({ code: 'csv-encoding', at, message: 'the file is not UTF-8', fix: 'save it as UTF-8' })
    }
    return ok(record.cells)
  }
  return failed({
    code: 'csv-empty',
    at: 'line 1',
    message: 'the file is empty',
    fix: 'the first line names the columns',
  })
}

/** An import that cannot go on: the file could not be read, or rows could not be written. */
const stopped = (
  error: unknown,
  { read, written }: { readonly read: number; readonly written: number },
): Result<never> => {
  const at = `after row ${read}, ${written} records written`
  if (error instanceof FaultError) {
    return failed(...error.faults.map(fault => ({ ...fault, at: `${fault.at}, ${at}` })))
  }
  if (error instanceof Error && 'syscall' in error) {
    return failed({ code: 'csv-read', at, message: `the file cannot be read: ${error.message}` })
  }
  throw error
}
