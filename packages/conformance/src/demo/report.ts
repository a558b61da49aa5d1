import type { PlainRow, StrategyName, Value } from '@rejoin/profile'
import type { Accounts } from '../crash/proof.ts'

/** What the demo found, as `--json` writes it; what the terminal shows is told from this and nothing else. */
export interface DemoReport {
  readonly ok: boolean
  readonly seconds: number
  readonly table: string
  readonly rows: number
  readonly firstSync: readonly { readonly device: string; readonly rows: number; readonly ms: number }[]
  readonly acts: readonly ActReport[]
  readonly crash: CrashAct
  readonly proof: Proof
}

export type Side = 'first' | 'second' | 'office'

export interface ActReport {
  readonly strategy: StrategyName
  readonly records: readonly SceneReport[]
  /** relay and devices show the same after the act */
  readonly agreed: boolean
}

/** One record that three sides had in hand: by column name. */
export interface SceneReport {
  readonly scene: string
  readonly record: string
  readonly name: string
  readonly before: PlainRow
  /** what each side wrote, or that it deleted */
  readonly wrote: Readonly<Partial<Record<Side, PlainRow | 'deleted'>>>
  readonly became: PlainRow | 'deleted'
  readonly why: readonly Reason[]
}

/** One entry of the ledger, as the back office reads it. */
export interface Reason {
  readonly who: string
  readonly strategy: string
  readonly status: 'applied' | 'lost' | 'held'
  readonly rev: number
  readonly base: number
  /** what the edit changed, `[before, after]` as its author saw them */
  readonly changes: Readonly<Record<string, readonly [Value, Value]>>
  readonly kind: string
  readonly mine: Version
  readonly theirs: Version
  readonly result: Version
}

export interface Version {
  readonly values: Readonly<Record<string, Value>>
  readonly deleted: boolean
}

export interface CrashAct {
  /** edits saved offline, by one device */
  readonly saved: number
  /** in the database when the relay had been killed, and acknowledged to the device by then */
  readonly keptAtRelayKill: number
  readonly acknowledgedAtRelayKill: number
  /** in the outbox when the killed device was started again */
  readonly carriedOverDeviceKill: number
  readonly arrived: number
}

export interface Proof {
  /** relay first */
  readonly replicas: readonly { readonly name: string; readonly rows: number; readonly fingerprint: string }[]
  readonly saved: number
  readonly accounts: Accounts
  readonly conflicts: number
  readonly revisions: number
  /** sentences; none is the proof */
  readonly breaches: readonly string[]
}
