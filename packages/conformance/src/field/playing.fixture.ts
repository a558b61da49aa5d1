import { afterAll, beforeAll, it } from 'vitest'
import type { Place } from './device/place.ts'
import { type OpenSystem, openSystem } from './open-system.ts'
import { type FieldRelay, startFieldRelay } from './relay.ts'
import { play } from './run.ts'
import { Lacking, type Scenario } from './scenario.ts'

/** Scenarios as tests, on one relay of their own and devices in one place. */
export const playAll = (scenarios: readonly Scenario[], makePlace: () => Promise<Place>): void => {
  const ends: (() => Promise<void>)[] = []
  let relay: FieldRelay
  let system: OpenSystem
  beforeAll(async () => {
    relay = await startFieldRelay()
    ends.push(relay.close)
    const place = await makePlace()
    ends.push(place.close)
    system = await openSystem(relay, place)
  }, 120_000)
  afterAll(async () => {
    for (const end of ends.toReversed()) await end()
  })
  for (const scenario of scenarios)
    it(scenario.title, { timeout: 150_000 }, async context => {
      await play(scenario, system).catch((error: unknown) => {
        if (error instanceof Lacking) return context.skip(error.message)
        throw error
      })
    })
}
