import type { Fault } from '@rejoin/profile'

/**
 * Why something an app asked for was not done.
 * - Not yet, or not any more: `not-ready` no first sync has completed; `expired` the cache may be read again after a
 * sync; `offline` the relay cannot be reached; `offline-mode` the user chose not to use the network.
 * - What was asked: `unknown-table`, `unknown-column`, `unknown-command`; `invalid` a value, name or file of the
 * wrong kind; `required` a column without a value; `primary-key` it cannot be changed; `too-many`, `too-large` more
 * than one message may hold.
 * - The record: `exists`, `not-found`, `pinned` it is here to be read only; `settled` it was decided before.
 * - Rights and rules: `not-permitted`, `refused`, `forbidden`; `rule` one of the relay's rules, named by `rule`;
 * `other` a handler's own refusal.
 * - The device: `no-ids` it has to connect before it can record more; `unsent` work would be lost; `full` no room;
 * `unauthenticated`, `version`, `replaced`, as the relay closed the session.
 * A command's handler may give codes of its own.
 */
export type RejoinFaultCode =
  | 'not-ready'
  | 'unknown-table'
  | 'unknown-column'
  | 'unknown-command'
  | 'invalid'
  | 'required'
  | 'primary-key'
  | 'exists'
  | 'not-found'
  | 'not-permitted'
  | 'no-ids'
  | 'too-many'
  | 'too-large'
  | 'settled'
  | 'rule'
  | 'other'
  | 'offline'
  | 'refused'
  | 'unauthenticated'
  | 'forbidden'
  | 'version'
  | 'replaced'
  | 'pinned'
  | 'expired'
  | 'unsent'
  | 'offline-mode'
  | 'full'
  | 'unsupported'

/** What a `RejoinFault` is made of. */
export interface RejoinFaultParts {
  /** for programs; stable */
  readonly code: RejoinFaultCode
  /** for people, as a sentence */
  readonly message: string
  /** what a person can do about it */
  readonly fix?: string
  /** table name */
  readonly table?: string
  /** record id */
  readonly record?: string
  /** column name */
  readonly column?: string
  /** what refused it, where the code is `rule` */
  readonly rule?: string
}

/** A failure an app can meet and show: nothing was saved. Anything else that is thrown is a bug, or a `StoreFault`. */
export class RejoinFault extends Error {
  /** for programs; stable */
  readonly code: RejoinFaultCode
  /** what a person can do about it, as a sentence */
  readonly fix: string | undefined
  /** name of the table it is about */
  readonly table: string | undefined
  /** id of the record it is about */
  readonly record: string | undefined
  /** name of the column it is about */
  readonly column: string | undefined
  /** name of the rule that refused it, where the code is `rule` */
  readonly rule: string | undefined
  constructor({ code, message, fix, table, record, column, rule }: RejoinFaultParts) {
    super(message)
    this.name = 'RejoinFault'
    this.code = code
    this.fix = fix
    this.table = table
    this.record = record
    this.column = column
    this.rule = rule
  }

  /** the same as data, in the words every fault has */
  get fault(): Fault {
    const at = [
      ...(this.table === undefined ? [] : [`table ${this.table}`]),
      ...(this.record === undefined ? [] : [`record ${this.record}`]),
      ...(this.column === undefined ? [] : [`column ${this.column}`]),
    ].join(', ')
    return { code: this.code, at, message: this.message, ...(this.fix === undefined ? {} : { fix: this.fix }) }
  }
}

/** A fault of a row as the exception an app catches. */
export const refusedBy = (
  fault: { readonly code: string; readonly at: string; readonly message: string },
  table: string,
  record?: string,
): RejoinFault => {
  const column = /column (.+)$/.exec(fault.at)?.[1]
  return new RejoinFault({
    code: fault.code as RejoinFault['code'],
    message: column === undefined ? fault.message : `${column} ${fault.message}`,
    table,
    ...(record === undefined ? {} : { record }),
    ...(column === undefined ? {} : { column }),
  })
}
