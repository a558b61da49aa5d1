/** Aligned tables for terminals: a head, a rule, rows; no boxes. */
import CliTable from 'cli-table3'

export interface Column {
  readonly head: string
  readonly align?: 'left' | 'right'
  /** Characters; longer text wraps at words. Unset: as wide as the widest cell. */
  readonly width?: number
}

export type Cell = string | number

/** No lines at all, two spaces between columns. */
const none = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap(side => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .map(name => [name, '']),
)

/** Columns may be heads alone. Numbers are aligned to the right, with thousands set apart. */
export const table = (columns: readonly (Column | string)[], rows: readonly (readonly Cell[])[]): string => {
  const all = columns.map(column => (typeof column === 'string' ? { head: column } : column))
  const right = all.map((column, at) =>
    column.align === undefined
      ? rows.length > 0 && rows.every(row => typeof row[at] === 'number' || row[at] === '')
      : column.align === 'right',
  )
  const lines = new CliTable({
    head: all.map(column => column.head),
    chars: { ...none, middle: '  ' },
    colAligns: right.map(each => (each ? 'right' : 'left')),
    colWidths: all.map(column => column.width ?? null),
    wordWrap: true,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) lines.push(row.map(cell => (typeof cell === 'number' ? grouped(cell) : cell)))
  const [head = '', ...body] = lines.toString().split('\n')
  const width = Math.max(0, ...[head, ...body].map(line => line.trimEnd().length))
  return [head.trimEnd(), '─'.repeat(width), ...body.map(line => line.trimEnd())].join('\n')
}

const grouped = (value: number): string => {
  const [whole = '', rest] = String(value).split('.')
  if (!/^-?\d+$/.test(whole)) return String(value)
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return rest === undefined ? spaced : `${spaced}.${rest}`
}
