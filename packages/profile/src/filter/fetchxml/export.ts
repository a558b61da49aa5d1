import { failed, ok, type Fault, type Result } from '../../fault.ts'
import type { Schema, Table, Value } from '../../schema/schema.ts'
import { checkFilter } from '../check.ts'
import type { Condition, Filter, Link } from '../filter.ts'
import { operandOf } from '../operand.ts'
import { textOf } from './values.ts'

/**
 * A filter as FetchXML that `importFetchXml` reads back. FetchXML has conditions and links only inside groups, so one
 * that stands alone comes back as a group of one. Text that XML cannot carry is refused with its place.
 */
export const exportFetchXml = (schema: Schema, table: string, filter: Filter): Result<string> => {
  const wrong = checkFilter(schema, table, filter)
  const of = schema.tables.get(table)
  if (wrong.length > 0 || of === undefined) return failed(...wrong)
  const writing: Writing = { schema, faults: [] }
  const lines = groupLines(writing, of, filter, `table ${table}, filter`)
  if (writing.faults.length > 0) return failed(...writing.faults)
  const inside = lines.map(line => `    ${line}`)
  return ok(['<fetch>', `  <entity name="${escaped(table)}">`, ...inside, '  </entity>', '</fetch>', ''].join('\n'))
}

interface Writing {
  readonly schema: Schema
  readonly faults: Fault[]
}

const groupLines = (writing: Writing, table: Table, filter: Filter, place: string): string[] => {
  const [type, members] = 'all' in filter ? ['and', filter.all] as const : 'any' in filter ? ['or', filter.any] as const : ['and', [filter]] as const // prettier-ignore
  const inside = members.flatMap((member, index) => {
    const at = 'all' in filter || 'any' in filter ? `${place} ${type === 'and' ? 'all' : 'any'}[${index}]` : place
    return memberLines(writing, table, member, at)
  })
  return wrapped(`filter type="${type}"`, 'filter', inside)
}

const memberLines = (writing: Writing, table: Table, member: Filter, place: string): string[] => {
  if ('all' in member || 'any' in member) return groupLines(writing, table, member, place)
  return 'link' in member ? linkLines(writing, member, place) : conditionLines(writing, table, member, place)
}

const linkLines = (writing: Writing, link: Link, place: string): string[] => {
  const related = writing.schema.tables.get(link.table)
  const inside =
    link.where === undefined || related === undefined ? [] : groupLines(writing, related, link.where, `${place} where`)
  const [name, from, to] = [link.table, link.from, link.to].map(escaped)
  return wrapped(`link-entity name="${name}" from="${from}" to="${to}" link-type="${link.link}"`, 'link-entity', inside)
}

const conditionLines = ({ faults }: Writing, table: Table, condition: Condition, place: string): string[] => {
  const operand = operandOf(table, condition.column)
  const start = `condition attribute="${escaped(condition.column)}" operator="${condition.op}"`
  if (!('value' in condition) || operand === undefined) return [`<${start} />`]
  const { value } = condition
  const spelled = (Array.isArray(value) ? (value as readonly Value[]) : [value]).map(each => {
    const text = textOf(operand, each)
    const at = `${place}, column ${condition.column}`
    if (text === undefined) faults.push({ code: 'fetchxml', at, message: 'has a value FetchXML cannot carry' })
    return escaped(text ?? '')
  })
  if (!Array.isArray(value)) return [`<${start} value="${spelled.join('')}" />`]
  return wrapped(
    start,
    'condition',
    spelled.map(text => `<value>${text}</value>`),
  )
}

const wrapped = (start: string, name: string, inside: readonly string[]): string[] =>
  inside.length === 0 ? [`<${start} />`] : [`<${start}>`, ...inside.map(line => `  ${line}`), `</${name}>`]

/** Line ends and tabs too: a reader of XML may turn them into spaces. */
const escaped = (text: string): string => text.replace(/[&<>"\t\n\r\u0085\u2028]/g, sign => `&#${sign.codePointAt(0)};`)
