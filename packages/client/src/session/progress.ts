import type { Page, Plan } from '@rejoin/profile'

/** How far a sync has come (FS2): a pure state, moved by what the session meets. */
export interface Progress {
  /**
   * `downloading`: pages of whole tables; `catching-up`: changes since; `comparing`: whether both hold the same;
   * `done`: they do
   */
  readonly phase: 'idle' | 'connecting' | 'downloading' | 'catching-up' | 'comparing' | 'done'
  /** that have come, of those in the scope */
  readonly tables: Count
  /** that have come, of those planned; the plan is the relay's count */
  readonly rows: Count
  /** the table under way */
  readonly table?: string
  /** bytes received in this session */
  readonly bytes: number
  /** ms the download will still take at its present pace */
  readonly estimateMs?: number
  /** ms since 1970, when the download began, and the rows that were there then */
  readonly began?: { readonly at: number; readonly rows: number }
}

/** How many of how many. */
export interface Count {
  /** so far */
  readonly done: number
  /** as far as is known now; 0 before anything is */
  readonly total: number
}

export const idle: Progress = { phase: 'idle', tables: { done: 0, total: 0 }, rows: { done: 0, total: 0 }, bytes: 0 }

export const connecting = (progress: Progress): Progress => ({ ...progress, phase: 'connecting', bytes: 0 })

/** @param held rows stored by an earlier try, of the tables in the plan; @param complete tables that need no download */
export const planned = (
  progress: Progress,
  { tables }: Plan,
  held: number,
  complete: number,
  now: number,
): Progress => ({
  phase: 'downloading',
  tables: { done: complete, total: complete + tables.length },
  rows: { done: held, total: held + tables.reduce((sum, { rows }) => sum + rows, 0) },
  bytes: progress.bytes,
  began: { at: now, rows: held },
})

export const paged = (progress: Progress, { table, rows, last }: Page, now: number): Progress => {
  const done = progress.rows.done + rows
  // More may come than was planned: others go on working meanwhile.
  const total = Math.max(progress.rows.total, done)
  const { began } = progress
  const fresh = began === undefined ? 0 : done - began.rows
  const estimate =
    fresh > 0 && began !== undefined ? Math.round(((now - began.at) / fresh) * (total - done)) : undefined
  const { estimateMs: _, ...rest } = progress
  return {
    ...rest,
    rows: { done, total },
    tables: { ...progress.tables, done: progress.tables.done + (last ? 1 : 0) },
    table,
    ...(estimate === undefined ? {} : { estimateMs: estimate }),
  }
}

export const entered = (progress: Progress, phase: Progress['phase']): Progress => {
  const { table: _, estimateMs: __, ...rest } = progress
  return { ...rest, phase }
}
