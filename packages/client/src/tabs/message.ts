import type { Act } from '../device/act.ts'
import type { FactsNow } from '../device/facts.ts'
import { RejoinFault, type RejoinFaultParts } from '../device/fault.ts'
import { type StoreChange, StoreFault, type StoreFaultCode } from '../store/store.ts'

/**
 * What the tabs of a store say to each other. Those that follow:
 *
 *     hello                 tell me what you commit          -> leads
 *     ask (n, act)          do this for me, once             -> changed, answer
 *     ping                  are you there?                   -> leads
 *
 * The one that leads says `leads` when it has taken over, `changed` after each commit and `facts` when they have
 * changed. What carries a lower fence than has been heard comes from one who has been ended.
 */
export type Message =
  | { readonly type: 'hello' | 'ping'; readonly tab: string }
  | Ask
  | Leads
  | Changed
  | { readonly type: 'answer'; readonly tab: string; readonly n: number; readonly fault?: FaultData }
  | { readonly type: 'facts'; readonly fence: number; readonly seen: Seen; readonly late?: readonly string[] }

export interface Ask {
  readonly type: 'ask'
  readonly tab: string
  /** counts the acts of a tab */
  readonly n: number
  /** the lowest the tab has no answer to: what is below may be forgotten */
  readonly open: number
  readonly act: Act
}

export interface Leads {
  readonly type: 'leads'
  readonly tab: string
  readonly fence: number
  /** undefined while it is still taking over */
  readonly now?: { readonly commits: number; readonly seen: Seen }
}

/** What is to be seen of the device at this moment. */
export interface Seen {
  readonly facts: FactsNow
  /** whether a session is wanted */
  readonly wanted: boolean
}

export interface Changed {
  readonly type: 'changed'
  readonly fence: number
  readonly commits: number
  readonly changes: readonly StoreChange[]
}

/** A failure as it goes from tab to tab. */
export type FaultData =
  | ({ readonly of: 'rejoin' } & RejoinFaultParts)
  | { readonly of: 'store'; readonly code: StoreFaultCode; readonly message: string; readonly fix: string }
  | { readonly of: 'bug'; readonly message: string }

export const faultData = (error: unknown): FaultData => {
  if (error instanceof StoreFault) {
    const { code, message, fix } = error
    return { of: 'store', code, message, fix }
  }
  if (!(error instanceof RejoinFault)) return { of: 'bug', message: String(error) }
  const { code, message, fix, table, record, column, rule } = error
  const place = Object.entries({ fix, table, record, column, rule }).filter(([, value]) => value !== undefined)
  return { of: 'rejoin', code, message, ...Object.fromEntries(place) }
}

export const faultFrom = (data: FaultData): Error => {
  switch (data.of) {
    case 'rejoin':
      return new RejoinFault(data)
    case 'store':
      return new StoreFault(data.code, data.message, data.fix)
    case 'bug':
      return new Error(data.message)
  }
}
