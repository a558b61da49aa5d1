import type { StrategyName, SyncMode } from '@rejoin/profile'
import type { Rule } from '@rejoin/server'
import { fieldEnvironment, fieldSettings, type Person } from './environment.ts'
import { type Ask, doneBy } from './office.ts'
import type { Administrator } from './system.ts'

/** By the relay's administration, as whoever may administer the environment. */
export interface Steward extends Administrator {
  /** nothing is forbidden any more, until `settle` */
  release(): Promise<void>
  /** everything as the environment has it at first, whatever an earlier run that was ended had left */
  settle(): Promise<void>
}

export interface SettingsChange {
  readonly strategy?: StrategyName
  /** null: as the environment */
  readonly strategies?: Readonly<Record<string, StrategyName | null>>
  readonly rules?: readonly Rule[]
  readonly cacheHours?: number
  readonly syncModes?: readonly SyncMode[]
  readonly rowCaps?: { readonly all: number; readonly tables: Readonly<Record<string, number>> }
}

interface User {
  readonly id: string
  readonly name: string
  readonly roles: readonly string[]
}

export const createAdministrator = (ask: Ask): Steward => {
  const done = (method: string, path: string, body?: unknown): Promise<unknown> =>
    doneBy(ask, method, `/admin${path}`, body)
  const user = async (id: Person): Promise<User> => (await done('GET', `/users/${id}`)) as User
  const settings = async (change: SettingsChange): Promise<void> => void (await done('PATCH', '/settings', change))
  const roles = async (id: Person, given: readonly string[]): Promise<void> =>
    void (await done('PUT', `/users/${id}`, { ...(await user(id)), roles: given }))
  return {
    settings,
    roles,
    release: () => settings({ rules: [] }),
    settle: async () => {
      const strategies = Object.fromEntries(fieldEnvironment.schema.tables.map(({ name }) => [name, null]))
      await settings({ ...fieldSettings, strategies })
      for (const { id, roles: given } of fieldEnvironment.directory?.users ?? [])
        if ((await user(id as Person)).roles.join() !== given.join()) await roles(id as Person, given)
    },
  }
}
