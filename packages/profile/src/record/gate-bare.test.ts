import { expect, test } from 'vitest'
import type { Edit } from '../edit/edit.ts'
import { recordWrites, settleDocument } from './document.ts'
import { readFlat } from './flat.ts'
import { checkUpdate } from './gate.ts'

const bare: Edit = {
  id: 'e1',
  author: 'ada',
  device: '00000000000000d0',
  seq: 1,
  tick: 1,
  at: 0,
  table: 'task',
  record: 'r1',
  kind: 'create',
  base: { rev: 0, commit: '' },
  incarnation: '',
  changes: {},
  update: recordWrites('task/r1', [], 256, {}).update,
}

test('found by the simulator (clientWins, seed 221): a record may be created without a single value', () => {
  expect(checkUpdate(bare, undefined, [1])).toEqual({ pass: true })
  const bytes = settleDocument('task/r1', undefined, bare.update, { fields: {}, deleted: false }, 512)
  expect(readFlat(bytes)).toEqual({ fields: {}, deleted: false })
  expect(checkUpdate({ ...bare, kind: 'update' }, undefined, [1])).toMatchObject({ pass: false })
  expect(checkUpdate({ ...bare, changes: { title: [null, 'x'] } }, undefined, [1])).toMatchObject({ pass: false })
})
