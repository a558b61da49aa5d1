import type { Filter } from '../filter/filter.ts'
import type { StrategyName } from '../merge/strategy.ts'

/** Which rows of one table a device downloads before relationships widen it (PR4): exactly one kind. */
export type DownloadFilter =
  | { readonly kind: 'related' }
  | { readonly kind: 'all' }
  | { readonly kind: 'other'; readonly mine?: boolean; readonly teams?: boolean; readonly unit?: boolean }
  | { readonly kind: 'custom'; readonly where: Filter }

export interface ProfileItem {
  readonly table: string
  readonly filter: DownloadFilter
  /** names of relationships chosen on this item: the rows they bring are this item's (PR16) */
  readonly relationships?: readonly string[]
  /** column names; absent = all columns (PR12) */
  readonly columns?: readonly string[]
  /** minutes, 5 to 1440; absent = 5 (PR11) */
  readonly interval?: number
}

export interface ProfileSource {
  readonly name: string
  readonly description?: string
  /** how conflicts of its people are settled, whatever environment and tables are set to (CF12) */
  readonly strategy?: StrategyName
  readonly items: readonly ProfileItem[]
}

/** A profile as devices know it: what was validated and published, with the number of that publication. */
export interface PublishedProfile extends ProfileSource {
  readonly version: number
}
