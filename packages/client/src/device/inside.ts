import type { Reading } from '../replica/replica.ts'
import type { Store } from '../store/store.ts'
import type { Facts } from './facts.ts'

/** What an inspector sees of a device, which an app has no business with. It goes when the device goes. */
export interface Inside {
  readonly replica: Reading
  readonly facts: Facts
  /** for reading only */
  readonly store: Store
  /** ms since 1970 */
  readonly now: () => number
}

const insides = new WeakMap<object, Inside>()

export const keepInside = (device: object, inside: Inside): void => void insides.set(device, inside)

/** @throws TypeError for what is no device of this program */
export const insideOf = (device: object): Inside => {
  const inside = insides.get(device)
  if (inside === undefined) throw new TypeError('not a device of this program')
  return inside
}
