/** Names and ids become object keys, parts of `table/id` and SQL identifiers: one plain alphabet for all of them. */
const plain = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/

const reserved: ReadonlySet<string> = new Set(['prototype', ...Object.getOwnPropertyNames(Object.prototype)])

/** Why a table, column, role or relationship cannot be called that; undefined = it can. */
export const nameFault = (name: string): string | undefined => {
  if (reserved.has(name)) return `"${name}" is a reserved name`
  if (name.startsWith('$')) return `"${name}" begins with "$", which is kept for marks of the record itself`
  if (!plain.test(name)) return `"${name}" is not a plain name: letters, digits and _, at most 128, no digit first`
  return undefined
}

const recordId = /^[A-Za-z0-9._:-]{1,64}$/

/** Record ids are opaque: imported keys need not be UUIDs, so they are told apart by case too. */
export const isRecordId = (value: unknown): value is string => typeof value === 'string' && recordId.test(value)
