import type { Fault } from '../fault.ts'
import { nameFault } from './names.ts'
import type { ColumnSource, TableSource } from './schema.ts'

export const targetsOf = (column: ColumnSource): readonly string[] =>
  column.targets ?? (column.target === undefined ? [] : [column.target])

export const idOf = (column: ColumnSource): string => column.id ?? column.name

/** What is wrong with one column by itself and with the tables it points to. */
export const columnFaults = (
  at: string,
  column: ColumnSource,
  tableNames: ReadonlySet<string | undefined>,
): Fault[] => {
  const faults: Fault[] = []
  const fault = (code: string, message: string, fix?: string): void => {
    faults.push(fix === undefined ? { code, at, message } : { code, at, message, fix })
  }
  const name = nameFault(column.name)
  if (name !== undefined) fault('name', name)
  const id = column.id === undefined ? undefined : nameFault(column.id)
  if (id !== undefined) fault('id', `the id ${id}`)

  const isText = column.type === 'string' || column.type === 'text'
  if (column.maxLength !== undefined && !isText) fault('max-length', `maxLength says nothing about a ${column.type}`)

  const isChoice = column.type === 'choice' || column.type === 'choices'
  if (isChoice && (column.choices ?? []).length === 0) fault('choices', `a ${column.type} column needs its choices`)
  if (!isChoice && column.choices !== undefined) fault('choices', `a ${column.type} column has no choices`)
  const values = (column.choices ?? []).map(choice => choice.value)
  for (const value of repeated(values)) fault('choices', `the choice ${JSON.stringify(value)} is there twice`)

  const targets = targetsOf(column)
  if (column.target !== undefined && column.targets !== undefined) fault('target', 'has both target and targets')
  if (column.type !== 'lookup') {
    if (targets.length > 0) fault('target', `a ${column.type} column points to no table`)
  } else if (targets.length === 0) {
    fault('target', 'a lookup needs the table it points to', 'add target or targets')
  } else if (column.external !== true) {
    for (const target of targets) {
      if (!tableNames.has(target)) {
        fault('target', `points to the unknown table ${target}`, 'add the table or mark the column external')
      }
    }
  }
  if (column.type === 'document' && column.required === true) fault('required', 'a document column is never required')
  return faults
}

/** Owner and unit columns hold the id of somebody: lookups, or guids where the target table is not modelled. */
export const holdsIds = (column: ColumnSource): boolean => column.type === 'lookup' || column.type === 'guid'

/** The owner or unit column a table names itself, or the documented default where it exists. */
export const namedOrDefault = (table: TableSource, key: 'ownerColumn' | 'unitColumn'): ColumnSource | undefined => {
  const name = table[key] ?? (key === 'ownerColumn' ? 'ownerid' : 'owningbusinessunit')
  return table.columns.find(column => column.name === name && column.name !== table.primaryKey && holdsIds(column))
}

/** Each value that is there more than once, once. */
export const repeated = <T>(values: readonly T[]): T[] => {
  const seen = new Set<T>()
  return [...new Set(values.filter(value => seen.has(value) || !seen.add(value)))]
}
