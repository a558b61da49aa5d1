/**
 * What the bench compares. A side is one relay in its own process and the devices that talk to it, which
 * live in the measuring process: every latency is read from one clock. A side is opened for one trial with
 * its relay already holding `records` rows of record.ts (seeding is not measured) and is used for every
 * round of it, so each method may be called many times and leaves the relay with as many rows as before.
 *
 * Device stores are SQLite files in `folder` (WAL, synchronous FULL), except in `fanout`, where both sides
 * keep devices in memory: fifty files would measure the disk.
 */
export interface Side {
  readonly name: string
  /** A new device, from the start of connecting until all rows are stored and one can be read. */
  firstSync(): Promise<{ readonly ms: number; readonly records: number }>
  /**
   * `edits` of one column on as many rows were made offline. From the start of reconnecting until all are
   * durable on the relay, acknowledged to their author and stored by a second, connected device.
   */
  flush(edits: number): Promise<{ readonly ms: number }>
  /** One after the other: from an edit on one device until another has it stored. ms, one per edit. */
  live(edits: number): Promise<readonly number[]>
  /**
   * One after the other: from an edit on one device until the last of `devices` others has it stored. ms. `lists`: until
   * the last of their lists has been told anew; a side without lists knows no difference.
   */
  fanout(devices: number, edits: number, lists?: boolean): Promise<readonly number[]>
  /** A device that holds every row comes back; nothing changed meanwhile. Bytes are websocket payload. */
  reconnect(): Promise<{ readonly roundTrips: number; readonly up: number; readonly down: number; readonly ms: number }>
  /** `edits` sent without waiting, on connected devices, until the last outcome is back. */
  commit(edits: number): Promise<Commit>
  /** Resident memory, MB (10^6 bytes), of the relay as started on its rows, before any device came. */
  idleMemory(): Promise<number>
  /** MB by which the relay grows while one device has synced every row and stays connected. */
  sessionMemory(): Promise<number>
  close(): Promise<void>
}

export interface Commit {
  readonly ms: number
  /** storage transactions the relay needed */
  readonly transactions: number
  /** processor time of the relay process, ms */
  readonly relayCpuMs: number
  /** where the relay's time went, us per edit; the side names the parts */
  readonly parts?: Readonly<Record<string, number>>
}

export interface SideOptions {
  /** rows the relay holds from the start */
  readonly records: number
  /** an empty folder of this side and trial, removed afterwards by the caller */
  readonly folder: string
}

export type OpenSide = (options: SideOptions) => Promise<Side>
