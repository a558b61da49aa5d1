import { setImmediate } from 'node:timers/promises'
import type { Filter, Person } from '@rejoin/profile'
import { afterEach, expect, test } from 'vitest'
import { type Bench, type End, openBench, until } from './core.fixture.ts'
import { limits } from './limits.ts'
import { guestOf } from './session-state.ts'

let bench: Bench
afterEach(() => bench.close())

const DEVICE = '00000000000000aa'
const START = Date.parse('2026-03-10T12:00:00Z')
const MINUTE = 60_000
const minutesAgo = (minutes: number): string => new Date(START - minutes * MINUTE).toISOString()

/** Live, with rows that are more than ten minutes old. */
const openLive = async (): Promise<End> => {
  bench = await openBench({ where: { column: 'due', op: 'olderthan-x-minutes', value: 10 } })
  const device = bench.connect('ana', DEVICE)
  await until(() => device.of('synced').length === 1)
  return device
}
const received = (device: End): string[] => device.of('changes').flatMap(({ rows }) => rows.map(({ id }) => id))

test('found by histories of scopes: after commits that did not concern a session, time tells it exactly, too', async () => {
  const device = await openLive()
  await bench.write('T1', 'not yet', minutesAgo(9))
  bench.skip(2 * MINUTE)
  bench.core.tick()
  await until(() => received(device).includes('T1'))
  expect(device.of('synced')).toHaveLength(1)
})

test('time is told exactly while others write', async () => {
  const device = await openLive()
  for (let n = 0; n < 30; n++) {
    await bench.write(`T${n}`, 'not yet', minutesAgo(9 - n))
    const writing = bench.write('other', `writing ${n}`, minutesAgo(-1_000))
    bench.skip(MINUTE)
    bench.core.tick()
    await writing
    bench.core.tick()
    await until(() => n === 0 || received(device).includes(`T${n - 1}`))
  }
  expect(device.of('synced')).toHaveLength(1)
})

test('a download that takes longer than time stands still goes on, and hears of the time that passed', async () => {
  const where: Filter = {
    any: [
      { column: 'due', op: 'null' },
      { column: 'due', op: 'olderthan-x-minutes', value: 10 },
    ],
  }
  bench = await openBench({ where, rows: (limits.window + 2) * limits.pageRows })
  await bench.write('T9', 'not yet', minutesAgo(10))
  const device = bench.connect('ana', DEVICE)
  await until(() => device.of('page').length === limits.window)
  bench.skip(MINUTE)
  bench.core.tick()
  await device.send({ type: 'stored', pages: limits.window })
  await until(() => device.of('synced').length === 1)
  expect(received(device)).toEqual([])
  bench.core.tick()
  await until(() => received(device).includes('T9'))
  expect(device.codes).toEqual([])
})

test('who greets while the environment changes is judged by what it has become', async () => {
  bench = await openBench({ rows: 3 })
  for (let turns = 0; turns < 40; turns++) {
    const team = `team-${turns}`
    const ana: Person = { id: 'ana', name: 'ana', teams: [team], roles: ['field'] }
    await bench.storage.commit({}, () => ({ result: undefined, entries: [{ kind: 'person', id: 'ana', value: ana }] }))
    const reloading = bench.core.reload()
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    bench.connect('ana', DEVICE)
    await reloading
    for (let turn = 0; turn < 30; turn++) await setImmediate()
    const standings = bench.core.sessions().flatMap(({ state }) => guestOf(state)?.author.person.teams ?? [])
    expect(standings.filter(each => each !== team)).toEqual([])
    for (const session of bench.core.sessions()) session.close('busy', 'the next one', 'come')
  }
})

test('found by histories of scopes: who leaves a team and joins it again in one breath is in it', async () => {
  bench = await openBench({ rows: 3 })
  const devices = Array.from({ length: 12 }, (_, n) => bench.connect('ana', `00000000000000b${n.toString(16)}`))
  await until(() => devices.every(device => device.of('synced').length === 1))
  const join = async (teams: readonly string[]): Promise<void> => {
    const ana: Person = { id: 'ana', name: 'ana', teams, roles: ['field'] }
    await bench.storage.commit({}, () => ({ result: undefined, entries: [{ kind: 'person', id: 'ana', value: ana }] }))
    await bench.core.reload()
  }
  await join(['north'])
  for (let turns = 0; turns < 10; turns++) {
    await join([])
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    await join(['north'])
    for (let turn = 0; turn < 60; turn++) await setImmediate()
    const teams = bench.core.sessions().map(({ state }) => guestOf(state)?.author.person.teams.join())
    expect(teams).toEqual(devices.map(() => 'north'))
  }
})
