import { type Column, type Fault, FaultError, type PlainRow, type Table, type Value } from '@rejoin/profile'
import type { Side } from './report.ts'

/**
 * Who writes what. Four records, the same in every act, each showing another kind of conflict; which columns play the
 * parts is found from the table, so that any import can be the stage.
 */
export interface Cast {
  readonly table: Table
  /** a choice where there is one: all three sides want it */
  readonly contested: Column
  /** one side each */
  readonly first: Column
  readonly second: Column
}

export interface Scene {
  readonly title: string
  /** columns that are shown */
  readonly columns: readonly Column[]
  /** what each side does to the record as it was before */
  deeds(before: PlainRow): Readonly<Partial<Record<Side, PlainRow | 'deleted'>>>
}

/** @throws FaultError where the table has no three columns to fight over */
export const castOf = (table: Table): Cast => {
  const free = table.columns.filter(column => column.name !== table.primaryName && isWritable(column))
  const contested = free.find(({ choices }) => (choices?.length ?? 0) >= 4) ?? free.find(isText)
  const others = free.filter(column => column !== contested && column.choices === undefined && column.required !== true)
  const first = others.find(({ name }) => name === 'notes') ?? others.find(isText)
  const second =
    others.find(column => column !== first && column.type === 'integer') ?? others.find(column => column !== first)
  if (contested === undefined || first === undefined || second === undefined) throw new FaultError([tooNarrow(table)])
  return { table, contested, first, second }
}

const isText = ({ type }: Column): boolean => type === 'string' || type === 'text'
const isWritable = (column: Column): boolean =>
  isText(column) || column.type === 'integer' || (column.type === 'choice' && column.choices !== undefined)

const tooNarrow = ({ name }: Table): Fault => ({
  code: 'too-narrow',
  at: `table ${name}`,
  message: 'the story needs three columns: a choice or a text, and two more texts or numbers that may be empty',
  fix: 'map more columns of the file',
})

export const scenesOf = ({ contested, first, second }: Cast): readonly Scene[] => {
  const note = { [first.name]: words(first, 'Valve leaks, part ordered') }
  return [
    {
      title: 'one column, three hands',
      columns: [contested],
      deeds: before => {
        const [a, b, c] = othersThan(contested, before[contested.name] ?? null)
        return { first: { [contested.name]: a! }, second: { [contested.name]: b! }, office: { [contested.name]: c! } }
      },
    },
    {
      title: 'three columns, one hand each',
      columns: [contested, first, second],
      deeds: before => ({
        first: note,
        second: { [second.name]: numberOrWords(second, before[second.name] ?? null) },
        office: { [contested.name]: othersThan(contested, before[contested.name] ?? null)[2]! },
      }),
    },
    {
      title: 'deleted in the office, changed on a device',
      columns: [first],
      deeds: () => ({ first: note, office: 'deleted' }),
    },
    {
      title: 'deleted on a device, changed in the office',
      columns: [contested],
      deeds: before => ({
        second: 'deleted',
        office: { [contested.name]: othersThan(contested, before[contested.name] ?? null)[2]! },
      }),
    },
  ]
}

/** Three values that are none of them the one it has. */
const othersThan = (column: Column, before: Value): readonly Value[] => {
  const known =
    column.choices?.map(({ value }) => value) ??
    ['Urgent', 'Can wait', 'Not ours', 'Closed'].map(text => words(column, text))
  const others = known.filter(value => value !== before)
  return [others[0]!, others[1]!, others.at(-1)!]
}

const numberOrWords = (column: Column, before: Value): Value =>
  column.type === 'integer'
    ? (typeof before === 'number' ? before : 0) + 45
    : words(column, 'Key is with the neighbour')

const words = ({ maxLength = 100 }: Column, text: string): string => text.slice(0, maxLength)

/** As people see a value: a choice by its label. */
export const shown = (column: Column, value: Value | undefined): string => {
  if (value === undefined || value === null || value === '') return '–'
  const text = column.choices?.find(choice => choice.value === value)?.label ?? String(value)
  return text.length > 28 ? `${text.slice(0, 27)}…` : text
}
