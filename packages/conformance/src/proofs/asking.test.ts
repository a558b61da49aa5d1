import { operatorKind, operators, type Person, type Value } from '@rejoin/profile'
import { afterEach, describe, expect, it } from 'vitest'
import type { Device } from './device.ts'
import { openRig, type Rig } from './rig.ts'

let rig: Rig
afterEach(() => rig.close())

/** Who has everything that conditions about a user ask for; she may read all. */
const mia: Person = {
  id: 'mia',
  name: 'Mia',
  roles: ['office'],
  unit: 'unit-a',
  teams: ['north', 'night'],
  timeZone: 'Pacific/Auckland',
  language: 1031,
  below: { people: ['ana', 'ben'], teams: ['south'] },
}

const owners = ['mia', 'north', 'night', 'ana', 'ben', 'south', 'cora', 'unit-a', 'unit-b', undefined]
const languages = [1031, 1033, undefined]

const userOperators: readonly string[] = operators.filter(op => operatorKind(op) === 'user')

const askedOf = (op: string): string => (op === 'eq-userlanguage' ? 'priority' : 'ownerid')

/** What a query on the device answers, over everything. */
const answered = (device: Device, op: string): unknown[] =>
  device.rows('workorder', { where: { [askedOf(op)]: { [op]: true } } }).map(row => row['workorderid'])

const opened = async (person: Person): Promise<Device> => {
  rig = await openRig()
  await rig.setPerson(person)
  const ids = owners.flatMap((_, owner) => languages.map((__, language) => `W${owner}-${language}`))
  await rig.fill('workorder', ids, id => {
    const [owner, language] = id.slice(1).split('-').map(Number)
    const values: [string, Value | undefined][] = [
      ['title', id],
      ['ownerid', owners[owner!]],
      ['prio', languages[language!]],
    ]
    return Object.fromEntries(values.filter((each): each is [string, Value] => each[1] !== undefined))
  })
  return rig.device('mia')
}

describe('conditions about the signed-in user', () => {
  it.each([
    ['with teams, a unit, people below and a language', mia],
    ['with nothing of them', { id: 'mia', name: 'Mia', roles: ['office'], teams: [] } satisfies Person],
  ])('[FI2] a query on the device answers as the relay does, for every operator, of a user %s', async (_, person) => {
    const device = await opened(person)
    const asked = new Map(userOperators.map(op => [op, answered(device, op)]))
    expect(new Set([...asked.values()].map(ids => ids.join())).size, 'they are not all the same').toBeGreaterThan(3)
    for (const [op, here] of asked) {
      // The relay selects by the same words: nothing but what it answers is on the device then.
      const where = { column: askedOf(op), op } as never
      await rig.setItems('everything', [{ table: 'workorder', filter: { kind: 'custom', where } }])
      await rig.pass(60_000)
      expect(device.status()).toBe('live')
      expect(here, op).toEqual(device.rows('workorder').map(row => row['workorderid']))
    }
  })

  it('[FI2] a live query follows who joins a team while connected, with no new greeting, and who joined while away', async () => {
    const device = await opened({ ...mia, teams: [] })
    const query = device.rejoin.table('workorder').query({ where: { ownerid: { 'eq-userteams': true } } })
    const count = (): number => query.current.length
    expect(count()).toBe(0)
    const hellos = (): number => device.line.frames.filter(({ message }) => message.type === 'hello').length
    const before = hellos()
    await rig.setPerson({ ...mia, teams: ['north'] })
    await rig.pass(5_000)
    expect([count(), hellos()]).toEqual([languages.length, before])
    device.offline()
    await rig.setPerson({ ...mia, teams: ['north', 'night'] })
    expect(count()).toBe(languages.length)
    await device.online()
    expect(count()).toBe(2 * languages.length)
    await device.crash()
    expect(device.rows('workorder', { where: { ownerid: { 'eq-userteams': true } } })).toHaveLength(
      2 * languages.length,
    )
  })
})
