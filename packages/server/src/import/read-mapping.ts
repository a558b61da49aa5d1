import { failed, ok, type Fault, type Result } from '@rejoin/profile'
import { IANAZone } from 'luxon'
import { z } from 'zod'
import type { MappedColumn, Mapping } from './mapping.ts'

/**
 * A mapping from its text, or every fault at once with its place. What single columns say is judged even if
 * another column is malformed. `name`: the file, as faults should call it.
 */
export const readMapping = (text: string, name: string): Result<Mapping> => {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (error) {
    const message = `is not JSON: ${error instanceof Error ? error.message : String(error)}`
    return failed({ code: 'mapping-json', at: name, message })
  }
  const shape = mappingShape.safeParse(raw)
  const faults = shape.success ? [] : shape.error.issues.map(issue => shapeFault(name, raw, issue))
  faults.push(...columnFaults(name, raw))
  if (shape.success) faults.push(...tableFaults(name, shape.data as Mapping))
  return faults.length > 0 || !shape.success ? failed(...faults) : ok(shape.data as Mapping)
}

const columnShape = z.strictObject({
  from: z.string().min(1),
  to: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be letters, digits and _, no digit first'),
  type: z.enum([
    'string',
    'text',
    'integer',
    'number',
    'money',
    'boolean',
    'date',
    'datetime',
    'choice',
    'choices',
    'lookup',
  ]),
  displayName: z.string().optional(),
  required: z.boolean().optional(),
  maxLength: z.int().positive().optional(),
  format: z.string().min(1).optional(),
  letters: z.enum(['upper', 'lower']).optional(),
  dropEnd: z.string().min(1).optional(),
  nullValues: z.array(z.string()).optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  choices: z.array(z.strictObject({ value: z.union([z.string(), z.number()]), label: z.string() })).optional(),
  map: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  separator: z.string().min(1).optional(),
  target: z.string().min(1).optional(),
})

const mappingShape = z.strictObject({
  table: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be letters, digits and _, no digit first'),
  displayName: z.string().optional(),
  primaryKey: z.string().min(1),
  primaryName: z.string().min(1),
  ownership: z.enum(['user', 'business', 'organization', 'none']).optional(),
  owner: z.string().min(1).optional(),
  unit: z.string().min(1).optional(),
  delimiter: z.string().length(1).optional(),
  timeZone: z
    .string()
    .refine(IANAZone.isValidZone, 'is no known time zone; write one such as America/Chicago')
    .optional(),
  key: z.strictObject({ column: z.string().min(1), duplicates: z.enum(['refuse', 'last', 'suffix']).optional() }),
  columns: z.array(columnShape).min(1),
})

/** What the form of one column cannot say, for every column whose form is right. */
const columnFaults = (name: string, raw: unknown): Fault[] => {
  const columns = raw !== null && typeof raw === 'object' && 'columns' in raw ? raw.columns : undefined
  if (!Array.isArray(columns)) return []
  const taken = new Set<string>()
  return columns.flatMap((part: unknown, index): Fault[] => {
    const parsed = columnShape.safeParse(part)
    if (!parsed.success) return []
    const column = parsed.data as MappedColumn
    const at = `${name}, columns[${index}] (to ${column.to})`
    const messages = columnMessages(column)
    if (taken.has(column.to)) messages.push('another column goes to the same name')
    taken.add(column.to)
    return messages.map(message => ({ code: 'mapping-column', at, message }))
  })
}

const columnMessages = (column: MappedColumn): string[] => {
  const is = (...types: MappedColumn['type'][]): boolean => types.includes(column.type)
  const messages: string[] = []
  const onlyFor = (key: keyof MappedColumn, ...types: MappedColumn['type'][]): void => {
    if (column[key] !== undefined && !is(...types)) messages.push(`${key} says nothing about a ${column.type}`)
  }
  onlyFor('maxLength', 'string', 'text')
  onlyFor('letters', 'string', 'text', 'lookup')
  onlyFor('format', 'date', 'datetime')
  onlyFor('choices', 'choice', 'choices')
  onlyFor('map', 'choice', 'choices', 'lookup')
  onlyFor('separator', 'choices')
  onlyFor('target', 'lookup')
  if (is('lookup') && column.target === undefined) messages.push('a lookup needs the table it points to, as target')
  if (!is('choice', 'choices')) return messages
  const values = (column.choices ?? []).map(choice => choice.value)
  if (values.length === 0) messages.push(`a ${column.type} needs its choices`)
  for (const value of [...Object.values(column.map ?? {}), ...(column.default === undefined ? [] : [column.default])]) {
    if (!values.some(choice => choice === value)) messages.push(`${JSON.stringify(value)} is not one of the choices`)
  }
  return messages
}

/** What the columns have to be together. */
const tableFaults = (name: string, mapping: Mapping): Fault[] => {
  const faults: Fault[] = []
  const fault = (place: string, message: string): void => {
    faults.push({ code: 'mapping-table', at: `${name}, ${place}`, message })
  }
  const has = (to: string): boolean => mapping.columns.some(column => column.to === to)
  if (has(mapping.primaryKey))
    fault('primaryKey', `${mapping.primaryKey} is filled from key and cannot be a column too`)
  if (mapping.primaryName !== mapping.primaryKey && !has(mapping.primaryName)) {
    fault('primaryName', `${mapping.primaryName} is not among the columns`)
  }
  if (mapping.timeZone === undefined && mapping.columns.some(column => column.type === 'datetime')) {
    fault('timeZone', 'is needed, because there are datetime columns')
  }
  if (mapping.ownership === 'user' && mapping.owner === undefined && !has('ownerid')) {
    fault('owner', 'is needed, because rows are owned by users and no column goes to ownerid')
  }
  return faults
}

const shapeFault = (name: string, raw: unknown, issue: z.core.$ZodIssue): Fault => {
  const place = issue.path.reduce<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${key}]` : path === '' ? String(key) : `${path}.${String(key)}`),
    '',
  )
  const [first, index] = issue.path
  const columns = first === 'columns' ? (raw as { columns: unknown }).columns : undefined
  const column: unknown = Array.isArray(columns) && typeof index === 'number' ? columns[index] : undefined
  const to = column !== null && typeof column === 'object' && 'to' in column ? ` (to ${String(column.to)})` : ''
  return { code: 'mapping-shape', at: place === '' ? name : `${name}, ${place}${to}`, message: issue.message }
}
