import { afterAll, describe, expect, it } from 'vitest'
import { postgresEngine } from '../bench/scope/postgres.ts'
import { runHistory } from './run.ts'

const engine = await postgresEngine()
afterAll(() => engine?.stop())

/** `pnpm scopes --postgres` makes more. */
describe.skipIf(engine === undefined)('generated histories of scopes over PostgreSQL', () => {
  it.each([
    [1, 701],
    [1, 702],
    [2, 703],
    [2, 704],
  ])(
    '[DS3][DS4][DS5][DS6][SE1] %i relays, seed %i: each device holds what the oracle says',
    async (relays, seed) => {
      const storage = () => engine!.open('scopes')
      const { looks } = await runHistory({ seed, steps: 10, relays, storage })
      expect(looks).toBeGreaterThan(25)
    },
    60_000,
  )
})
