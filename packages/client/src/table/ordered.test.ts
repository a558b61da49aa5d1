import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createOrdered } from './ordered.ts'

interface Row {
  readonly id: string
  readonly value: number | string
}

const byValue = (a: Row, b: Row): number => {
  if (typeof a.value === 'number' && typeof b.value === 'number' && a.value !== b.value) return a.value - b.value
  const [x, y] = [String(a.value), String(b.value)]
  if (x !== y) return x < y ? -1 : 1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
const changes = (value: fc.Arbitrary<number | string>): fc.Arbitrary<[string, number | string | undefined][]> =>
  fc.array(fc.tuple(id, fc.option(value, { nil: undefined })), { maxLength: 4 })

const rowsOf = (of: readonly (readonly [string, number | string | undefined])[]): Map<string, Row | undefined> =>
  new Map(of.map(([key, value]) => [key, value === undefined ? undefined : { id: key, value }]))

it('the list after any changes is the list sorted from scratch, and none that was handed out has changed', () => {
  fc.assert(
    fc.property(fc.array(changes(fc.integer({ min: 0, max: 3 })), { maxLength: 12 }), steps => {
      const model = new Map<string, Row>()
      const ordered = createOrdered(new Map<string, Row>(), byValue)
      const first = createOrdered(new Map<string, Row>(), byValue, 2)
      const handedOut: { readonly list: readonly Row[]; readonly was: readonly Row[] }[] = []
      for (const step of steps) {
        ordered.change(rowsOf(step))
        for (const [key, row] of rowsOf(step)) {
          if (row === undefined) model.delete(key)
          else model.set(key, row)
        }
        expect(ordered.list).toEqual([...model.values()].toSorted(byValue))
        first.change(rowsOf(step))
        expect(first.list).toEqual(ordered.list.slice(0, 2))
        handedOut.push({ list: ordered.list, was: [...ordered.list] }, { list: first.list, was: [...first.list] })
      }
      for (const { list, was } of handedOut) expect(list).toEqual(was)
    }),
  )
})

it('values that no rule orders, numbers among texts, lose no row and double none', () => {
  const mixed = fc.oneof(fc.constantFrom(2, 10, 1000), fc.constantFrom('1a', '5', '9z'))
  fc.assert(
    fc.property(fc.array(changes(mixed), { maxLength: 12 }), steps => {
      const model = new Map<string, Row>()
      const ordered = createOrdered(new Map<string, Row>(), byValue)
      for (const step of steps) {
        ordered.change(rowsOf(step))
        for (const [key, row] of rowsOf(step)) {
          if (row === undefined) model.delete(key)
          else model.set(key, row)
        }
        expect(new Map(ordered.list.map(row => [row.id, row]))).toEqual(model)
        expect(ordered.list).toHaveLength(model.size)
      }
    }),
  )
})
