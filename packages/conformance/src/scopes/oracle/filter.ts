import type { Filter, Value } from '@rejoin/profile'
import { tableNamed } from '../schema.ts'
import type { Row, State } from '../state.ts'
import { inTime } from './time.ts'

/** Who asks, as FI2 needs it. */
export interface Asker {
  readonly id: string
  readonly unit: string | undefined
  readonly teams: readonly string[]
  /** people below in the hierarchy, and the teams they are in */
  readonly below: readonly string[]
  readonly teamsBelow: readonly string[]
  readonly zone: string
  readonly language: number | string | undefined
}

/** Whether a custom filter selects a row: the FI statements, condition by condition. */
export const selects = (state: State, asker: Asker, table: string, filter: Filter, id: string, row: Row): boolean => {
  if ('all' in filter) return filter.all.every(part => selects(state, asker, table, part, id, row))
  if ('any' in filter) return filter.any.some(part => selects(state, asker, table, part, id, row))
  const valueOf = (of: string, column: string, at: string, fields: Row): Value =>
    column === `${of}id` ? at : (fields[column] ?? null)
  if ('link' in filter) {
    const mine = valueOf(table, filter.to, id, row)
    const found = [...(state.rows.get(filter.table) ?? [])].some(
      ([other, fields]) =>
        mine !== null &&
        valueOf(filter.table, filter.from, other, fields) === mine &&
        (filter.where === undefined || selects(state, asker, filter.table, filter.where, other, fields)),
    )
    return filter.link === 'any' ? found : !found
  }
  const value = valueOf(table, filter.column, id, row)
  const asked = 'value' in filter ? filter.value : undefined
  const positive = opposites[filter.op]
  const holds = (op: string): boolean =>
    value !== null && holdsOf(state.now, asker, kindOf(table, filter.column), op, asked, value)
  return positive === undefined ? holds(filter.op) : !holds(positive)
}

/** FI5: each the exact complement of its positive one. */
const opposites: Readonly<Record<string, string>> = {
  ne: 'eq',
  null: 'not-null',
  'not-in': 'in',
  'not-between': 'between',
  'not-like': 'like',
  'not-begin-with': 'begins-with',
  'not-end-with': 'ends-with',
  'ne-userid': 'eq-userid',
  'ne-businessid': 'eq-businessid',
}

type Kind = 'text' | 'date' | 'datetime' | 'wall' | 'other'

const kindOf = (table: string, name: string): Kind => {
  const column = tableNamed(table).columns.find(each => each.name === name)
  if (column?.type === 'string' || column?.type === 'text') return 'text'
  if (column?.type === 'datetime') return column.timeZoneIndependent === true ? 'wall' : 'datetime'
  return column?.type === 'date' ? 'date' : 'other'
}

const holdsOf = (now: number, asker: Asker, kind: Kind, op: string, asked: unknown, value: Value): boolean => {
  const plain = (each: unknown): string | number =>
    typeof each === 'number' ? each : kind === 'text' ? String(each).toLowerCase() : String(each)
  const [own, list] = [plain(value), asked as unknown[]]
  switch (op) {
    case 'not-null':
      return true
    case 'eq':
      return own === plain(asked)
    case 'in':
      return list.some(each => plain(each) === own)
    case 'gt':
      return own > plain(asked)
    case 'ge':
      return own >= plain(asked)
    case 'lt':
      return own < plain(asked)
    case 'le':
      return own <= plain(asked)
    case 'between':
      return own >= plain(list[0]) && own <= plain(list[1])
    case 'like':
      return like(String(plain(asked)), String(own))
    case 'begins-with':
      return String(own).startsWith(String(plain(asked)))
    case 'ends-with':
      return String(own).endsWith(String(plain(asked)))
    case 'eq-userlanguage':
      return asker.language !== undefined && own === plain(asker.language)
    case 'eq-userid':
      return own === asker.id
    case 'eq-businessid':
      return own === asker.unit
    case 'eq-userteams':
      return asker.teams.includes(String(own))
    case 'eq-useroruserteams':
      return [asker.id, ...asker.teams].includes(String(own))
    case 'eq-useroruserhierarchy':
      return [asker.id, ...asker.below].includes(String(own))
    case 'eq-useroruserhierarchyandteams':
      return [asker.id, ...asker.below, ...asker.teams, ...asker.teamsBelow].includes(String(own))
    default:
      if (kind === 'other' || kind === 'text') throw new Error(`the oracle does not know ${op} of ${kind}`)
      return inTime({ now, zone: asker.zone }, kind, op, asked, String(value))
  }
}

/** Of patterns only % and _: classes are FI6's own proof. */
const like = (pattern: string, text: string): boolean => {
  if (pattern === '') return text === ''
  const [first = '', rest] = [pattern[0], pattern.slice(1)]
  if (first === '%') return like(rest, text) || (text !== '' && like(pattern, text.slice(1)))
  return text !== '' && (first === '_' || first === text[0]) && like(rest, text.slice(1))
}
