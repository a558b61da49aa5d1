import { RejoinFault } from '../device/fault.ts'
import type { Observable } from '../observe/observable.ts'
import type { LinkStatus } from '../session/link.ts'
import { bring, type PinsParts } from './pins.ts'

/**
 * What rights that changed took off is fetched again under the new ones, while the relay is there; what is refused then
 * stays away until the next contact.
 */
export const createRenewing = (
  parts: PinsParts & { readonly link: Observable<LinkStatus> },
): { readonly stop: () => void } => {
  const { replica, link, host } = parts
  let running = false
  let tried: object | undefined
  let ended = false

  /** Once for each grant of a session: an answer stays the same until something changes. */
  const look = (): void => {
    const { grant } = replica
    if (link.current.state === 'offline') tried = undefined
    if (ended || running || grant === undefined || grant === tried || link.current.state !== 'live') return
    tried = grant
    running = true
    void run()
      .catch((error: unknown) => (ended ? undefined : host.report(error)))
      .finally(() => {
        running = false
        look()
      })
  }
  const run = async (): Promise<void> => {
    for (const pin of [...replica.memory.pins.values()].filter(({ due }) => due === true)) {
      try {
        await bring(parts, pin)
      } catch (fault) {
        if (!(fault instanceof RejoinFault)) throw fault
      }
    }
  }
  const stops = [link.subscribe(look), replica.touched.subscribe(({ state }) => (state ? look() : undefined))]
  return {
    stop: () => {
      ended = true
      for (const stop of stops) stop()
    },
  }
}
