import { RejoinFault } from '../device/fault.ts'
import type { Reading } from '../replica/replica.ts'
import type { LinkStatus } from '../session/link.ts'
import { unreachable } from './online.ts'

/** OM6, OM8: at once, and nothing is asked. */
export const refusalIn = ({ memory }: Reading, { retryAt }: LinkStatus): RejoinFault | undefined => {
  if (memory.meta.offline === true) {
    const fix = 'leave offline mode first'
    return new RejoinFault({ code: 'offline-mode', message: 'this needs the network, and offline mode is on', fix })
  }
  return retryAt === undefined ? undefined : unreachable('there is no connection at the moment')
}
