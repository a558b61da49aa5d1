import type { Page, Plan } from '@rejoin/profile'
import type { Entry } from '../outbox/outbox-state.ts'
import type { SessionState } from './session-state.ts'

/** What a session tells those who watch it. */
export type SessionEvent =
  | { readonly type: 'moved'; readonly state: SessionState }
  | { readonly type: 'plan'; readonly plan: Plan }
  | { readonly type: 'page'; readonly page: Page }
  /** rows that changed since the device was here last */
  | { readonly type: 'changed'; readonly rows: number }
  /** rows that differed from the relay's and were put right (DS13) */
  | { readonly type: 'repaired'; readonly rows: number }
  /** what is held was found to be as the relay's */
  | { readonly type: 'refreshed' }
  /** the relay decided over edits of this device */
  | { readonly type: 'answered' }
  /** withdrawals that came too late: these edits took effect (OB10) */
  | { readonly type: 'late'; readonly entries: readonly Entry[] }
  /** what is here is another user's, or of another environment (OM11) */
  | { readonly type: 'another' }
  /** the session ends for this: a damaged frame, a store that failed, a bug */
  | { readonly type: 'failed'; readonly error: unknown }
