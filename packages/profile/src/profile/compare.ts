import { byCodePoint } from '../filter/fold.ts'
import type { StrategyName } from '../merge/strategy.ts'
import { sameFilter } from './document.ts'
import { SHORTEST_INTERVAL } from './limits.ts'
import type { DownloadFilter, ProfileItem, ProfileSource } from './profile.ts'

/** How two versions of a profile differ, as data. Which rows that brings and takes is asked of their scopes. */
export interface ProfileDifference {
  readonly name?: Change<string>
  readonly description?: Change<string>
  readonly strategy?: Change<StrategyName | undefined>
  readonly added: readonly ProfileItem[]
  readonly removed: readonly ProfileItem[]
  readonly changed: readonly ItemDifference[]
}

export interface ItemDifference {
  readonly table: string
  readonly filter?: Change<DownloadFilter>
  readonly relationships?: { readonly added: readonly string[]; readonly removed: readonly string[] }
  readonly columns?: Change<'all' | readonly string[]>
  /** minutes */
  readonly interval?: Change<number>
}

export interface Change<T> {
  readonly before: T
  readonly after: T
}

export const compareProfiles = (before: ProfileSource, after: ProfileSource): ProfileDifference => {
  const were = byTable(before)
  const are = byTable(after)
  return {
    ...changed('name', before.name, after.name),
    ...changed('description', before.description ?? '', after.description ?? ''),
    ...changed('strategy', before.strategy, after.strategy),
    added: [...are.values()].filter(item => !were.has(item.table)),
    removed: [...were.values()].filter(item => !are.has(item.table)),
    changed: [...are.values()].flatMap(item => {
      const was = were.get(item.table)
      return was === undefined ? [] : itemDifference(was, item)
    }),
  }
}

export const isUnchanged = ({ name, description, strategy, added, removed, changed }: ProfileDifference): boolean =>
  (name ?? description ?? strategy) === undefined && added.length + removed.length + changed.length === 0

const itemDifference = (before: ProfileItem, after: ProfileItem): ItemDifference[] => {
  const relationships = {
    added: without(after.relationships, before.relationships),
    removed: without(before.relationships, after.relationships),
  }
  const difference: ItemDifference = {
    table: after.table,
    ...(sameFilter(before.filter, after.filter) ? {} : { filter: { before: before.filter, after: after.filter } }),
    ...(relationships.added.length + relationships.removed.length === 0 ? {} : { relationships }),
    ...changed('columns', selection(before), selection(after)),
    ...changed('interval', before.interval ?? SHORTEST_INTERVAL, after.interval ?? SHORTEST_INTERVAL),
  }
  return Object.keys(difference).length > 1 ? [difference] : []
}

const selection = ({ columns }: ProfileItem): 'all' | readonly string[] => columns?.toSorted(byCodePoint) ?? 'all'

const without = (names: readonly string[] = [], others: readonly string[] = []): string[] =>
  names.filter(name => !others.includes(name)).toSorted(byCodePoint)

const changed = <Key extends string, T>(key: Key, before: T, after: T): { [K in Key]?: Change<T> } =>
  JSON.stringify(before) === JSON.stringify(after) ? {} : ({ [key]: { before, after } } as { [K in Key]?: Change<T> })

const byTable = ({ items }: ProfileSource): ReadonlyMap<string, ProfileItem> =>
  new Map(items.map(item => [item.table, item]))
