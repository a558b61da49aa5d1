import { describe, expect, test } from 'vitest'
import { type App, effectiveProfile, type Membership } from './membership.ts'

const ann = { id: 'ann', teams: ['north', 'heating'] }
const app: App = { name: 'field-service', profiles: ['technician', 'dispatcher', 'everyone'], default: 'everyone' }
const members = (profile: string, people: Record<string, number>, teams: Record<string, number> = {}): Membership => ({
  profile,
  people: Object.entries(people).map(([id, at]) => ({ id, at })),
  teams: Object.entries(teams).map(([id, at]) => ({ id, at })),
})

describe('the one profile of a user in an app:', () => {
  test('[MB3] direct membership comes before a team, however new, and a team before the default', () => {
    const direct = [members('technician', { ann: 1 }), members('dispatcher', {}, { north: 9 })]
    expect(effectiveProfile(app, ann, direct)).toEqual({
      profile: 'technician',
      why: 'direct',
      conflict: false,
      others: [],
    })
    expect(effectiveProfile(app, ann, direct.slice(1))).toMatchObject({ profile: 'dispatcher', why: 'team' })
    expect(effectiveProfile(app, ann, [])).toMatchObject({ profile: 'everyone', why: 'app' })
  })

  test('[MB3] of two at one level the newest assignment wins, and the conflict is flagged', () => {
    const teams = [members('technician', {}, { north: 5 }), members('dispatcher', {}, { heating: 6 })]
    const both = { profile: 'dispatcher', why: 'team', conflict: true, others: ['technician'] }
    expect(effectiveProfile(app, ann, teams)).toEqual(both)
    expect(effectiveProfile(app, ann, teams.toReversed())).toEqual(both)
    const people = [members('dispatcher', { ann: 1 }), members('technician', { ann: 2 })]
    expect(effectiveProfile(app, ann, people)).toMatchObject({ profile: 'technician', why: 'direct', conflict: true })
  })

  test('[MB3] at the same time the name decides, so that every relay answers alike', () => {
    const same = [members('technician', { ann: 1 }), members('dispatcher', { ann: 1 })]
    expect(effectiveProfile(app, ann, same)).toMatchObject({ profile: 'dispatcher', conflict: true })
    expect(effectiveProfile(app, ann, same.toReversed())).toMatchObject({ profile: 'dispatcher', conflict: true })
  })

  test('[MB3] one profile by two of the teams is no conflict', () => {
    const twice = [members('technician', {}, { north: 1, heating: 2 })]
    expect(effectiveProfile(app, ann, twice)).toEqual({
      profile: 'technician',
      why: 'team',
      conflict: false,
      others: [],
    })
  })
})

test('[MB1] who is in no profile of an app without a default has none', () => {
  const restricted: App = { name: 'lab', profiles: ['technician'] }
  expect(effectiveProfile(restricted, ann, [members('technician', { bob: 1 }, { south: 1 })])).toBeUndefined()
})

test('[MB4] a profile that is not attached to the app has no effect in it, not even as its default', () => {
  const other = { ...app, profiles: ['dispatcher'] }
  const memberships = [members('technician', { ann: 9 }), members('dispatcher', {}, { north: 1 })]
  expect(effectiveProfile(other, ann, memberships)).toEqual({
    profile: 'dispatcher',
    why: 'team',
    conflict: false,
    others: [],
  })
  expect(effectiveProfile({ ...other, profiles: [] }, ann, memberships)).toBeUndefined()
})

test('[MB5] two roles have two profiles, each user only one of them', () => {
  const memberships = [members('technician', {}, { technicians: 1 }), members('dispatcher', {}, { dispatchers: 1 })]
  const of = (team: string): string | undefined =>
    effectiveProfile(app, { id: 'x', teams: [team] }, memberships)?.profile
  expect([of('technicians'), of('dispatchers')]).toEqual(['technician', 'dispatcher'])
})
