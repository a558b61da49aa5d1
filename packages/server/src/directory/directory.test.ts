import { describe, expect, test } from 'vitest'
import { amended, directoryOf, type DirectorySource, type Share, shareEntry, shareId, userEntry } from './directory.ts'
import { resolvePerson } from './resolve.ts'

const user = (id: string, manager?: string) => ({
  id,
  name: id,
  roles: [],
  ...(manager === undefined ? {} : { manager }),
})
const share = (record: string, receiver: string, ...rights: Share['rights']): Share => ({
  table: 'job',
  record,
  with: receiver,
  rights,
})
const source: DirectorySource = {
  units: [{ id: 'north', name: 'North' }],
  users: [
    {
      ...user('ana', 'boss'),
      unit: 'north',
      roles: ['field'],
      timeZone: 'Europe/Berlin',
      language: 1031,
      position: 'x',
    },
    user('boss', 'chief'),
    user('ben', 'ana'),
    user('cleo', 'ben'),
    user('dan', 'cleo'),
    user('chief'),
  ],
  teams: [
    { id: 'red', name: 'Red', members: ['ana', 'ben'], roles: ['field', 'stock'] },
    { id: 'blue', name: 'Blue', members: ['cleo', 'ana'] },
  ],
  shares: [share('7', 'ana', 'read'), share('7', 'red', 'write', 'read'), share('constructor', 'blue', 'delete')],
}
const directory = directoryOf(source)

describe('a person is resolved with', () => {
  test('[SE5] teams, the roles of his own and of his teams, unit, zone and language', () => {
    expect(resolvePerson(directory, 'ana')).toMatchObject({
      id: 'ana',
      name: 'ana',
      unit: 'north',
      manager: 'boss',
      timeZone: 'Europe/Berlin',
      language: 1031,
      teams: ['red', 'blue'],
      roles: ['field', 'stock'],
    })
    expect(resolvePerson(directory, 'ana')).not.toHaveProperty('position')
    expect(resolvePerson(directory, 'nobody')).toBeUndefined()
  })

  test('[DS5] what is shared with him and with his teams: rights of one record add up', () => {
    expect(resolvePerson(directory, 'ana')?.shared).toEqual({
      job: { 7: ['read', 'write'], constructor: ['delete'] },
    })
    const { shared } = resolvePerson(directory, 'ben')!
    expect(shared).toEqual({ job: { 7: ['read', 'write'] } })
    expect(shared!['job']!['constructor'], 'no right comes from a prototype').toBeUndefined()
    expect(resolvePerson(directory, 'dan')).not.toHaveProperty('shared')
  })

  test('[FI2] everybody below, as deep as counts, and their teams', () => {
    expect(resolvePerson(directory, 'boss')?.below).toEqual({
      people: ['ana', 'ben', 'cleo'],
      teams: ['red', 'blue'],
    })
    expect(resolvePerson(directoryOf({ ...source, levels: 1 }), 'boss')?.below?.people).toEqual(['ana'])
    expect(resolvePerson(directory, 'dan')).not.toHaveProperty('below')
  })

  test('an end where managers stand in a circle', () => {
    const circular = directoryOf({ users: [user('a', 'b'), user('b', 'a'), user('c', 'c')], levels: 9 })
    expect(resolvePerson(circular, 'a')?.below?.people).toEqual(['b'])
    expect(resolvePerson(circular, 'c')).not.toHaveProperty('below')
  })
})

describe('[FI2] a change of the directory', () => {
  test('is seen when the person is resolved again, and leaves the directory before it as it was', () => {
    const moved = amended(directory, [userEntry(user('cleo', 'chief')), shareEntry(share('9', 'cleo', 'read'))])
    expect(resolvePerson(moved, 'ana')?.below?.people).toEqual(['ben'])
    expect(resolvePerson(moved, 'cleo')?.shared).toEqual({ job: { 9: ['read'], constructor: ['delete'] } })
    expect(resolvePerson(directory, 'ana')?.below?.people).toEqual(['ben', 'cleo', 'dan'])
    expect(resolvePerson(directory, 'cleo')?.shared).toEqual({ job: { constructor: ['delete'] } })
  })

  test('takes away what was removed', () => {
    const removed = [
      { kind: 'team', id: 'red' },
      { kind: 'share', id: shareId({ table: 'job', record: '7', with: 'ana' }) },
      { kind: 'user', id: 'ben' },
    ]
    const less = amended(directory, [], removed)
    expect(resolvePerson(less, 'ana')).toMatchObject({
      teams: ['blue'],
      roles: ['field'],
      shared: { job: { constructor: ['delete'] } },
    })
    expect(resolvePerson(less, 'ben')).toBeUndefined()
  })

  test('that concerns no directory changes nothing, and one that does keeps what it does not name', () => {
    expect(amended(directory, [{ kind: 'profile', id: 'x', value: {} }])).toBe(directory)
    const next = amended(directory, [userEntry(user('eve'))])
    expect(next.teams).toBe(directory.teams)
    expect(next.shares).toBe(directory.shares)
  })
})
