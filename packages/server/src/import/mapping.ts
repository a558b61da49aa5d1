import type { ColumnSource, Ownership, TableSource } from '@rejoin/profile'

/**
 * How a CSV file becomes a table: a small JSON file. It says which header goes to which column, how cells are
 * read, which column is the record's key, and in which zone times without a zone were written. The table's
 * schema follows from it (`mappingTable`), so a file can be imported into an environment that never saw it.
 */
export interface Mapping {
  readonly table: string
  readonly displayName?: string
  readonly primaryKey: string
  readonly primaryName: string
  /** default organization: rows belong to everyone */
  readonly ownership?: Ownership
  /** person or team that owns the rows, where no column says so; needed for ownership user */
  readonly owner?: string
  /** business unit that owns the rows, where no column says so */
  readonly unit?: string
  /** default `,` */
  readonly delimiter?: string
  /** IANA zone of times without one, such as America/Chicago; needed for datetime columns */
  readonly timeZone?: string
  readonly key: MappedKey
  readonly columns: readonly MappedColumn[]
}

/**
 * What happens to a later row whose key is known. A row that says the same in every mapped column is always
 * left out, and counted as a repair; `duplicates` decides about rows that say something else:
 * refuse (default) keeps the first row; last writes the later one over it; suffix keeps both, the later one
 * as `key-2`.
 */
export interface MappedKey {
  readonly column: string
  readonly duplicates?: 'refuse' | 'last' | 'suffix'
}

export type MappedType =
  | 'string'
  | 'text'
  | 'integer'
  | 'number'
  | 'money'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'choice'
  | 'choices'
  | 'lookup'

export interface MappedColumn {
  /** header in the file */
  readonly from: string
  /** column name in the table */
  readonly to: string
  readonly type: MappedType
  readonly displayName?: string
  readonly required?: boolean
  readonly maxLength?: number
  /** date and datetime: luxon tokens; default ISO or SQL */
  readonly format?: string
  /** upper or lower: every cell is brought to it, which is a rule and no repair */
  readonly letters?: 'upper' | 'lower'
  /** taken off the end of every cell, such as the comma of `FORESTRY,` */
  readonly dropEnd?: string
  /** cells that mean nothing, beside the empty one */
  readonly nullValues?: readonly string[]
  /** for empty cells; each use is reported */
  readonly default?: string | number | boolean
  readonly choices?: ColumnSource['choices']
  /** choice, choices and lookup: cell -> value; capitals may differ, which is reported */
  readonly map?: Readonly<Record<string, string | number>>
  /** choices: between the values of one cell; default `;` */
  readonly separator?: string
  /** lookup: the table it points to */
  readonly target?: string
}

/** The table a mapping fills, ready to stand in a schema. */
export const mappingTable = (mapping: Mapping): TableSource => {
  const ownership = mapping.ownership ?? 'organization'
  const mapped = mapping.columns.map(mappedSource)
  const has = (name: string): boolean => mapped.some(column => column.name === name)
  const owned: ColumnSource[] = []
  if (ownership === 'user' && !has('ownerid')) {
    owned.push({ name: 'ownerid', type: 'lookup', targets: ['systemuser', 'team'], external: true, required: true })
  }
  if ((ownership === 'user' || ownership === 'business') && !has('owningbusinessunit')) {
    owned.push({ name: 'owningbusinessunit', type: 'lookup', target: 'businessunit', external: true })
  }
  return {
    name: mapping.table,
    ...(mapping.displayName === undefined ? {} : { displayName: mapping.displayName }),
    ownership,
    primaryKey: mapping.primaryKey,
    primaryName: mapping.primaryName,
    columns: [{ name: mapping.primaryKey, type: 'guid', required: true }, ...mapped, ...owned],
  }
}

const mappedSource = (column: MappedColumn): ColumnSource => ({
  name: column.to,
  type: column.type,
  ...(column.displayName === undefined ? {} : { displayName: column.displayName }),
  ...(column.required === undefined ? {} : { required: column.required }),
  ...(column.maxLength === undefined ? {} : { maxLength: column.maxLength }),
  ...(column.choices === undefined ? {} : { choices: column.choices }),
  ...(column.target === undefined ? {} : { target: column.target, external: true }),
})
