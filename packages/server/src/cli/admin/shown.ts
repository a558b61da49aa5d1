import { aligned, type Terminal } from '../terminal.ts'

type Row = Readonly<Record<string, unknown>>

/** Rows as a table, one column per key that any of them has. */
export const showRows = (rows: readonly Row[], terminal: Terminal): void => {
  const keys = [...new Set(rows.flatMap(row => Object.keys(row)))]
  if (rows.length === 0) return terminal.err('there are none')
  for (const line of aligned([keys, ...rows.map(row => keys.map(key => cell(row[key])))])) terminal.out(line)
}

/** One thing, a line per key. */
export const showOne = (value: Row, terminal: Terminal): void => {
  for (const line of aligned(Object.entries(value).map(([key, part]) => [key, cell(part)]))) terminal.out(line)
}

const cell = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value) && value.every(part => typeof part !== 'object')) return value.join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
