import { expect, it } from 'vitest'
import { idsNamed, idsProved, patternOfFamilies, patternOfIds } from './title.ts'

it('a title proves the ids it opens with, one or several, and none that stand further on', () => {
  expect(idsProved('[CF3] server wins: as [CF4] says')).toEqual(['CF3'])
  expect(idsProved('[CF3][CF6] both versions are kept')).toEqual(['CF3', 'CF6'])
  expect(idsProved('[CF3] [CF16] with a space between')).toEqual(['CF3', 'CF16'])
  expect(idsProved('server wins [CF3]')).toEqual([])
  expect(idsNamed('[CF3] as [CF4] says, a[0]')).toEqual(['CF3', 'CF4'])
})

it('the pattern for vitest finds an id behind describe titles, and only of the families or ids asked for', () => {
  const full = 'merge under Yes [CF3] server wins'
  expect(new RegExp(patternOfFamilies([])).test(full)).toBe(true)
  expect(new RegExp(patternOfFamilies(['LW', 'CF'])).test(full)).toBe(true)
  expect(new RegExp(patternOfFamilies(['LW'])).test(full)).toBe(false)
  expect(new RegExp(patternOfIds(['CF3'])).test(full)).toBe(true)
  expect(new RegExp(patternOfIds(['CF3'])).test('[CF31] another')).toBe(false)
  expect(new RegExp(patternOfFamilies([])).test('reads items[0] and [yjs]')).toBe(false)
})
