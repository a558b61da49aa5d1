/** What is broken on purpose is seen: a suite that cannot fail proves nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { nodePlace } from './device/node.ts'
import type { Place } from './device/place.ts'
import { type OpenSystem, openSystem } from './open-system.ts'
import { type FieldRelay, startFieldRelay } from './relay.ts'
import { judge } from './run.ts'
import { fieldScenarios } from './scenarios.ts'

let relay: FieldRelay
let place: Place
beforeAll(async () => {
  relay = await startFieldRelay()
  place = await nodePlace()
}, 120_000)
afterAll(async () => {
  await place?.close()
  await relay?.close()
})

const played = async (id: string, system: OpenSystem) => {
  const [scenario] = fieldScenarios.filter(({ title }) => title.startsWith(`[${id}]`))
  const { status, message } = await judge(scenario!, system)
  return { status, message }
}
const red = (message: RegExp) => ({ status: 'fail', message: expect.stringMatching(message) as unknown })
const green = { status: 'pass' }

it('a relay that settles conflicts the other way turns the rows of the strategies red, and no other', async () => {
  const system = await openSystem(relay, place)
  const other = new Map([
    ['clientWins', 'serverWins'],
    ['serverWins', 'clientWins'],
  ])
  const { settings } = system.administrator
  const broken: OpenSystem = {
    ...system,
    administrator: {
      ...system.administrator,
      settings: change =>
        settings(
          change.strategy === undefined
            ? change
            : { ...change, strategy: other.get(change.strategy) ?? change.strategy },
        ),
    },
  }
  await settings({ strategy: 'serverWins' })
  expect(await played('CF3', broken)).toMatchObject(
    red(/expected \{[^}]*remark: 'leaks'[^]*seen[^}]*remark: 'as installed'/),
  )
  expect(await played('CF5', broken)).toMatchObject(red(/expected \{[^}]*remark: 'as installed'/))
  expect(await played('CF9', broken)).toMatchObject(green)
  expect(await played('CF3', system)).toMatchObject(green)
})

it('a device that forgets what it saved when it is killed turns the rows of crashes red, and no other', async () => {
  const lives = new Map<string, number>()
  const forgetful: Place = {
    ...place,
    open: async (store, opened) => {
      const life = lives.get(store) ?? 0
      const seat = await place.open(`${store}-${life}`, opened)
      return {
        ...seat,
        kill: async () => {
          lives.set(store, life + 1)
          await seat.kill()
        },
      }
    },
  }
  const system = await openSystem(relay, forgetful)
  expect(await played('OB1', system)).toMatchObject(red(/seen +\[\]/))
  expect(await played('LW12', system)).toMatchObject(red(/'half a sen'[^]*seen +\[\]/))
  expect(await played('LW9', system)).toMatchObject(green)
})

it('an offline mode that ends by itself turns its rows red, and no other', async () => {
  const system = await openSystem(relay, place)
  const leaking: OpenSystem = {
    ...system,
    device: async choice => {
      const device = await system.device(choice)
      const turnOn = async (): Promise<void> => {
        await device.turnOn()
        await device.turnOff()
      }
      return new Proxy(device, { get: (on, name) => (name === 'turnOn' ? turnOn : on[name as keyof typeof on]) })
    },
  }
  expect(await played('OM7', leaking)).toMatchObject(red(/expected \[ 'offline', true \]/))
  expect(await played('OM3', leaking)).toMatchObject(red(/expected 'Offline Mode'/))
  expect(await played('OM8', leaking)).toMatchObject(green)
})
