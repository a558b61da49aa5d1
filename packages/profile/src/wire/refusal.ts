import { type Shape, struct, text, uint } from './shape.ts'

/** Said before the relay closes: a code that is also the websocket's close code, and what to do. Never data. */
export interface Refusal {
  readonly code: number
  readonly reason: string
  readonly message: string
  readonly fix: string
}

export const refusalShape: Shape<Refusal> = struct({ code: uint, reason: text, message: text, fix: text })

/** Close codes above 4000 are ours; the device decides by them whether, and when, to come back. */
export const closeCodes: Readonly<Record<CloseReason, number>> = {
  /** 1007: a frame is damaged or no message of this protocol */
  malformed: 1007,
  /** 1008: limits were passed too often */
  limits: 1008,
  /** 1013: come back later */
  busy: 1013,
  /** sign in again */
  unauthenticated: 4401,
  /** this device or user may not sync */
  forbidden: 4403,
  /** another session of this device took over */
  replaced: 4409,
  /** the scope has more rows than a device may hold (FS7) */
  rows: 4413,
  /** the program is too old or too new for this relay */
  version: 4426,
}

export type CloseReason =
  | 'malformed'
  | 'limits'
  | 'busy'
  | 'unauthenticated'
  | 'forbidden'
  | 'replaced'
  | 'rows'
  | 'version'
