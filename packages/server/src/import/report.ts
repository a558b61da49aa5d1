/** What an import did to a file. Rows are counted from 1 without the header, lines from 1 with it. */
export interface ImportReport {
  /** rows of the file, refused ones included, empty lines not */
  readonly read: number
  readonly written: number
  readonly emptyLines: number
  readonly repaired: Findings<Repaired>
  readonly refused: Findings<Refused>
}

export interface Findings<T> {
  /** rows concerned: a row with two findings counts once */
  readonly rows: number
  /** findings by kind, all of them */
  readonly kinds: Readonly<Record<string, number>>
  /** the first findings; the others are only counted */
  readonly list: readonly T[]
}

export type RepairKind = 'blanks' | 'capitals' | 'default' | 'encoding' | 'fold' | 'gap' | 'repeated' | 'time-dropped'
export type RefusalKind = 'malformed' | 'columns' | 'key' | 'repeated' | 'required' | 'type'

export interface Repaired {
  readonly kind: RepairKind
  readonly row: number
  readonly line: number
  /** header in the file */
  readonly column?: string
  readonly what: string
}

export interface Refused {
  readonly kind: RefusalKind
  readonly row: number
  readonly line: number
  readonly column?: string
  readonly why: string
}

/** How many findings of each sort a report spells out. */
export const LISTED = 500

export interface Collector<T extends { readonly kind: string; readonly row: number }> {
  add(finding: T): void
  /** rows concerned so far */
  rows(): number
  findings(): Findings<T>
}

export const collect = <T extends { readonly kind: string; readonly row: number }>(): Collector<T> => {
  const kinds: Record<string, number> = {}
  const list: T[] = []
  let rows = 0
  let last = 0
  return {
    add: finding => {
      kinds[finding.kind] = (kinds[finding.kind] ?? 0) + 1
      if (list.length < LISTED) list.push(finding)
      if (finding.row !== last) rows += 1
      last = finding.row
    },
    rows: () => rows,
    findings: () => ({ rows, kinds: { ...kinds }, list: [...list] }),
  }
}
