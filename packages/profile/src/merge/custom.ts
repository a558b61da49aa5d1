import { type Fault, FaultError } from '../fault.ts'
import type { Content } from '../record/record.ts'
import { repeated } from '../schema/columns.ts'
import { nameFault } from '../schema/names.ts'
import { checkRow, fieldsToRow, type PlainRow } from '../schema/rows.ts'
import type { Fields, Table, Value } from '../schema/schema.ts'
import { type BuiltInStrategy, type Conflict, type Decision, strategies, type Strategy } from './strategy.ts'

/**
 * A strategy of an application's own, written once and given to both sides; settings, tables and profiles choose it by
 * its name:
 *
 *     const urgentFirst: CustomStrategy = {
 *       name: 'urgentFirst',
 *       decide: ({ mine, theirs }) => (Number(mine?.['priority']) > Number(theirs?.['priority']) ? 'mine' : 'merged'),
 *     }
 *
 * It is pure and answers at once: the relay may ask it again, and so does every device for what it shows meanwhile.
 */
export interface CustomStrategy {
  readonly name: string
  decide(conflict: RowConflict): RowDecision
}

/** Rows by column name, the primary key among them; undefined where the record is deleted. */
export interface RowConflict {
  readonly table: string
  readonly record: string
  readonly kind: Conflict['kind']
  /** the record as its author had it, his edit included; columns hidden from him are as they stand */
  readonly mine: PlainRow | undefined
  /** the record as it stands */
  readonly theirs: PlainRow | undefined
  /** the record as it stands with the edit's columns laid over */
  readonly merged: PlainRow | undefined
  /** what its author did, by column name */
  readonly changes: Readonly<Record<string, readonly [before: Value, after: Value]>>
}

/** `set`: values by column name, laid over the record as it stands, which is revived by it; null clears. */
export type RowDecision =
  | Exclude<Decision, { readonly content: Content }>
  | { readonly set: Readonly<Record<string, unknown>> }

/** The strategies one side knows. */
export interface Strategies {
  readonly names: ReadonlySet<string>
  /**
   * As it settles conflicts of a table; undefined where it is not known here.
   * @param failed hears of a bug of a custom one, and says what is to be done instead
   */
  on(name: string, table: Table, failed: (bug: StrategyBug) => Decision): Strategy | undefined
}

/** A custom strategy threw, or answered with something that is no decision about its table. */
export class StrategyBug extends Error {
  override readonly name = 'StrategyBug'
  readonly strategy: string
  readonly table: string
  readonly record: string

  constructor(strategy: string, { table, record }: Pick<Conflict, 'table' | 'record'>, why: string, cause?: unknown) {
    super(`the strategy ${strategy} failed on ${table}/${record}: ${why}`, { cause })
    this.strategy = strategy
    this.table = table
    this.record = record
  }
}

/** @throws FaultError where a name is not sound, is there twice, or is one of those that are always there */
export const strategiesOf = (customs: readonly CustomStrategy[] = []): Strategies => {
  const faults = [...customs.flatMap(nameFaults), ...repeated(customs.map(({ name }) => name)).map(twice)]
  if (faults.length > 0) throw new FaultError(faults)
  const known = new Map(customs.map(custom => [custom.name, custom]))
  return {
    names: new Set([...Object.keys(strategies), ...known.keys()]),
    on: (name, table, failed) => {
      if (isBuiltIn(name)) return strategies[name]
      const custom = known.get(name)
      return custom === undefined ? undefined : strategyFrom(custom, table, failed)
    },
  }
}

export const isBuiltIn = (name: string): name is BuiltInStrategy => Object.hasOwn(strategies, name)

const nameFaults = ({ name }: CustomStrategy): Fault[] => {
  const message = isBuiltIn(name) ? 'is always there, and means what it means' : nameFault(name)
  return message === undefined ? [] : [{ code: 'name', at: `strategy ${name}`, message }]
}

const twice = (name: string): Fault => ({ code: 'duplicate', at: `strategy ${name}`, message: 'is there twice' })

/** Any of its words may ask for the author's record whole, so that edits always carry it. */
const strategyFrom = (custom: CustomStrategy, table: Table, failed: (bug: StrategyBug) => Decision): Strategy => ({
  name: custom.name,
  image: true,
  decide: conflict => {
    const bug = (why: string, cause?: unknown): Decision => failed(new StrategyBug(custom.name, conflict, why, cause))
    let answer: unknown
    try {
      answer = custom.decide(rowsOf(conflict, table))
    } catch (cause) {
      return bug('it threw', cause)
    }
    if (answer === 'mine' || answer === 'theirs' || answer === 'merged' || answer === 'ask') return answer
    if (!isObject(answer) || !isObject(answer['set'])) {
      // Nobody waits for what a function that is no plain one promised.
      if (answer instanceof Promise) answer.catch(() => {})
      return bug('it answered with something that is no decision')
    }
    // Made of a whole row, it names the record.
    const { [table.primaryKey]: id = conflict.record, ...values } = answer['set']
    if (id !== conflict.record) return bug('it set the id of another record')
    const set = checkRow(table, values, { create: false })
    if (!set.ok) return bug(set.faults.map(({ at, message }) => `${at} ${message}`).join(', '))
    return { content: laidOver(conflict.theirs.fields, set.value) }
  },
})

const rowsOf = ({ table: name, record, kind, mine, theirs, merged, changes }: Conflict, table: Table): RowConflict => {
  const row = ({ fields, deleted }: Content): PlainRow | undefined =>
    deleted ? undefined : fieldsToRow(table, record, fields)
  const named = Object.entries(changes).map(([id, change]) => [table.byId.get(id)?.name ?? id, change] as const)
  return {
    table: name,
    record,
    kind,
    mine: row(mine),
    theirs: row(theirs),
    merged: row(merged),
    changes: Object.fromEntries(named),
  }
}

const laidOver = (fields: Fields, set: Fields): Content => ({
  fields: Object.fromEntries(Object.entries({ ...fields, ...set }).filter(([, value]) => value !== null)),
  deleted: false,
})

const isObject = (each: unknown): each is Readonly<Record<string, unknown>> =>
  typeof each === 'object' && each !== null && !Array.isArray(each)
