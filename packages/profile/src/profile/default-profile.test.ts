import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FaultError } from '../fault.ts'
import { compileSchema } from '../schema/compile.ts'
import type { Fields } from '../schema/schema.ts'
import { compileScope } from '../scope/scope.ts'
import { checkProfile } from './check.ts'
import { DEFAULT_PROFILE, defaultProfile, documentedNames } from './default-profile.ts'
import { fieldService } from './relations.fixture.ts'
import { relatedItems } from './relations.ts'
import { relationshipCount } from './relationship-count.ts'

const profile = defaultProfile({
  booking: { table: 'booking', owner: 'ownerid', start: 'start', end: 'end' },
  related: { order: ['booking_order'], incident: ['incident_order'] },
  catalogue: ['resource'],
})

test('[PR0] the default profile is called as the documents call it, and can be published', () => {
  expect(profile.name).toBe('Field Service Mobile - Offline Profile')
  expect(checkProfile(fieldService, profile)).toEqual([])
})

describe('a booking is on the device when', () => {
  // the user's day begins at 22:00Z of the day before
  const now = Date.parse('2026-07-15T10:00:00Z')
  const ann = { id: 'ann', name: 'Ann', teams: [], roles: ['all'], timeZone: 'Europe/Berlin' }
  const roles = [{ name: 'all', tables: { '*': { read: 'all' } } }] as const
  const compiled = compileSchema({ ...fieldService.source, roles })
  if (!compiled.ok) throw new FaultError(compiled.faults)
  const bookings = compileScope(compiled.value, { ...profile, version: 1 }, ann, now).tables.get('booking')

  test.each<[string, Fields, boolean]>([
    ['it is mine and starts later today', { start: '2026-07-15T14:00:00.000Z', end: '2026-07-15T15:00:00.000Z' }, true],
    ['it started today already', { start: '2026-07-14T22:00:00.000Z', end: '2026-08-30T15:00:00.000Z' }, true],
    [
      'it started last week and ends today',
      { start: '2026-07-01T10:00:00.000Z', end: '2026-07-15T21:59:59.999Z' },
      true,
    ],
    ['it ended this morning', { start: '2026-07-01T10:00:00.000Z', end: '2026-07-15T08:00:00.000Z' }, true],
    ['it ends on the seventh day', { start: '2026-07-01T10:00:00.000Z', end: '2026-07-22T21:59:59.999Z' }, true],
    ['it starts on the seventh day', { start: '2026-07-22T21:59:59.999Z', end: '2026-08-22T10:00:00.000Z' }, true],
    ['not: it starts on the eighth', { start: '2026-07-22T22:00:00.000Z', end: '2026-07-23T10:00:00.000Z' }, false],
    ['not: it ended yesterday', { start: '2026-07-14T10:00:00.000Z', end: '2026-07-14T21:59:59.999Z' }, false],
    [
      'not: it began before and ends after',
      { start: '2026-07-01T10:00:00.000Z', end: '2026-08-01T10:00:00.000Z' },
      false,
    ],
    ['not: it is of someone else', { start: '2026-07-15T14:00:00.000Z', ownerid: 'bob' }, false],
    ['not: it has no time', {}, false],
  ])('[PR0] %s', (_, fields, held) => {
    expect(bookings?.holds({ ownerid: 'ann', ...fields }, 'b1')).toBe(held)
  })
})

const path: string = '/work/shared/data/fieldservice-schema.json'
describe.skipIf(!existsSync(path))('on the schema of the documented product', () => {
  const compiled = existsSync(path) ? compileSchema(JSON.parse(readFileSync(path, 'utf8'))) : undefined
  const schema = compiled?.ok === true ? compiled.value : fieldService
  const documented = defaultProfile(documentedNames)

  test('[PR0] the default profile has no fault', () => {
    expect(checkProfile(schema, documented)).toEqual([])
    expect(documented.name).toBe(DEFAULT_PROFILE)
  })

  test('[PR0] all of it hangs on bookings', () => {
    const counts = relationshipCount(schema, documented)
    const related = counts.filter(({ count }) => count > 0)
    expect(related.map(({ table }) => table)).toEqual(Object.keys(documentedNames.related))
    for (const { table, tables } of related) expect(tables, table).toContain('bookableresourcebooking')
    expect(Object.fromEntries(related.map(({ table, count }) => [table, count]))).toMatchObject({
      msdyn_workorder: 1,
      msdyn_workorderincident: 2,
      account: 4,
      msdyn_customerasset: 5,
      product: 6,
    })
    expect(
      relatedItems(schema, documented)
        .map(({ item }) => item.table)
        .indexOf('product'),
    ).toBeGreaterThan(3)
  })
})
