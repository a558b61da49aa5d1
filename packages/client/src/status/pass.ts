import type { SessionEvent } from '../session/events.ts'

/** One pass over the tables of the scope: one telemetry event at its end (ST6). Plain data. */
export interface Pass {
  /** `full`: tables that were here came again as a whole */
  readonly kind: 'first' | 'delta' | 'full'
  /** `agreed`: device and relay hold the same */
  readonly result: 'agreed' | 'interrupted' | 'refused' | 'failed'
  /** of what did not end well: the close code, or what the device met */
  readonly code?: number | string
  /** ms since 1970 by this device's clock */
  readonly began: number
  /** ms */
  readonly duration: number
  /** in the scope */
  readonly tables: number
  /** that came */
  readonly rows: number
  /** over the socket, in this pass */
  readonly bytes: { readonly sent: number; readonly received: number }
  /** rows that differed and were put right, among `rows` */
  readonly repaired: number
}

/** A pass under way. */
export interface Running {
  readonly began: number
  readonly sent: number
  readonly received: number
  readonly rows: number
  readonly repaired: number
  readonly paged: boolean
  /** the relay has said welcome: before that there is no pass, only a try to reach it */
  readonly welcome: boolean
  readonly failure?: string
}

export interface Weighed {
  /** bytes since the device was opened */
  readonly sent: number
  readonly received: number
}

export const begun = (now: number, { sent, received }: Weighed): Running => ({
  began: now,
  sent,
  received,
  rows: 0,
  repaired: 0,
  paged: false,
  welcome: false,
})

export const passAfter = (running: Running, event: SessionEvent): Running => {
  switch (event.type) {
    case 'moved':
      return event.state.phase === 'catching-up' ? { ...running, welcome: true } : running
    case 'page':
      return { ...running, rows: running.rows + event.page.rows, paged: true }
    case 'changed':
      return { ...running, rows: running.rows + event.rows }
    case 'repaired':
      return { ...running, rows: running.rows + event.rows, repaired: running.repaired + event.rows }
    case 'failed':
      return { ...running, failure: event.error instanceof Error ? event.error.name : 'unknown' }
    default:
      return running
  }
}

/** @returns the pass, where this event ends it. @param ready a first sync had completed before it began */
export const endOf = (
  running: Running,
  event: SessionEvent,
  {
    now,
    ready,
    tables,
    sent,
    received,
  }: Weighed & { readonly now: number; readonly ready: boolean; readonly tables: number },
): Pass | undefined => {
  if (event.type !== 'moved') return undefined
  const { state } = event
  if (state.phase !== 'live' && state.phase !== 'ended') return undefined
  // Greeted, and nothing asked for.
  if (state.phase === 'live' && !running.welcome) return undefined
  const refusal = state.phase === 'ended' ? state.end.refusal : undefined
  if (state.phase === 'ended' && !running.welcome && refusal === undefined) return undefined
  const { rows, repaired, paged, began, failure } = running
  const code = failure ?? (state.phase === 'ended' ? state.end.code : undefined)
  return {
    kind: ready ? (paged ? 'full' : 'delta') : 'first',
    result:
      state.phase === 'live'
        ? 'agreed'
        : refusal !== undefined
          ? 'refused'
          : failure === undefined
            ? 'interrupted'
            : 'failed',
    ...(code === undefined ? {} : { code }),
    began,
    duration: Math.max(0, now - began),
    tables,
    rows,
    bytes: { sent: sent - running.sent, received: received - running.received },
    repaired,
  }
}
