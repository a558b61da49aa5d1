import { compileSchema } from '@rejoin/profile'
import { expect, test } from 'vitest'
import { checkDirectory } from './check.ts'
import { directoryOf, type DirectorySource } from './directory.ts'

const compiled = compileSchema({
  tables: [
    { name: 'job', ownership: 'none', primaryKey: 'id', primaryName: 'id', columns: [{ name: 'id', type: 'guid' }] },
  ],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value

const sound: DirectorySource = {
  units: [
    { id: 'all', name: 'All' },
    { id: 'north', name: 'North', parent: 'all' },
  ],
  roles: [{ name: 'field', tables: {} }],
  users: [
    { id: 'ana', name: 'Ana', unit: 'north', manager: 'ben', roles: ['field'], timeZone: 'Asia/Tokyo' },
    { id: 'ben', name: 'Ben', roles: [] },
  ],
  teams: [{ id: 'red', name: 'Red', unit: 'north', members: ['ana'], roles: ['field'] }],
  shares: [{ table: 'job', record: '1', with: 'red', rights: ['read'] }],
}
const faultsOf = (change: DirectorySource): string[] =>
  checkDirectory(directoryOf({ ...sound, ...change }), schema).map(({ code, at }) => `${code} ${at}`)
const ana = sound.users![0]!
const ben = sound.users![1]!

test('a directory whose names all are of something that is there has no fault', () => {
  expect(faultsOf({})).toEqual([])
})

test.each<[string, DirectorySource, string[]]>([
  ['an unknown unit of a user', { users: [{ ...ana, unit: 'x' }, ben] }, ['unknown-unit user ana']],
  ['an unknown unit of a team', { teams: [{ ...sound.teams![0]!, unit: 'x' }] }, ['unknown-unit team red']],
  ['an unknown unit above', { units: [{ id: 'north', name: 'N', parent: 'x' }] }, ['unknown-unit unit north']],
  ['an unknown manager', { users: [{ ...ana, manager: 'x' }, ben] }, ['unknown-user user ana, manager']],
  ['an unknown role of a user', { users: [{ ...ana, roles: ['x'] }, ben] }, ['unknown-role user ana']],
  ['an unknown role of a team', { teams: [{ ...sound.teams![0]!, roles: ['x'] }] }, ['unknown-role team red']],
  ['an unknown member', { teams: [{ id: 'red', name: 'Red', members: ['ana', 'x'] }] }, ['unknown-user team red']],
  ['a member named twice', { teams: [{ id: 'red', name: 'Red', members: ['ana', 'ana'] }] }, ['duplicate team red']],
  ['a role named twice', { users: [{ ...ana, roles: ['field', 'field'] }, ben] }, ['duplicate user ana']],
  ['no time zone', { users: [{ ...ana, timeZone: 'Mars/Base' }, ben] }, ['time-zone user ana']],
  [
    'one id of a user and a team',
    { teams: [...sound.teams!, { id: 'ben', name: 'Ben', members: [] }] },
    ['taken team ben', 'taken user ben'],
  ],
  [
    'a share of an unknown table with nobody',
    { shares: [{ table: 'x', record: '1', with: 'y', rights: ['read'] }] },
    ['unknown-table share of x 1 with y', 'unknown-user-or-team share of x 1 with y'],
  ],
  [
    'units in a circle',
    { units: [{ id: 'all', name: 'All', parent: 'north' }, sound.units![1]!] },
    ['cycle unit all', 'cycle unit north'],
  ],
  ['managers in a circle', { users: [ana, { ...ben, manager: 'ana' }] }, ['cycle user ana', 'cycle user ben']],
])('a directory with %s is refused with the place', (_what, change, faults) => {
  expect(faultsOf(change)).toEqual(faults)
})

test('a circle is named in full, once for each who stands in it and for nobody below', () => {
  const users = [
    { id: 'a', name: 'A', manager: 'c', roles: [] },
    { id: 'b', name: 'B', manager: 'a', roles: [] },
    { id: 'c', name: 'C', manager: 'b', roles: [] },
    { id: 'd', name: 'D', manager: 'c', roles: [] },
  ]
  const found = checkDirectory(directoryOf({ users }), schema)
  expect(found.map(({ message }) => message)).toEqual([
    'stands above itself: a → c → b → a',
    'stands above itself: b → a → c → b',
    'stands above itself: c → b → a → c',
  ])
})
