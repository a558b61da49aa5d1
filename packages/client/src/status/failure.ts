import { type Fault, FrameFault } from '@rejoin/profile'
import { StoreFault } from '../store/store.ts'

/**
 * The last thing that kept device and relay apart, or a save from the store, and that somebody has to do something about.
 * Plain data.
 */
export interface Failure {
  /** ms since 1970 by this device's clock */
  readonly at: number
  /** code, place, sentence and what to do */
  readonly fault: Fault
  /** device and relay have agreed since, or something was saved since */
  readonly over: boolean
}

export const failureFrom = (error: unknown, at: number): Failure => ({ at, fault: faultFrom(error), over: false })

const faultFrom = (error: unknown): Fault => {
  if (error instanceof StoreFault) return { code: error.code, at: 'store', message: error.message, fix: error.fix }
  if (error instanceof FrameFault) {
    return {
      code: error.kind,
      at: 'relay',
      message: 'the relay said something that cannot be read',
      fix: 'update the app',
    }
  }
  return {
    code: 'internal',
    at: 'device',
    message: error instanceof Error ? error.message : String(error),
    fix: 'reload the app; if it happens again, report it',
  }
}
