import { expect, it } from 'vitest'
import { asides } from './asides.ts'
import { played } from './scenarios.ts'
import { becomes, fits, is, refuses, stays, Unmet } from './see.ts'

it('objects may hold more than is expected, lists may not; patterns and functions judge', () => {
  expect(fits({ a: 1, b: 2 }, { a: 1 })).toBe(true)
  expect(fits({ a: 1 }, { a: 1, b: undefined })).toBe(true)
  expect(fits({ a: 1 }, { a: 1, b: null })).toBe(false)
  expect(fits([{ a: 1 }, { a: 2 }], [{ a: 1 }])).toBe(false)
  expect(fits([], [])).toBe(true)
  expect(fits(undefined, [])).toBe(false)
  expect(fits('Record not found', /not found/)).toBe(true)
  expect(fits(undefined, /undefined/)).toBe(false)
  expect(fits({ at: 5 }, { at: (n: number) => n > 6 })).toBe(false)
})

it('what is not as expected says both, also where it was waited for', async () => {
  expect(() => is({ status: 'open' }, { status: 'done' }, 'now')).toThrow(/now\n {2}expected .*done.*\n {2}seen .*open/)
  await expect(becomes(async () => 1, 2, 40)).rejects.toThrow(Unmet)
  let looks = 0
  expect(await becomes(async () => ++looks, 3)).toBe(3)
  await expect(
    stays(
      async () => ++looks,
      (n: number) => n < 6,
      2_000,
    ),
  ).rejects.toThrow(Unmet)
})

it('a refusal is one of the expected kind, and none is none', async () => {
  await refuses(Promise.reject(Object.assign(new Error('no'), { code: 'exists' })), { code: 'exists' })
  await expect(refuses(Promise.reject(new Error('no')), { code: 'exists' })).rejects.toThrow(Unmet)
  await expect(refuses(Promise.resolve(1), { code: 'exists' })).rejects.toThrow(/it was done/)
})

it('each statement about a device and its relay has a scenario, or is said to be out of reach', () => {
  const upTo = (code: string, first: number, last: number): string[] =>
    Array.from({ length: last - first + 1 }, (_, n) => `${code}${first + n}`)
  const wanted = [
    ...upTo('OM', 1, 11),
    ...upTo('LW', 1, 12),
    ...upTo('OB', 1, 16),
    ...upTo('CF', 1, 16),
    ...upTo('ER', 1, 4),
    ...upTo('CA', 1, 7),
    ...upTo('ST', 1, 6),
    ...upTo('FS', 1, 7),
    ...upTo('DS', 10, 12),
    ...upTo('SE', 3, 4),
  ]
  expect(wanted.filter(id => !played.has(id))).toEqual(['CF2'])
  expect(asides['CF2']).toBeDefined()
})
