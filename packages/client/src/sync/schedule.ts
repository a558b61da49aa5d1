import type { SyncMode } from '@rejoin/profile'

/**
 * When a device is brought up to date (DS1). Where nothing stands against it changes are pushed as they are made; a table
 * whose profile names an interval, and all tables where the user wants longer intervals, none by themselves or none but
 * over Wi-Fi, are brought by passes. Pure: what is, and what time it is, is handed in.
 */
export interface SyncChoice {
  /** `auto`: pushed as it changes; `interval`: by passes; `manual`: when the user says so */
  readonly mode: SyncMode
  /** between passes at least, where the mode is `interval` */
  readonly minutes?: number
  /** nothing comes by itself while the network is metered (DS11) */
  readonly wifiOnly?: boolean
}

/** One table of the scope. */
export interface Timed {
  readonly table: string
  /** minutes, where its profile names one */
  readonly interval?: number
  /** ms since 1970 of its last pass; absent: it is not here, or not as it is to be */
  readonly last?: number
  /** tables it is related to by the profile */
  readonly related: readonly string[]
}

/** `at once`: changes come as they are made; a time in ms since 1970; undefined: when the user says so */
export type Due = 'at once' | number | undefined

/** as documented */
export const DEFAULT_MINUTES = 5

export const isPushed = ({ mode, wifiOnly }: SyncChoice): boolean => mode === 'auto' && wifiOnly !== true

export const dueAt = (choice: SyncChoice, { interval, last }: Omit<Timed, 'related'>): Due => {
  if (isPushed(choice) && interval === undefined) return 'at once'
  if (last === undefined) return 0
  if (choice.mode === 'manual') return undefined
  const longer = choice.mode === 'interval' ? (choice.minutes ?? 0) : 0
  return last + Math.max(longer, interval ?? DEFAULT_MINUTES) * 60_000
}

/** @returns the next pass, and what goes along with it (DS9); undefined where none comes by itself */
export const nextPass = (
  choice: SyncChoice,
  tables: readonly Timed[],
  now: number,
  metered: boolean,
): { readonly at: number; readonly tables: readonly string[] } | undefined => {
  if (choice.wifiOnly === true && metered) return undefined
  const dues = tables.map(each => ({ ...each, due: dueAt(choice, each) }))
  const at = Math.min(...dues.flatMap(({ due }) => (typeof due === 'number' ? [due] : [])))
  if (at === Infinity) return undefined
  const due = new Set(
    dues.flatMap(each => (typeof each.due === 'number' && each.due <= Math.max(at, now) ? each.table : [])),
  )
  const along = dues.filter(each => each.due !== 'at once' && each.related.some(other => due.has(other)))
  return { at, tables: [...due, ...along.flatMap(({ table }) => (due.has(table) ? [] : table))] }
}

/** What the administrator does not allow falls back to the first he does (DS12). */
export const allowed = (choice: SyncChoice, modes: readonly SyncMode[] | undefined): SyncChoice =>
  modes === undefined || modes.includes(choice.mode) ? choice : { ...choice, mode: modes[0] ?? 'auto' }
