import { z } from '@hono/zod-openapi'
import {
  CACHE_HOURS,
  GRACE_HOURS,
  type SyncMode,
  syncModes,
  documentedLimits,
  failed,
  type Fault,
  type ProfileLimits,
  type StrategyName,
} from '@rejoin/profile'
import { HIERARCHY } from '../directory/directory.ts'
import { type Environment, type RowCaps, SETTINGS } from '../environment/environment.ts'
import { type Rule, rulesShape } from '../rules/rule.ts'
import { MOST_ROWS } from '../session/catch-up/row-caps.ts'
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
  /** rows of a device's own making stay readable there after they left its profile (DS15) */
  readonly graceHours: number
  /** how users may choose to be brought up to date (DS12) */
  readonly syncModes: readonly SyncMode[]
  /** rows a device may hold (FS7) */
  readonly rowCaps: RowCaps
  /** a user who was removed may keep his unsent work as a file (MB6) */
  readonly removedMayExport: boolean
  /** by app, the least release that may sync: older ones are told to update, and keep their unsent work */
  readonly leastReleases: Readonly<Record<string, number>>
}

/** by name, one of the application's own among them: which there are the environment knows */
const strategy = z.string().min(1).max(128)

const rows = z.int().min(1)

/** What is left out stays as it is; `null` for a table lets it follow the environment again. */
export const settingsShape: z.ZodType<SettingsChange> = z.strictObject({
  strategy: strategy.optional(),
  strategies: z.record(z.string(), strategy.nullable()).optional(),
  rules: rulesShape.optional(),
  levels: z.int().min(1).max(100).optional(),
  limits: z.strictObject({ relationships: z.int().min(1).max(1_000), many: z.int().min(0).max(1_000) }).optional(),
  cacheHours: z.int().min(1).max(9_999).optional(),
  graceHours: z.int().min(0).max(9_999).optional(),
  syncModes: z
    .array(z.enum(['auto', 'interval', 'manual']))
    .min(1)
    .optional(),
  rowCaps: z.strictObject({ all: rows.optional(), tables: z.record(z.string(), rows).optional() }).optional(),
  removedMayExport: z.boolean().optional(),
  leastReleases: z.record(z.string(), z.int().min(0)).optional(),
})

export interface SettingsChange {
  readonly strategy?: StrategyName | undefined
  readonly strategies?: Readonly<Record<string, StrategyName | null>> | undefined
  /** all of them anew */
  readonly rules?: readonly Rule[] | undefined
  readonly levels?: number | undefined
  readonly limits?: ProfileLimits | undefined
  readonly cacheHours?: number | undefined
  readonly graceHours?: number | undefined
  readonly syncModes?: readonly SyncMode[] | undefined
  readonly rowCaps?:
    | { readonly all?: number | undefined; readonly tables?: Readonly<Record<string, number>> | undefined }
    | undefined
  readonly removedMayExport?: boolean | undefined
  /** all of them anew */
  readonly leastReleases?: Readonly<Record<string, number>> | undefined
}

export const settingsOf = ({ settings, directory }: Environment): SettingsValue => ({
  strategy: settings.strategy,
  strategies: settings.strategies,
  rules: settings.rules ?? [],
  levels: directory.levels,
  limits: settings.limits ?? documentedLimits,
  cacheHours: settings.cacheHours ?? CACHE_HOURS,
  graceHours: settings.graceHours ?? GRACE_HOURS,
  syncModes: settings.syncModes ?? syncModes,
  rowCaps: settings.rowCaps ?? { all: MOST_ROWS },
  removedMayExport: settings.removedMayExport ?? false,
  leastReleases: settings.leastReleases ?? {},
})

export const changeSettings =
  (change: SettingsChange, expected: Expected = {}): Action =>
  environment => {
    const refused = refusedBy(unexpected(settingsOf(environment), expected, 'settings'))
    if (refused !== undefined) return refused
    const named = Object.keys({ ...change.strategies, ...change.rowCaps?.tables })
    const unknown = named.filter(table => !environment.schema.tables.has(table))
    if (unknown.length > 0) return failed(...unknown.map(noTable))
    const strategies = Object.entries({ ...environment.settings.strategies, ...change.strategies })
    const { strategy = environment.settings.strategy, levels, strategies: _, ...plain } = change
    return changing('changed the settings', [
      {
        ...SETTINGS,
        value: {
          ...environment.settings,
          ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)),
          strategy,
          strategies: Object.fromEntries(strategies.filter(([, own]) => own !== null)),
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
