import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mutations } from './mutations.ts'

const root = new URL('../../../../', import.meta.url)

test('each mutation names text that stands exactly once in its file: one that has moved damages nothing', () => {
  const moved = mutations.filter(({ file, find }) => readFileSync(new URL(file, root), 'utf8').split(find).length !== 2)
  expect(moved.map(({ name, file }) => `${name} (${file})`)).toEqual([])
})

test('mutations are told apart by their names', () => {
  expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length)
})
