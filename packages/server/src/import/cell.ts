import { checkValue, type Column, type Value } from '@rejoin/profile'
import { dateOf, instantOf } from './local-time.ts'
import type { MappedColumn } from './mapping.ts'
import type { RepairKind } from './report.ts'

/** What one cell became: a value and what was repaired on the way, or why it is none. */
export type Cell =
  | { readonly ok: true; readonly value: Value; readonly repairs: readonly Repair[] }
  | { readonly ok: false; readonly kind: 'required' | 'type'; readonly why: string }

export interface Repair {
  readonly kind: RepairKind
  readonly what: string
}

export const readCell = (text: string, mapped: MappedColumn, column: Column, zone: string): Cell => {
  const repairs: Repair[] = []
  let cell = text.trim()
  if (cell !== text && cell !== '') repairs.push({ kind: 'blanks', what: 'blanks around the value removed' })
  if (cell.includes('\uFFFD')) repairs.push({ kind: 'encoding', what: 'has characters that are not UTF-8, now \uFFFD' })
  if (mapped.dropEnd !== undefined && cell.endsWith(mapped.dropEnd))
    cell = cell.slice(0, -mapped.dropEnd.length).trimEnd()
  if (mapped.letters === 'upper') cell = cell.toUpperCase()
  if (mapped.letters === 'lower') cell = cell.toLowerCase()

  if (cell === '' || mapped.nullValues?.includes(cell) === true) {
    if (mapped.default !== undefined) {
      repairs.push({ kind: 'default', what: `empty, now ${JSON.stringify(mapped.default)}` })
      return { ok: true, value: mapped.default, repairs }
    }
    if (mapped.required === true) return { ok: false, kind: 'required', why: 'is empty but required' }
    if (text !== '' && cell === '' && text.trim() === '')
      repairs.push({ kind: 'blanks', what: 'nothing but blanks, now empty' })
    return { ok: true, value: null, repairs }
  }
  const value = convert(cell, mapped, zone, repairs)
  if (value === undefined) return { ok: false, kind: 'type', why: `${shown(cell)} ${expectation(mapped)}` }
  const wrong = checkValue(column, value)
  return wrong === undefined
    ? { ok: true, value, repairs }
    : { ok: false, kind: 'type', why: `${shown(cell)} ${wrong}` }
}

const convert = (cell: string, mapped: MappedColumn, zone: string, repairs: Repair[]): Value | undefined => {
  switch (mapped.type) {
    case 'string':
    case 'text':
      return cell
    case 'integer':
    case 'number':
    case 'money':
      return numeral.test(cell) ? Number(cell) + 0 : undefined
    case 'boolean':
      return booleans.get(cell.toLowerCase())
    case 'date': {
      const read = dateOf(cell, mapped.format)
      if (read?.timeLost === true) repairs.push({ kind: 'time-dropped', what: 'has a time of day, kept the date only' })
      return read?.date
    }
    case 'datetime': {
      const read = instantOf(cell, zone, mapped.format)
      if (!read.ok) return undefined
      if (read.repaired === 'gap')
        repairs.push({ kind: 'gap', what: `${cell} was skipped by daylight saving in ${zone}, moved forward` })
      if (read.repaired === 'fold')
        repairs.push({ kind: 'fold', what: `${cell} was twice because of daylight saving in ${zone}, took the first` })
      return read.iso
    }
    case 'choice':
      return choose(cell, mapped, repairs)
    case 'lookup':
      return mapped.map === undefined ? cell : choose(cell, mapped, repairs)
    case 'choices': {
      const chosen = cell.split(mapped.separator ?? ';').map(part => choose(part.trim(), mapped, repairs))
      return chosen.some(each => each === undefined) ? undefined : [...new Set(chosen as (string | number)[])]
    }
  }
}

/** By the map, then by value or label; each first as written, then without regard to capitals. */
const choose = (cell: string, mapped: MappedColumn, repairs: Repair[]): string | number | undefined => {
  const offered = mapped.choices ?? []
  const ways: (readonly [string, string | number])[][] = [
    Object.entries(mapped.map ?? {}),
    offered.flatMap(({ value, label }) => [[String(value), value] as const, [label, value] as const]),
  ]
  for (const words of ways) {
    const exact = words.find(([word]) => word === cell)
    if (exact !== undefined) return exact[1]
    const folded = words.find(([word]) => word.toLowerCase() === cell.toLowerCase())
    if (folded === undefined) continue
    repairs.push({ kind: 'capitals', what: `${shown(cell)} read as ${shown(folded[0])}` })
    return folded[1]
  }
  return undefined
}

const numeral = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'y', '1'].map(word => [word, true] as const),
  ...['false', 'no', 'n', '0'].map(word => [word, false] as const),
])

const expectation = (mapped: MappedColumn): string => {
  if (mapped.type === 'choice' || mapped.type === 'choices') return 'is not one of the choices'
  if (mapped.type === 'lookup') return 'is not in the map'
  if (mapped.format !== undefined) return `is no ${mapped.type} of the form ${mapped.format}`
  return `is no ${mapped.type}`
}

/** Enough of a cell to find it again. */
const shown = (cell: string): string => JSON.stringify(cell.length > 40 ? `${cell.slice(0, 39)}…` : cell)
