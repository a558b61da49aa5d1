import { failed, ok, type Fault, type Result } from '../../fault.ts'
import type { Schema, Table } from '../../schema/schema.ts'
import { conditionFaults } from '../check-condition.ts'
import { checkFilter } from '../check.ts'
import type { Condition, Filter, Link } from '../filter.ts'
import { operandOf } from '../operand.ts'
import { operatorKind } from '../operators.ts'
import { readXml, type Element } from './element.ts'
import { valueOf } from './values.ts'

export interface ImportedFilter {
  readonly table: string
  readonly filter: Filter
}

/**
 * A filter from FetchXML: the filters of `<fetch><entity>`, or a `<filter>` alone with the table it is for. Columns,
 * order, paging and hints say nothing of which rows are meant and are passed over, as in the documented editor;
 * everything else that a filter of ours cannot say (joins, aggregates, `top`, other operators) is refused, each with
 * the element and the attribute that says it (PR21).
 */
export const importFetchXml = (schema: Schema, xml: string, table?: string): Result<ImportedFilter> => {
  const read = readXml(xml)
  if (!read.ok) return read
  const { value: root } = read
  const faults: Fault[] = []
  const fault: Refuse = (element, message, code = 'fetchxml') => {
    faults.push({ code, at: `FetchXML, ${element.path}`, message })
  }
  const entity = root.name === 'filter' ? undefined : entityOf(root, fault)
  const name = entity === undefined ? table : entity.attributes.get('name')
  if (root.name !== 'filter' && entity === undefined) return failed(...faults)
  if (name === undefined) return failed({ code: 'fetchxml', at: `FetchXML, ${root.path}`, message: 'names no table' })
  if (table !== undefined && name !== table) fault(entity ?? root, `is a filter of ${name}, not of ${table}`)
  const of = schema.tables.get(name)
  if (of === undefined) fault(entity ?? root, `names ${name}, which is not a table of the schema`, 'unknown-table')
  if (of === undefined) return failed(...faults)
  const ground: Ground = { schema, fault, faults }
  const filter = entity === undefined ? groupOf(ground, of, root) : filtersOf(ground, of, entity, ['attribute', 'all-attributes', 'order']) // prettier-ignore
  if (faults.length === 0) faults.push(...checkFilter(schema, name, filter ?? everything))
  return faults.length > 0 ? failed(...faults) : ok({ table: name, filter: filter ?? everything })
}

type Refuse = (element: Element, message: string, code?: string) => void

interface Ground {
  readonly schema: Schema
  readonly fault: Refuse
  readonly faults: Fault[]
}

const everything: Filter = { all: [] }

const ignoredOfFetch = ['version', 'output-format', 'mapping', 'distinct', 'page', 'count', 'paging-cookie', 'no-lock', 'returntotalrecordcount', 'latematerialize', 'useraworderby', 'options'] // prettier-ignore

const entityOf = (root: Element, fault: Refuse): Element | undefined => {
  if (root.name !== 'fetch') {
    fault(root, `<${root.name}> is neither <fetch> nor <filter>`)
    return undefined
  }
  onlyAttributes(
    root,
    [...ignoredOfFetch, ...(root.attributes.get('aggregate') === 'false' ? ['aggregate'] : [])],
    fault,
  )
  const [entity, ...more] = root.children
  if (entity?.name !== 'entity' || more.length > 0) {
    fault(root, 'has not exactly one <entity>')
    return undefined
  }
  onlyAttributes(entity, ['name'], fault)
  return entity
}

/** Several filters of one element all have to hold. Undefined: there is none. */
const filtersOf = (ground: Ground, table: Table, element: Element, ignored: readonly string[]): Filter | undefined => {
  const filters: Filter[] = []
  for (const child of element.children) {
    if (child.name === 'filter') filters.push(groupOf(ground, table, child))
    else if (child.name === 'link-entity') {
      const type = child.attributes.get('link-type') ?? 'inner'
      ground.fault(child, `is a join (link-type "${type}"); a filter has links only inside <filter>, any or not any`)
    } else if (!ignored.includes(child.name)) ground.fault(child, `<${child.name}> cannot be expressed`)
  }
  const [first] = filters
  return filters.length > 1 ? { all: filters } : first
}

const groupOf = (ground: Ground, table: Table, element: Element): Filter => {
  const { fault } = ground
  onlyAttributes(element, ['type', 'hint'], fault)
  const type = element.attributes.get('type') ?? 'and'
  if (type !== 'and' && type !== 'or') fault(element, `has the type "${type}"; there are and, or`)
  const members = element.children.flatMap((child): Filter[] => {
    switch (child.name) {
      case 'filter':
        return [groupOf(ground, table, child)]
      case 'condition':
        return conditionOf(ground, table, child)
      case 'link-entity':
        return linkOf(ground, table, child)
      default:
        fault(child, `<${child.name}> cannot be expressed`)
        return []
    }
  })
  return type === 'or' ? { any: members } : { all: members }
}

const linkOf = (ground: Ground, table: Table, element: Element): Link[] => {
  const { fault, schema } = ground
  onlyAttributes(element, ['name', 'from', 'to', 'link-type', 'alias'], fault)
  const { name, from, to, 'link-type': type = 'inner' } = Object.fromEntries(element.attributes)
  if (type !== 'any' && type !== 'not any') fault(element, `has the link-type "${type}"; a filter has any and not any`)
  if (name === undefined || from === undefined || to === undefined) {
    fault(element, 'names not all of table (name), from and to')
    return []
  }
  const related = schema.tables.get(name)
  if (related === undefined) {
    fault(element, `names ${name}, which is not a table of the schema`, 'unknown-table')
    return []
  }
  for (const [of, column] of [
    [related, from],
    [table, to],
  ] as const) {
    if (operandOf(of, column) === undefined) fault(element, `${column} is not a column of ${of.name}`, 'unknown-column')
  }
  const where = filtersOf(ground, related, element, [])
  const link = { link: type === 'not any' ? type : 'any', table: name, from, to } as const
  return [where === undefined ? link : { ...link, where }]
}

const conditionOf = ({ fault, faults }: Ground, table: Table, element: Element): Condition[] => {
  onlyAttributes(element, ['attribute', 'operator', 'value', 'uiname', 'uitype', 'uihidden'], fault)
  const { attribute: column, operator, value } = Object.fromEntries(element.attributes)
  if (column === undefined || operator === undefined) {
    fault(element, 'names not both attribute and operator')
    return []
  }
  for (const child of element.children) {
    if (child.name !== 'value') fault(child, `<${child.name}> cannot be expressed`)
    else onlyAttributes(child, ['uiname', 'uitype'], fault)
  }
  const op = operator === 'neq' ? 'ne' : operator
  const operand = operandOf(table, column)
  if (operatorKind(op) === undefined) {
    fault(element, `the operator ${operator} cannot be expressed`, 'unknown-operator')
    return []
  }
  const written = [...(value === undefined ? [] : [value]), ...element.children.map(({ text }) => text)]
  const values = operand === undefined ? [] : written.map(text => valueOf(operand, op, text))
  const kind = operatorKind(op)
  const part: Record<string, unknown> = { column, op }
  if (kind === 'list' || kind === 'range') part['value'] = values
  else if (values.length === 1) part['value'] = values[0]
  else if (values.length > 1) fault(element, `${operator} takes one value`)
  const wrong = conditionFaults(table, part, `FetchXML, ${element.path}`)
  faults.push(...wrong)
  return wrong.length > 0 ? [] : [part as unknown as Condition]
}

const onlyAttributes = (element: Element, known: readonly string[], fault: Refuse): void => {
  for (const [name, value] of element.attributes) {
    if (!known.includes(name)) fault(element, `the attribute ${name}="${value.slice(0, 100)}" cannot be expressed`)
  }
}
