import { compileSchema, stepOf } from '@rejoin/profile'
import { expect, test } from 'vitest'
import { completeOrder } from './commands.ts'
import { sampleSchema } from './schema/schema.ts'

const compiled = compileSchema(sampleSchema)
const table = (compiled.ok ? compiled.value : undefined)!.tables.get('workorder')!
const complete = (fields: Record<string, string>, args: Record<string, string>) =>
  stepOf(completeOrder, 'run', { name: 'complete', args }, table, { record: 'WO-1', user: 'tom', at: 0 })({
    fields,
    deleted: false,
  })

test('a work order is completed once, with its time and a note where one is given', () => {
  const completedOn = '1970-01-01T00:00:00.000Z'
  expect(complete({ status: 'open', notes: 'leaks' }, {})).toEqual({
    set: { status: 'done', completedOn, notes: 'leaks' },
  })
  expect(complete({ status: 'inProgress' }, { notes: 'dry' })).toEqual({
    set: { status: 'done', completedOn, notes: 'dry' },
  })
  for (const status of ['done', 'cancelled']) {
    expect(complete({ status }, {})).toMatchObject({ refused: { code: 'rule', rule: status, column: 'status' } })
  }
})
