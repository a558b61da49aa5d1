import type {
  AppActions,
  LedgerNote,
  OnlineRow,
  OnlineRows,
  OutboxEntry,
  Pass,
  Progress,
  Query,
  Rejoin,
  SaveOptions,
  Selection,
  SyncChoice,
  UnsentChoice,
} from '@rejoin/client'
import type { SettingsChange } from './administrator.ts'
import type { Person } from './environment.ts'
import type { Office } from './office.ts'

/**
 * The system under test as scenarios see it, and all of it that they see: a relay somewhere, its office and its
 * administrator over HTTP, and devices that answer for themselves, wherever they are: in a process, in a page. Time is
 * the wall's.
 */
export interface System {
  readonly office: Office
  readonly administrator: Administrator
  /** a device of its own store and network, in agreement with the relay unless it is opened `away` */
  device(choice?: DeviceChoice): Promise<Device>
  /** a record id nobody has used */
  id(): string
}

export interface DeviceChoice extends Opening {
  /** Tim where absent */
  readonly user?: Person
  /** the store of a device that was closed */
  readonly store?: string
  /** its network is cut when it is opened */
  readonly away?: boolean
  /** may not be able to be in agreement: nobody waits for it */
  readonly unsynced?: boolean
  /** instead of the user's own */
  readonly token?: string
}

/** How an app opens a device. */
export interface Opening {
  /** default `field` */
  readonly app?: string
  /** ms its clock is off */
  readonly clock?: number
  readonly consolidate?: boolean
  readonly autoSend?: boolean
}

export interface Administrator {
  /** what is changed is put back when the scenario ends */
  settings(change: SettingsChange): Promise<void>
  /** the same */
  roles(id: Person, roles: readonly string[]): Promise<void>
}

/** A device and the network it is in. */
export interface Device extends DeviceFace {
  readonly store: string
  /** the network is gone, and every connection with it */
  cut(): Promise<void>
  /** it is gone as soon as so many bytes more have come; resolves when the device has noticed */
  cutAfter(bytes: number): Promise<void>
  /** it is back, and the device finds that out by itself */
  mend(): void
  /** it is back, and the device looks for the relay at once */
  join(): Promise<void>
  /** over its network, so far */
  traffic(): Traffic
  /** killed without a word, and opened again on what its store had kept */
  crash(): Promise<void>
  /** closed and opened again, otherwise where that is asked for */
  reopen(opening?: Opening): Promise<void>
}

export interface Traffic {
  /** connections the device made, and those that are open now */
  readonly connections: number
  readonly open: number
  /** bytes */
  readonly up: number
  readonly down: number
}

export type Row = Readonly<Record<string, unknown>>
export type Entry = Omit<OutboxEntry, 'discard' | 'retry' | 'resolve'>
export type Note = Omit<LedgerNote, 'restore'>
export type Step =
  | { readonly create: string; readonly values: Row }
  | { readonly update: string; readonly id: string; readonly values: Row }

/** What a device can be asked: plain data in and out. It rejects with what `RejoinFault` says. */
export interface DeviceFace {
  create(table: string, values: Row, options?: SaveOptions): Promise<string>
  update(table: string, id: string, values: Row, options?: SaveOptions): Promise<void>
  remove(table: string, id: string): Promise<void>
  run(table: string, command: string, id: string, args: Row): Promise<void>
  undo(table: string, id: string): Promise<void>
  group(steps: readonly Step[]): Promise<void>
  row(table: string, id: string): Promise<Row | undefined>
  rows(table: string, query?: Query): Promise<readonly Row[]>
  mark(table: string, id: string): Promise<'pending' | 'error' | undefined>
  missing(table: string, id: string): Promise<string | undefined>

  entries(): Promise<readonly Entry[]>
  retry(entry: string): Promise<void>
  discard(entry: string): Promise<void>
  resolve(entry: string, answer: 'mine' | 'theirs' | Row): Promise<void>
  pause(reason: string): Promise<void>
  resume(reason: string): Promise<void>
  send(entries: readonly string[]): Promise<void>
  exported(): Promise<string>
  imported(file: string): Promise<void>

  ledger(): Promise<readonly Note[]>
  why(table: string, id: string, column?: string): Promise<readonly Note[]>
  restore(edit: string): Promise<void>

  facts(): Promise<DeviceFacts>
  /** since it was opened, in order */
  told(): Promise<Told>
  connect(): Promise<void>
  disconnect(): Promise<void>
  turnOn(): Promise<void>
  turnOff(): Promise<void>
  download(): Promise<void>
  actions(app: AppActions, screen: string, placement: string): Promise<ActionsShown>
  refresh(): Promise<void>
  chooseSync(choice: SyncChoice): Promise<void>
  /** the network costs by the byte from now on, or no more */
  meter(metered: boolean): Promise<void>
  schedule(times: readonly number[]): Promise<void>

  onlineRow(table: string, id: string): Promise<OnlineRow | undefined>
  onlineRows(table: string, where?: Readonly<Record<string, string>>): Promise<OnlineRows>
  onlineUpdate(table: string, id: string, values: Row): Promise<OnlineRow>
  pin(name: string, table: string, selection: Selection): Promise<void>

  keepDraft(
    name: string,
    form: { readonly table: string; readonly record?: string; readonly values: Row },
  ): Promise<void>
  submitDraft(name: string): Promise<string>

  clear(choice?: UnsentChoice): Promise<void>
  /** closes it */
  reset(choice?: UnsentChoice): Promise<void>
  /** closes it */
  signOut(choice?: UnsentChoice): Promise<void>
  close(): Promise<void>
}

/** Everything a device says of itself, at one moment. */
export type DeviceFacts = { readonly [Name in Observed]: Rejoin[Name]['current'] } & Pick<
  Rejoin,
  'id' | 'ready' | 'stats'
> & {
    readonly paused: readonly string[]
    readonly fingerprint: ReturnType<Rejoin['fingerprint']>
  }

export type Observed =
  | 'link'
  | 'offline'
  | 'cache'
  | 'status'
  | 'statusPage'
  | 'progress'
  | 'sync'
  | 'drafts'
  | 'pins'
  | 'storage'
  | 'lastPass'

export interface Told {
  readonly passes: readonly Pass[]
  readonly progress: readonly Progress[]
  /** entries as they stood after each change, as `record state` */
  readonly outbox: readonly (readonly string[])[]
  /** states a person saw, and the description of each */
  readonly statuses: readonly (readonly [state: string, description: string])[]
}

export interface ActionsShown {
  readonly shown: readonly string[]
  readonly why: readonly { readonly code: string; readonly message: string }[]
}
