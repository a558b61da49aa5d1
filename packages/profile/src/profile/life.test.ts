import { describe, expect, test } from 'vitest'
import { FaultError, type Result } from '../fault.ts'
import {
  beginProfile,
  copyProfile,
  discardDraft,
  editProfile,
  type ProfileLife,
  publishProfile,
  shownProfile,
  versionOf,
} from './life.ts'
import type { ProfileSource } from './profile.ts'
import { fieldService } from './relations.fixture.ts'

const taken = <T>(result: Result<T>): T => {
  if (!result.ok) throw new FaultError(result.faults)
  return result.value
}
const publish = (life: ProfileLife, at = 1_000): ProfileLife => taken(publishProfile(life, fieldService, at))

const first: ProfileSource = {
  name: 'Field',
  description: 'Bookings',
  items: [{ table: 'booking', filter: { kind: 'all' } }],
}
const second: ProfileSource = {
  ...first,
  items: [...first.items, { table: 'order', filter: { kind: 'related' }, relationships: ['booking_order'] }],
}

test('[PR1] a profile begins with name, description and items, Unpublished', () => {
  const life = beginProfile({ name: 'Field', description: 'Bookings', items: [] })
  expect(life).toEqual({
    state: 'Unpublished',
    draft: { name: 'Field', description: 'Bookings', items: [] },
    earlier: [],
  })
})

test('[PR3] publishing sets version, time and state', () => {
  const life = publish(beginProfile(first), 1_700_000_000_000)
  expect(life).toMatchObject({
    state: 'Published',
    published: { at: 1_700_000_000_000, profile: { ...first, version: 1 } },
  })
  expect(life).not.toHaveProperty('draft')
})

describe('while a profile is edited', () => {
  const published = publish(beginProfile(first))
  const edited = editProfile(published, second)

  test('[PR2] devices keep what is published', () => {
    expect(edited.state).toBe('Unpublished')
    expect(edited.published).toBe(published.published)
    expect(shownProfile(edited)).toEqual(second)
  })

  test('[PR2] a draft can be given up', () => {
    expect(discardDraft(edited)).toEqual(published)
  })

  test('[PR2] a draft that says what is published already is none', () => {
    expect(editProfile(edited, { ...first, items: [{ interval: undefined, ...first.items[0] } as never] })).toEqual(
      published,
    )
  })

  test('[PR2] what is published cannot be changed by who holds the draft', () => {
    const items = [{ table: 'booking', filter: { kind: 'all' } } as const]
    const life = publish(beginProfile({ name: 'Field', items }))
    items.pop()
    expect(life.published?.profile.items).toHaveLength(1)
    expect(Object.isFrozen(life.published?.profile.items[0]?.filter)).toBe(true)
  })
})

test('a profile that was never published keeps its draft', () => {
  const life = beginProfile(first)
  expect(discardDraft(life)).toBe(life)
})

test('[PR3] a refused publish changes nothing and names every fault', () => {
  const life = editProfile(publish(beginProfile(first)), {
    name: 'Field',
    items: [
      { table: 'order', filter: { kind: 'related' } },
      { table: 'gone', filter: { kind: 'all' } },
      { table: 'booking', filter: { kind: 'all' }, interval: 1 },
    ],
  })
  const before = structuredClone(life)
  const refused = publishProfile(life, fieldService, 2_000)
  expect(refused.ok ? [] : refused.faults.map(({ code, at }) => `${code}: ${at}`)).toEqual([
    'interval: profile Field, table booking',
    'unknown-table: profile Field, table gone',
    'related: profile Field, table order',
  ])
  expect(life).toEqual(before)
})

test('nothing is published twice', () => {
  const again = publishProfile(publish(beginProfile(first)), fieldService, 2_000)
  expect(again).toMatchObject({ ok: false, faults: [{ code: 'no-draft', at: 'profile Field' }] })
})

test('versions count up, and every one of them is kept', () => {
  const two = publish(editProfile(publish(beginProfile(first)), second), 2_000)
  const three = publish(editProfile(two, first), 3_000)
  expect(three.published?.profile.version).toBe(3)
  expect(three.earlier.map(({ profile, at }) => [profile.version, at])).toEqual([
    [1, 1_000],
    [2, 2_000],
  ])
  expect(versionOf(three, 2)?.profile).toEqual({ ...second, version: 2 })
  expect(versionOf(three, 4)).toBeUndefined()
})

test('[MG4] a copy begins anew, from what is shown', () => {
  const life = editProfile(publish(beginProfile(first)), second)
  expect(copyProfile(life, 'Mine')).toEqual({ state: 'Unpublished', draft: { ...second, name: 'Mine' }, earlier: [] })
})

test('a life is stored as JSON', () => {
  const life = editProfile(publish(beginProfile(first)), second)
  expect(JSON.parse(JSON.stringify(life))).toEqual(life)
})
