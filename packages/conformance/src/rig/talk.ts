import type { PlainRow } from '@rejoin/profile'

/** What a device process is asked and answers, and what it tells by itself: one line of JSON each. */
export interface Talk {
  connect: { ask: None; answer: None }
  disconnect: { ask: None; answer: None }
  firstSync: { ask: None; answer: { readonly rows: number; readonly ms: number } }
  save: { ask: Save; answer: { readonly edit: string; readonly record: string } }
  row: { ask: { readonly table: string; readonly record: string }; answer: { readonly row: PlainRow | null } }
  content: { ask: None; answer: DeviceContent }
  outbox: { ask: None; answer: { readonly entries: readonly OutboxLine[] } }
  /** those of the edits that the device knows to have been taken by the relay */
  settled: { ask: { readonly edits: readonly string[] }; answer: { readonly edits: readonly string[] } }
  /** resolves when the outbox is empty and the link is live */
  drained: { ask: { readonly within: number }; answer: { readonly left: number; readonly link: string } }
  /** edits without end, each told as `saved` */
  load: { ask: Load; answer: None }
  rest: { ask: None; answer: None }
}

export type None = Readonly<Record<string, never>>

export interface Save {
  readonly kind: 'create' | 'update' | 'delete'
  readonly table: string
  readonly record?: string
  readonly values: PlainRow
}

/** On a table with the columns `name`, `maker`, `counter` and `note`. */
export interface Load {
  readonly table: string
  /** records that others write too: only their note is touched */
  readonly shared: readonly string[]
  readonly seed: number
  /** between two edits, ms at most */
  readonly pause: number
}

export interface OutboxLine {
  readonly edit: string
  readonly record: string
  readonly status: string
}

export interface DeviceContent {
  /** of what apps read (content.ts) */
  readonly content: string
  readonly rows: number
  /** of what the device holds, by table, as it is compared with the relay */
  readonly fingerprints: Readonly<Record<string, string>>
}

export type Told =
  | { readonly told: 'saved'; readonly edit: string; readonly record: string; readonly what: Deed }
  | { readonly told: 'settled'; readonly edit: string }
  | { readonly told: 'progress'; readonly done: number; readonly total: number; readonly note: string }
  | { readonly told: 'link'; readonly link: string }
  | { readonly told: 'trouble'; readonly message: string }

export type Deed = 'create' | 'count' | 'note' | 'other'

export interface Question<Name extends keyof Talk = keyof Talk> {
  readonly n: number
  readonly ask: Name
  readonly with: Talk[Name]['ask']
}

export type Reply = { readonly n: number; readonly answer: unknown } | { readonly n: number; readonly failed: string }
