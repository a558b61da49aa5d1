import { describe, expect, expectTypeOf, it } from 'vitest'
import { FaultError } from '../fault.ts'
import type { Content } from '../record/record.ts'
import { compileSchema } from '../schema/compile.ts'
import type { Table } from '../schema/schema.ts'
import { type ArgsOf, checkArgs, type Command, commandsOf, defineCommand, stepOf } from './command.ts'

const compiled = compileSchema({
  tables: [
    {
      name: 'job',
      ownership: 'organization',
      primaryKey: 'jobid',
      primaryName: 'title',
      columns: [
        { name: 'jobid', type: 'guid' },
        { name: 'title', type: 'string', required: true },
        { id: 'state', name: 'status', type: 'string' },
        { name: 'visits', type: 'integer' },
      ],
    },
  ],
})
const table: Table = (compiled.ok ? compiled.value : undefined)!.tables.get('job')!

const visit = defineCommand({
  table: 'job',
  name: 'visit',
  args: [
    { name: 'times', type: 'integer', required: true },
    { name: 'status', type: 'string', maxLength: 8 },
  ],
  run: (row, { times, status }, { user }) =>
    row['status'] === 'closed'
      ? { refuse: 'closed', message: `is closed, ${user}`, column: 'status' }
      : { set: { visits: Number(row['visits'] ?? 0) + times, status } },
  offline: () => ({ set: { status: 'on my way' } }),
})

const context = { record: 'J1', user: 'ann', at: 5 }
const standing: Content = { fields: { title: 'Pump', state: 'open', visits: 2 }, deleted: false }

const stepWith = (
  command: Command,
  args: Record<string, never> | object,
  on = standing,
  step: 'run' | 'offline' = 'run',
) => stepOf(command, step, { name: command.name, args: args as never }, table, context)(on)

describe('a command', () => {
  it('sets columns of the record as it stands, named by the app and stored by id', () => {
    expect(stepWith(visit, { times: 3 })).toEqual({ set: { visits: 5, state: null } })
    expect(stepWith(visit, { times: 3 }, standing, 'offline')).toEqual({ set: { state: 'on my way' } })
  })

  it('shows on the device what it does on the relay, unless it says otherwise', () => {
    const { offline: _offline, ...plain } = visit
    expect(stepWith(plain, { times: 1, status: 'busy' }, standing, 'offline')).toEqual({
      set: { visits: 3, state: 'busy' },
    })
  })

  it('may refuse, with a reason for programs and one for people', () => {
    const closed = { fields: { ...standing.fields, state: 'closed' }, deleted: false }
    expect(stepWith(visit, { times: 1 }, closed)).toEqual({
      refused: { status: 'rejected', code: 'rule', rule: 'closed', message: 'is closed, ann', column: 'status' },
    })
  })

  it.each([
    ['a value of another type', { times: 'three' }, 'argument times must be a whole number'],
    ['one that is missing', {}, 'argument times is required'],
    ['one that is too long', { times: 1, status: 'much too long' }, 'argument status is longer than 8'],
    ['one it does not have', { times: 1, toString: 1 }, 'argument toString is not an argument of it'],
  ])('takes no arguments but its own: %s', (_, args, message) => {
    const checked = checkArgs(visit, args)
    expect(checked.ok ? [] : checked.faults.map(fault => `${fault.at} ${fault.message}`)).toEqual([
      expect.stringContaining(message),
    ])
    expect(stepWith(visit, args)).toMatchObject({
      refused: { code: 'invalid', message: expect.stringContaining(message) },
    })
  })

  it('is said to be wrong where it throws, or makes what does not fit the table', () => {
    const bug = new Error('no such thing')
    const broken = defineCommand({
      table: 'job',
      name: 'broken',
      run: () => {
        throw bug
      },
    })
    expect(stepWith(broken, {})).toEqual({
      refused: { status: 'rejected', code: 'other', message: 'the command broken failed' },
      thrown: bug,
    })
    const unsound = defineCommand({
      table: 'job',
      name: 'unsound',
      run: () => ({ set: { visits: 'many', title: null } }),
    })
    expect(stepWith(unsound, {})).toMatchObject({
      refused: { code: 'other', message: expect.stringMatching(/column visits .*column title/) },
    })
  })

  it('has a plain name, arguments that are columns, and is there once', () => {
    const faults = (make: () => unknown): readonly string[] => {
      try {
        make()
        return []
      } catch (error) {
        return (error as FaultError).faults.map(({ at, code }) => `${code} at ${at}`)
      }
    }
    const run = () => ({ set: {} })
    expect(faults(() => defineCommand({ table: 'job', name: 'a b', run }))).toEqual(['name at command a b of job'])
    expect(
      faults(() => defineCommand({ table: 'job', name: 'pick', args: [{ name: 'one', type: 'choice' }], run })),
    ).toEqual(['choices at command pick of job, argument one'])
    expect(faults(() => commandsOf([visit, visit]))).toEqual(['duplicate at command job/visit'])
    expect(commandsOf([visit])('job', 'visit')).toBe(visit)
    expect(commandsOf([visit])('part', 'visit')).toBeUndefined()
  })

  it('types its arguments', () => {
    type Args = typeof visit extends Command<infer A> ? A : never
    expectTypeOf<Args>().toEqualTypeOf<{ readonly times: number; readonly status: string | null }>()
    expectTypeOf<{ times: number }>().toMatchTypeOf<ArgsOf<Args>>()
    expectTypeOf<{ status: string }>().not.toMatchTypeOf<ArgsOf<Args>>()
  })
})
