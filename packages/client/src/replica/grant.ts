import {
  type Asking,
  compileSchema,
  isBuiltIn,
  type Schema,
  type StrategyName,
  type Strategies,
  strategies,
  type Strategy,
  type SyncMode,
  type Table,
  type Welcome,
} from '@rejoin/profile'

/** What the relay last granted this device: kept, so that work goes on without it. Plain data, stored as it is. */
export interface Grant {
  /** the one this was granted in (OM11); absent in a store that no relay has named one to yet: the next welcome does */
  readonly environment?: string
  readonly user: Welcome['user']
  readonly prefixes: readonly number[]
  readonly strategy: StrategyName
  readonly strategies: Readonly<Record<string, StrategyName>>
  readonly cacheHours?: number
  readonly graceHours?: number
  readonly syncModes?: readonly SyncMode[]
  readonly rights: string
  readonly footing: Welcome['footing']
  readonly tables: Welcome['tables']
  readonly writable: Welcome['writable']
  readonly schemaVersion: number
  readonly schema: unknown
  readonly profileVersion: number
  readonly profile: unknown
}

/** @throws FaultError where the relay sent no schema, or one this program cannot read */
export const grantFrom = (welcome: Welcome, known: Grant | undefined): Grant => {
  const {
    environment,
    user,
    prefixes,
    strategy,
    strategies: own,
    cacheHours,
    graceHours,
    syncModes,
    rights,
    footing,
    tables,
    writable,
    schemaVersion,
    profileVersion,
  } = welcome
  return {
    environment,
    user,
    prefixes,
    strategy,
    strategies: own,
    ...(cacheHours === undefined ? {} : { cacheHours }),
    ...(graceHours === undefined ? {} : { graceHours }),
    ...(syncModes === undefined ? {} : { syncModes }),
    rights,
    footing,
    tables,
    writable,
    schemaVersion,
    schema: welcome.schema ?? known?.schema ?? null,
    profileVersion,
    profile: welcome.profile ?? (profileVersion === known?.profileVersion ? (known.profile ?? null) : null),
  }
}

/** What a store has of a grant: where it was written before grants said how the user stands, he is in no team. */
export const grantStored = (stored: Omit<Grant, 'footing'> & Partial<Pick<Grant, 'footing'>>): Grant => ({
  ...stored,
  footing: stored.footing ?? { teams: [] },
})

const compiled = new WeakMap<object, Schema>()

/** The granted schema, compiled once. @throws Error where it is none */
export const schemaOf = (grant: Grant): Schema => {
  const source = grant.schema as object
  const known = compiled.get(source)
  if (known !== undefined) return known
  const result = compileSchema(source)
  if (!result.ok) throw new Error(`the relay's schema cannot be read: ${result.faults[0]?.message ?? ''}`)
  compiled.set(source, result.value)
  return result.value
}

/**
 * The strategy in force for a table, as far as this device can foretell it. One that the app does not have, or that fails,
 * shows the user his own edit until the relay has answered, which logs what failed there.
 */
export const strategyOf = (grant: Grant, table: string, known: Strategies): Strategy => {
  const name = grant.strategies[table] ?? grant.strategy
  if (isBuiltIn(name)) return strategies[name]
  const definition = schemaOf(grant).tables.get(table)
  const custom = definition === undefined ? undefined : known.on(name, definition, () => 'mine')
  return custom ?? { name, image: true, decide: () => 'mine' }
}

/** Column ids the device holds and its user may write: what an image is cut to. */
export const imageColumns = (grant: Grant, table: Table): readonly string[] => {
  const held = grant.tables.find(each => each.table === table.name)?.columns
  const writable = grant.writable[table.name]
  return table.columns
    .filter(({ id, type }) => type !== 'document' && held?.includes(id) !== false && writable?.includes(id) !== false)
    .map(({ id }) => id)
}

export const columnSetOf = (grant: Grant, table: string): string | undefined =>
  grant.tables.find(each => each.table === table)?.columnSet

/** Whom conditions about the signed-in user mean, as the relay last said. */
export const askingOf = ({ user, footing }: Grant, now: number): Asking => ({
  person: { id: user.id, ...footing },
  now,
})
