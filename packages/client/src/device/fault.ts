import type { Fault } from '@rejoin/profile'

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

export interface RejoinFaultParts {
  readonly code: RejoinFaultCode
  readonly message: string
  readonly fix?: string
  readonly table?: string
  readonly record?: string
  readonly column?: string
  /** what refused it, where the code is `rule` */
  readonly rule?: string
}

/** A failure an app can meet and show: nothing was saved. Anything else that is thrown is a bug, or a `StoreFault`. */
export class RejoinFault extends Error {
  readonly code: RejoinFaultCode
  readonly fix: string | undefined
  readonly table: string | undefined
  readonly record: string | undefined
  readonly column: string | undefined
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
