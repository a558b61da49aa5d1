import { useSyncExternalStore } from 'react'
import type { Observable } from '../observe/observable.ts'

/** Any observable of a device, such as `rejoin.storage` or `rejoin.outbox.paused`: draws again when it has changed. */
export const useObservable = <T>(observable: Observable<T>): T => {
  const look = (): T => observable.current
  return useSyncExternalStore(observable.subscribe, look, look)
}
