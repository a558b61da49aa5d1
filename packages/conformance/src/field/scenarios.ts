import { idsProved } from '../statements/title.ts'
import type { Scenario } from './scenario.ts'
import { cache } from './scenarios/cache.ts'
import { conflicts } from './scenarios/conflicts.ts'
import { deltaSync } from './scenarios/delta-sync.ts'
import { errors } from './scenarios/errors.ts'
import { firstSync } from './scenarios/first-sync.ts'
import { localWork } from './scenarios/local-work.ts'
import { offlineMode } from './scenarios/offline-mode.ts'
import { outbox } from './scenarios/outbox.ts'
import { security } from './scenarios/security.ts'
import { status } from './scenarios/status.ts'

export const fieldScenarios: readonly Scenario[] = [
  ...firstSync,
  ...deltaSync,
  ...offlineMode,
  ...localWork,
  ...outbox,
  ...conflicts,
  ...errors,
  ...cache,
  ...status,
  ...security,
]

export const familyOf = (id: string): string => id.slice(0, 2)

/** Those that prove something of these families; of all where none is named. */
export const scenariosOf = (codes: readonly string[]): readonly Scenario[] =>
  fieldScenarios.filter(({ title }) => codes.length === 0 || idsProved(title).some(id => codes.includes(familyOf(id))))

/** What the scenarios prove. */
export const played: ReadonlySet<string> = new Set(fieldScenarios.flatMap(({ title }) => idsProved(title)))
