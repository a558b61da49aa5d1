import type { System } from './system.ts'

/** One story that proves statements: their ids open its title, as they do in tests. */
export interface Scenario {
  readonly title: string
  readonly run: (system: System) => Promise<void>
}

export const scenario = (title: string, run: Scenario['run']): Scenario => ({ title, run })

/** Thrown where the system under test lacks what the scenario is about: it proves nothing then, either way. */
export class Lacking extends Error {
  override readonly name = 'Lacking'
}
