import { expect, test } from 'vitest'
import { settled } from './clock.ts'
import { noFaults } from './faults.ts'
import { flow, peace } from './run.ts'
import { POOL, type Write } from './users.ts'
import { createWorld, type World } from './world.ts'

const record = POOL[0]!

const sees = (world: World, device: number): unknown =>
  world.devices[device]!.rows('site').find(({ id }) => id === record)?.fields['city']

const site = (city: string): Write[] => [{ kind: 'update', table: 'site', record, values: { city } }]

/** Saved, and told to whoever is in reach. */
const write = async (world: World, device: number, city: string): Promise<void> => {
  world.devices[device]!.write(site(city))
  await settled()
  await flow(world)
}

test('two devices of one user, no relay in reach: pending edits show on the other, are named as seen, and raise no conflict', async () => {
  const world = await createWorld({ seed: 1, strategy: 'serverWins', users: ['ada', 'ada'], faults: noFaults })
  const [one, two] = [world.devices[0]!, world.devices[1]!]
  await settled()
  await flow(world)
  for (const link of [...world.network.links()]) world.network.cut(link)
  for (const { index } of world.devices) world.network.reach(index, false)
  world.meetings.toggle(one, two)
  await flow(world)

  one.write(site('first'))
  await settled()
  expect(sees(world, 1)).not.toBe('first')
  await flow(world)
  expect(sees(world, 1)).toBe('first')

  await write(world, 1, 'second')
  expect([sees(world, 0), sees(world, 1)]).toEqual(['second', 'second'])
  const edits = [...world.ledger.saved.values()].map(({ edit }) => edit)
  expect(edits.map(({ seen }) => seen)).toEqual([undefined, [edits[0]!.id]])
  expect(edits[1]!.tick).toBeGreaterThan(edits[0]!.tick)

  // The earlier edit comes to the relay first, else the later one, which it does not name, would win.
  world.network.reach(0, true)
  for (let round = 0; round < 80; round++) {
    await world.clock.pass(500)
    await flow(world)
  }
  const classes = await peace(world)
  expect(world.check).not.toThrow()
  expect(Object.fromEntries(classes)).toEqual({ applied: 2 })
  expect([sees(world, 0), sees(world, 1)]).toEqual(['second', 'second'])
  await world.close()
})

test('a device that was away takes newer confirmed rows from the other, and shows no pending edit once they have parted', async () => {
  const world = await createWorld({ seed: 2, strategy: 'clientWins', users: ['ada', 'ada'], faults: noFaults })
  const [one, two] = [world.devices[0]!, world.devices[1]!]
  await settled()
  await flow(world)
  for (const link of world.network.links().filter(({ device }) => device === 1)) world.network.cut(link)
  world.network.reach(1, false)
  await write(world, 0, 'confirmed')
  world.meetings.toggle(one, two)
  await flow(world)
  expect(sees(world, 1)).toBe('confirmed')
  expect(two.fingerprint('site')).toBe(one.fingerprint('site'))

  for (const link of [...world.network.links()]) world.network.cut(link)
  world.network.reach(0, false)
  await write(world, 0, 'pending')
  expect(sees(world, 1)).toBe('pending')
  world.meetings.toggle(one, two)
  expect(sees(world, 1)).toBe('confirmed')
  await peace(world)
  expect(sees(world, 1)).toBe('pending')
  expect(world.check).not.toThrow()
  await world.close()
})
