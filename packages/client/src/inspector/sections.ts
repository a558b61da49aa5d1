import type { Inspection, RecordInspection } from './inspection.ts'

/** An inspection as people read it: tables of short texts, the same in a terminal and in a page. */
export interface Section {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export const sectionsOf = (inspection: Inspection): readonly Section[] => {
  const { at, device, grant, meta, session, tables, outbox, store } = inspection
  return [
    facts('Device', { device, looked: time(at), ...grant, ...meta }),
    ...(session === undefined ? [] : [facts('Session', session)]),
    {
      title: 'Tables',
      columns: ['table', 'download', 'rows', 'because', 'gone', 'pages', 'overlay', 'columns', 'fingerprint'],
      rows: tables.map(({ table, download, rows, because, gone, pages, overlay, columnSet, fingerprint }) => [
        table,
        download,
        String(rows),
        counts(because),
        counts(gone),
        `${pages.count} (${pages.rows} rows, ${size(pages.bytes)})`,
        `${overlay.rows} rows, ${size(overlay.bytes)}`,
        columnSet ?? '',
        fingerprint,
      ]),
    },
    {
      title: 'Outbox',
      columns: ['seq', 'state', 'what', 'record', 'base', 'changes', 'saved', 'bytes', 'id'],
      rows: outbox.map(({ seq, state, detail, kind, command, table, record, base, changes, at: saved, bytes, id }) => [
        String(seq),
        detail === undefined ? state : `${state}: ${detail}`,
        command ?? kind,
        `${table}/${record}`,
        String(base),
        Object.entries(changes)
          .map(([column, [from, to]]) => `${column}: ${text(from)} → ${text(to)}`)
          .join(', '),
        time(saved),
        size(bytes),
        id,
      ]),
    },
    {
      title: 'Store',
      columns: ['shelf', 'entries', 'size'],
      rows: store.map(({ shelf, entries, bytes }) => [shelf, String(entries), size(bytes)]),
    },
  ]
}

export const recordSections = ({
  table,
  id,
  because,
  confirmed,
  pending,
  row,
}: RecordInspection): readonly Section[] => [
  {
    title: `${table}/${id}`,
    columns: ['because', ''],
    rows: because.map(({ is, ...more }) => [is, Object.values(more).map(text).join(' ')]),
  },
  facts('Confirmed', confirmed ?? {}),
  {
    title: 'Pending',
    columns: ['seq', 'state', 'what', 'id'],
    rows: pending.map(({ seq, state, kind, id: edit }) => [String(seq), state, kind, edit]),
  },
  facts('As its user sees it', row ?? {}),
]

const facts = (title: string, of: object): Section => ({
  title,
  columns: ['', ''],
  rows: Object.entries(of)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, text(value)]),
})

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

const counts = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')

const time = (ms: number): string => new Date(ms).toISOString()

const size = (bytes: number): string =>
  bytes < 1_000
    ? `${bytes} B`
    : bytes < 1_000_000
      ? `${(bytes / 1_000).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`

/** For a terminal: columns as wide as what stands in them. */
export const sectionText = ({ title, columns, rows }: Section): string => {
  const lines = columns.every(name => name === '') ? rows : [columns, ...rows]
  const widths = columns.map((_, at) => Math.max(...lines.map(line => line[at]?.length ?? 0)))
  const body = lines.map(line => `  ${line.map((cell, at) => cell.padEnd(widths[at]!)).join('  ')}`.trimEnd())
  return [title, ...(rows.length === 0 ? ['  none'] : body)].join('\n')
}
