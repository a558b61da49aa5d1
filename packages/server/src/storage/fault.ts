import { FaultError } from '@rejoin/profile'

export type StorageFaultCode = 'newer' | 'damaged' | 'full' | 'busy' | 'unreachable' | 'other'

/**
 * What a storage cannot help: disk, network, another process, another version. What failed took no effect, unless its
 * message says otherwise; `full`, `busy` and `unreachable` pass, so the same work may be tried again. Anything else a
 * storage throws is a bug.
 */
export class StorageFault extends FaultError {
  readonly code: StorageFaultCode
  /** what a person can do about it */
  readonly fix: string

  constructor(code: StorageFaultCode, at: string, message: string, fix: string, cause?: unknown) {
    super([{ code: `storage-${code}`, at, message, fix }])
    this.name = 'StorageFault'
    this.code = code
    this.fix = fix
    this.cause = cause
  }
}
