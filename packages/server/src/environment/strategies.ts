import { type Fault, type ProfileSource, type Strategies, strategiesOf } from '@rejoin/profile'
import type { Settings } from './environment.ts'

/**
 * Which strategies an environment may name: those that are always there, and those of the application its relay was
 * made for (`createRelay({ strategies })`). A name that nothing stands behind is refused where it is written, and no
 * relay starts with one.
 */
export const strategyFaults = (
  strategies: Strategies,
  settings: Settings,
  profiles: readonly ProfileSource[],
): Fault[] =>
  namedIn(settings, profiles).flatMap(({ at, name }) => (strategies.names.has(name) ? [] : [unknown(at, name)]))

/** The same of a profile that is to be published. */
export const profileStrategyFaults = (strategies: Strategies, { name, strategy }: ProfileSource): Fault[] =>
  strategy === undefined || strategies.names.has(strategy) ? [] : [unknown(`profile ${name}`, strategy)]

/** For programs that settle no conflicts (`rejoin inspect`): what the environment names is known to the relays it has. */
export const strategiesNamed = (settings: Settings, profiles: readonly ProfileSource[]): Strategies => {
  const builtIn = strategiesOf()
  return { ...builtIn, names: new Set([...builtIn.names, ...namedIn(settings, profiles).map(({ name }) => name)]) }
}

const namedIn = (
  { strategy, strategies }: Settings,
  profiles: readonly ProfileSource[],
): { readonly at: string; readonly name: string }[] => [
  { at: 'settings', name: strategy },
  ...Object.entries(strategies).map(([table, name]) => ({ at: `settings, table ${table}`, name })),
  ...profiles.flatMap(({ name: profile, strategy: name }) =>
    name === undefined ? [] : [{ at: `profile ${profile}`, name }],
  ),
]

const unknown = (at: string, name: string): Fault => ({
  code: 'unknown-strategy',
  at,
  message: `there is no strategy "${name}" here`,
  fix: `give it to createRelay({ strategies }), or choose one of ${[...strategiesOf().names].join(', ')}`,
})
