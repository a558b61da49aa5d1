import { failed, FaultError, ok, type Fault, type Result } from '../fault.ts'
import type { Handle } from '../merge/judge.ts'
import { columnFaults, idOf, repeated } from '../schema/columns.ts'
import type { Cell } from '../schema/infer.ts'
import { nameFault } from '../schema/names.ts'
import { checkRow, fieldsToRow, type PlainRow } from '../schema/rows.ts'
import type { Column, ColumnSource, Fields, Table, Value } from '../schema/schema.ts'
import { checkValue, storedForm } from '../schema/values.ts'
import type { CommandCall } from './edit.ts'
import type { Rejection } from './outcome.ts'

/**
 * A named action on one record, written once and given to both sides:
 *
 *     export const complete = defineCommand({
 *       table: 'workorder',
 *       name: 'complete',
 *       args: [{ name: 'note', type: 'text' }],
 *       run: (row, { note }) =>
 *         row['status'] === 'cancelled'
 *           ? { refuse: 'cancelled', message: 'was cancelled', column: 'status' }
 *           : { set: { status: 'done', notes: note } },
 *     })
 *
 * On the device `offline`, or `run` where there is none, says what its author sees at once. On the relay `run` works on
 * the record as it stands, inside the commit, and its word replaces the device's. Its author needs the right to write
 * the record; which columns it sets is the command's own affair. Steps are pure: they may run again.
 */
export interface Command<Args = never> {
  readonly table: string
  readonly name: string
  readonly args: readonly Column[]
  run(row: PlainRow, args: Args, context: CommandContext): CommandResult
  offline?(row: PlainRow, args: Args, context: CommandContext): CommandResult
}

/** What a command may ask beside the row; the same on both sides. */
export interface CommandContext {
  readonly record: string
  /** user id of its author */
  readonly user: string
  /** when it was done by its author's clock, ms since 1970: information, never to be compared with other clocks */
  readonly at: number
}

/** Values by column name, null clears; or why not: `refuse` names the reason for programs, `message` says it to people. */
export type CommandResult =
  | { readonly set: Readonly<Record<string, unknown>> }
  | { readonly refuse: string; readonly message: string; readonly column?: string }

/** Arguments are defined as columns are, and come to the steps whole: what was not given is null. */
export interface CommandSource<A extends readonly ColumnSource[]> {
  readonly table: string
  readonly name: string
  readonly args?: A
  run(row: PlainRow, args: ArgsIn<A>, context: CommandContext): CommandResult
  offline?(row: PlainRow, args: ArgsIn<A>, context: CommandContext): CommandResult
}

type ArgsIn<A extends readonly ColumnSource[]> = { readonly [C in A[number] as C['name']]: Cell<C> }

/** What a caller gives: required arguments, and any of the others. */
export type ArgsOf<Args> = { readonly [K in keyof Args as null extends Args[K] ? never : K]: Args[K] } & {
  readonly [K in keyof Args as null extends Args[K] ? K : never]?: Args[K]
}

/** @throws FaultError where its name or an argument is not sound */
export const defineCommand = <const A extends readonly ColumnSource[] = readonly []>(
  source: CommandSource<A>,
): Command<ArgsIn<A>> => {
  const columns: readonly ColumnSource[] = source.args ?? []
  const at = `command ${source.name} of ${source.table}`
  const name = nameFault(source.name)
  const faults = [
    ...(name === undefined ? [] : [{ code: 'name', at, message: name }]),
    // A lookup may point to any table: whether the record is there is the command's own affair.
    ...columns.flatMap(column =>
      columnFaults(`${at}, argument ${column.name}`, { ...column, external: true }, new Set()),
    ),
    ...repeated(columns.map(column => column.name)).map((twin): Fault => ({
      code: 'duplicate',
      at: `${at}, argument ${twin}`,
      message: 'is there twice',
    })),
  ]
  if (faults.length > 0) throw new FaultError(faults)
  return { ...source, args: columns.map(column => ({ ...column, id: idOf(column) })) }
}

/** The commands of one side, by table and name. */
export type Commands = (table: string, name: string) => Command | undefined

/** @throws FaultError where one is there twice */
export const commandsOf = (commands: readonly Command[]): Commands => {
  const key = ({ table, name }: Pick<Command, 'table' | 'name'>): string => `${table}/${name}`
  const twice = repeated(commands.map(key))
  if (twice.length > 0) {
    throw new FaultError(twice.map(at => ({ code: 'duplicate', at: `command ${at}`, message: 'is there twice' })))
  }
  const known = new Map(commands.map(command => [key(command), command]))
  return (table, name) => known.get(key({ table, name }))
}

/** What an app gave, by argument name, in stored form; or every fault, each naming its argument. */
export const checkArgs = (command: Command, given: Readonly<Record<string, unknown>>): Result<Fields> => {
  const at = (name: string): string => `command ${command.name}, argument ${name}`
  const faults: Fault[] = []
  const args: Record<string, Value> = {}
  const known = new Set(command.args.map(({ name }) => name))
  for (const name of Object.keys(given)) {
    if (!known.has(name)) faults.push({ code: 'invalid', at: at(name), message: 'is not an argument of it' })
  }
  for (const column of command.args) {
    const value = storedForm(column, Object.hasOwn(given, column.name) ? given[column.name] : null)
    const wrong = checkValue(column, value) ?? (value === null && column.required === true ? 'is required' : undefined)
    if (wrong !== undefined) faults.push({ code: 'invalid', at: at(column.name), message: wrong })
    else if (value !== null) args[column.name] = value as Value
  }
  return faults.length > 0 ? failed(...faults) : ok(args)
}

/** One step of a command as a function of the record. What it throws, or makes that does not fit the table, is its bug. */
export const stepOf =
  (command: Command, step: 'run' | 'offline', call: CommandCall, table: Table, context: CommandContext): Handle =>
  ({ fields }) => {
    const args = checkArgs(command, call.args)
    if (!args.ok) return refused('invalid', args.faults.map(({ at, message }) => `${at} ${message}`).join(', '))
    const whole = Object.fromEntries(command.args.map(({ name }) => [name, args.value[name] ?? null]))
    const does = step === 'offline' ? (command.offline ?? command.run) : command.run
    let result: CommandResult
    try {
      result = does.call(command, fieldsToRow(table, context.record, fields), whole as never, context)
    } catch (thrown) {
      return { ...refused('other', `the command ${command.name} failed`), thrown }
    }
    if ('refuse' in result) return refused('rule', result.message, result.refuse, result.column)
    const set = checkRow(table, result.set, { create: false })
    if (set.ok) return { set: set.value }
    const what = set.faults.map(({ at, message }) => `${at} ${message}`).join(', ')
    const message = `the command ${command.name} made something unsound: ${what}`
    return { ...refused('other', message), thrown: new Error(message) }
  }

const refused = (
  code: Rejection['code'],
  message: string,
  rule?: string,
  column?: string,
): { readonly refused: Rejection } => ({
  refused: {
    status: 'rejected',
    code,
    message,
    ...(column === undefined ? {} : { column }),
    ...(rule === undefined ? {} : { rule }),
  },
})
