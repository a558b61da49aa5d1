import type { TableState } from '../replica/memory.ts'
import type { SessionEvent } from './events.ts'
import { connecting, entered, paged, planned, type Progress } from './progress.ts'
import type { SessionState } from './session-state.ts'

/** The progress after something a session told. @param bytes received in it so far */
export const progressAfter = (
  progress: Progress,
  event: SessionEvent,
  tables: ReadonlyMap<string, TableState>,
  now: number,
  bytes: number,
): Progress => {
  const after = stepped(progress, event, tables, now)
  return after === progress || after.bytes === bytes ? after : { ...after, bytes }
}

const stepped = (
  progress: Progress,
  event: SessionEvent,
  tables: ReadonlyMap<string, TableState>,
  now: number,
): Progress => {
  switch (event.type) {
    case 'plan': {
      const missing = new Set(event.plan.tables.map(({ table }) => table))
      const states = [...tables]
      const held = states.reduce(
        (sum, [table, state]) => sum + (missing.has(table) && state.state === 'partial' ? state.rows : 0),
        0,
      )
      return planned(progress, event.plan, held, states.filter(([table]) => !missing.has(table)).length, now)
    }
    case 'page':
      return paged(progress, event.page, now)
    case 'moved':
      return moved(progress, event.state)
    default:
      return progress
  }
}

const moved = (progress: Progress, state: SessionState): Progress => {
  switch (state.phase) {
    case 'greeting':
    case 'leaving':
      return connecting(progress)
    case 'catching-up':
      return entered(progress, 'catching-up')
    case 'comparing':
      return entered(progress, 'comparing')
    case 'live':
      return entered(progress, 'done')
    case 'ended':
      return progress.phase === 'done' ? progress : entered(progress, 'idle')
  }
}
