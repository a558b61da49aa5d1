import { CsvError, parse, type Options } from 'csv-parse/sync'
import { candidates, type Candidate } from './lines.ts'

/** One record of the file, or the reason why the lines are none. */
export type CsvRecord =
  | { readonly kind: 'cells'; readonly line: number; readonly cells: readonly string[] }
  | { readonly kind: 'empty'; readonly line: number }
  | { readonly kind: 'malformed'; readonly line: number; readonly why: string }

const together = 200

/**
 * The records of a CSV file, its header the first of them. Cells are read by csv-parse: many records at a
 * time, which is five times as fast as one by one, and one by one where something in the lot is malformed.
 */
export async function* records(
  input: AsyncIterable<Uint8Array | string>,
  delimiter: string,
): AsyncGenerator<CsvRecord> {
  let width: number | undefined
  const isRecord = (text: string): boolean => {
    const parsed = read(text, delimiter)
    return (
      parsed.kind === 'rows' && parsed.rows.length === 1 && parsed.rows[0]?.length === (width ?? parsed.rows[0]?.length)
    )
  }
  let lot: Candidate[] = []
  for await (const candidate of candidates(input, isRecord)) {
    if (candidate.text.trim() === '') {
      yield { kind: 'empty', line: candidate.line }
      continue
    }
    if (width === undefined) {
      const header = parseOne(candidate, delimiter)
      width = header.kind === 'cells' ? header.cells.length : 0
      yield header
      continue
    }
    lot.push(candidate)
    if (lot.length < together) continue
    yield* parseLot(lot, delimiter)
    lot = []
  }
  yield* parseLot(lot, delimiter)
}

const parseLot = (lot: readonly Candidate[], delimiter: string): CsvRecord[] => {
  if (!lot.some(candidate => candidate.open)) {
    const parsed = read(lot.map(candidate => candidate.text).join('\n'), delimiter)
    if (parsed.kind === 'rows' && parsed.rows.length === lot.length) {
      return lot.map(({ line }, index) => ({ kind: 'cells', line, cells: parsed.rows[index] ?? [] }))
    }
  }
  return lot.map(candidate => parseOne(candidate, delimiter))
}

const parseOne = ({ line, text, open }: Candidate, delimiter: string): CsvRecord => {
  if (open) return { kind: 'malformed', line, why: 'a quote is opened and never closed' }
  const parsed = read(text, delimiter)
  if (parsed.kind === 'wrong') return { kind: 'malformed', line, why: parsed.why }
  const [cells] = parsed.rows
  return cells !== undefined && parsed.rows.length === 1
    ? { kind: 'cells', line, cells }
    : { kind: 'malformed', line, why: 'its quotes do not match' }
}

type Read = { readonly kind: 'rows'; readonly rows: string[][] } | { readonly kind: 'wrong'; readonly why: string }

const read = (text: string, delimiter: string): Read => {
  const options: Options = { delimiter, relax_column_count: true, skip_empty_lines: false, record_delimiter: ['\n'] }
  try {
    return { kind: 'rows', rows: parse(text, options) as unknown as string[][] }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return { kind: 'wrong', why: words[error.code] ?? error.message }
  }
}

const words: Readonly<Record<string, string>> = {
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell that is not quoted',
  CSV_INVALID_CLOSING_QUOTE: 'something other than a comma follows a closing quote',
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
}
