import { sameValue } from '../bytes/value.ts'
import { failed, ok, type Fault, type Result } from '../fault.ts'
import { isRecordId } from './names.ts'
import type { Fields, Table, Value } from './schema.ts'
import { checkValue, storedForm } from './values.ts'

/** A record as apps see it: every column by name, the primary key among them, null where there is no value. */
export type PlainRow = Readonly<Record<string, Value>>

/**
 * What an app wrote, by column name, as fields by column id in stored form; or every fault, each naming its
 * column. `create`: the columns not named count as null, so required ones must be there. An update keeps its
 * nulls: they clear a column. The primary key may be named; it is judged as a record id and left out.
 */
export const checkRow = (
  table: Table,
  row: Readonly<Record<string, unknown>>,
  { create }: { readonly create: boolean },
): Result<Fields> => {
  const faults: Fault[] = []
  const refused = new Set<string>()
  const fault = (column: string, code: string, message: string): void => {
    refused.add(column)
    faults.push({ code, at: `table ${table.name}, column ${column}`, message })
  }
  const fields: Record<string, Value> = {}
  for (const [name, written] of Object.entries(row)) {
    if (written === undefined) continue
    if (name === table.primaryKey) {
      if (!create) fault(name, 'primary-key', 'is the primary key and never changes')
      else if (!isRecordId(written)) fault(name, 'invalid', 'must be 1 to 64 of letters, digits and . _ : -')
      continue
    }
    const column = table.byName.get(name)
    if (column === undefined) {
      fault(name, 'unknown-column', 'is not a column of the table')
      continue
    }
    const value = storedForm(column, written)
    const wrong = checkValue(column, value)
    if (wrong !== undefined) fault(name, 'invalid', wrong)
    else if (value !== null) fields[column.id] = value as Value
    else if (!create && column.required === true) fault(name, 'required', 'is required and cannot be cleared')
    else if (!create) fields[column.id] = null
  }
  if (create) {
    for (const { id, name, required } of table.columns) {
      if (required === true && fields[id] === undefined && !refused.has(name)) fault(name, 'required', 'is required')
    }
  }
  return faults.length > 0 ? failed(...faults) : ok(fields)
}

/** The app's row. Document columns are not part of it; columns the device does not hold are null. */
export const fieldsToRow = (table: Table, id: string, fields: Fields): PlainRow => {
  const row: Record<string, Value> = { [table.primaryKey]: id }
  for (const column of table.columns) {
    if (column.type !== 'document') row[column.name] = fields[column.id] ?? null
  }
  return row
}

/** Whether the record of that row says so still: then it need not be made again. */
export const saysTheSame = (table: Table, row: PlainRow, fields: Fields): boolean => {
  for (const { id, name, type } of table.columns) {
    if (type !== 'document' && !sameValue(row[name], fields[id] ?? null)) return false
  }
  return true
}
