import { z } from '@hono/zod-openapi'
import {
  CACHE_HOURS,
  documentedLimits,
  failed,
  type Fault,
  type ProfileLimits,
  type StrategyName,
} from '@rejoin/profile'
import { HIERARCHY } from '../directory/directory.ts'
import { type Environment, SETTINGS } from '../environment/environment.ts'
import { type Rule, rulesShape } from '../rules/rule.ts'
import { type Action, changing, type Expected, refusedBy, unexpected } from './change.ts'

/** How conflicts are settled, what nobody may do, how deep the hierarchy counts, and what profiles may be. */
export interface SettingsValue {
  readonly strategy: StrategyName
  readonly strategies: Readonly<Record<string, StrategyName>>
  readonly rules: readonly Rule[]
  /** below a manager, for hierarchy operators (FI2) */
  readonly levels: number
  /** of relationships in profiles (PR14, PR16) */
  readonly limits: ProfileLimits
  /** after its last refresh a device's cache expires (CA1) */
  readonly cacheHours: number
}

const strategy = z.enum(['clientWins', 'serverWins', 'merge', 'ask'])

/** What is left out stays as it is; `null` for a table lets it follow the environment again. */
export const settingsShape: z.ZodType<SettingsChange> = z.strictObject({
  strategy: strategy.optional(),
  strategies: z.record(z.string(), strategy.nullable()).optional(),
  rules: rulesShape.optional(),
  levels: z.int().min(1).max(100).optional(),
  limits: z.strictObject({ relationships: z.int().min(1).max(1_000), many: z.int().min(0).max(1_000) }).optional(),
  cacheHours: z.int().min(1).max(9_999).optional(),
})

export interface SettingsChange {
  readonly strategy?: StrategyName | undefined
  readonly strategies?: Readonly<Record<string, StrategyName | null>> | undefined
  /** all of them anew */
  readonly rules?: readonly Rule[] | undefined
  readonly levels?: number | undefined
  readonly limits?: ProfileLimits | undefined
  readonly cacheHours?: number | undefined
}

export const settingsOf = ({ settings, directory }: Environment): SettingsValue => ({
  strategy: settings.strategy,
  strategies: settings.strategies,
  rules: settings.rules ?? [],
  levels: directory.levels,
  limits: settings.limits ?? documentedLimits,
  cacheHours: settings.cacheHours ?? CACHE_HOURS,
})

export const changeSettings =
  (change: SettingsChange, expected: Expected = {}): Action =>
  environment => {
    const refused = refusedBy(unexpected(settingsOf(environment), expected, 'settings'))
    if (refused !== undefined) return refused
    const unknown = Object.keys(change.strategies ?? {}).filter(table => !environment.schema.tables.has(table))
    if (unknown.length > 0) return failed(...unknown.map(noTable))
    const strategies = Object.entries({ ...environment.settings.strategies, ...change.strategies })
    const { strategy = environment.settings.strategy, rules, levels, limits, cacheHours } = change
    return changing('changed the settings', [
      {
        ...SETTINGS,
        value: {
          ...environment.settings,
          ...(limits === undefined ? {} : { limits }),
          strategy,
          strategies: Object.fromEntries(strategies.filter(([, own]) => own !== null)),
          ...(rules === undefined ? {} : { rules }),
          ...(cacheHours === undefined ? {} : { cacheHours }),
        },
      },
      ...(levels === undefined ? [] : [{ ...HIERARCHY, value: { levels } }]),
    ])
  }

export const noTable = (table: string): Fault => ({
  code: 'unknown-table',
  at: `table ${table}`,
  message: 'the environment has no such table',
  fix: 'see `rejoin inspect` for its tables',
})
