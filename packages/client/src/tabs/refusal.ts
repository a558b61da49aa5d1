import { type Act, isSwitch, perform } from '../device/act.ts'
import { RejoinFault } from '../device/fault.ts'
import { type Host, newUuid } from '../device/host.ts'
import type { Following } from './following.ts'

/** What the leader would say to an act that no message can carry to it: the same is decided here, and dropped. */
export const refusalIn = ({ held }: Following, what: Act, host: Host): RejoinFault => {
  try {
    const pen = { now: host.now, newId: () => newUuid(host), leaving: () => false }
    if (held !== undefined && !isSwitch(what)) perform(held.reading.present.branch(), what, pen)
  } catch (fault) {
    if (fault instanceof RejoinFault) return fault
  }
  return new RejoinFault({ code: 'invalid', message: 'a value is not plain data' })
}
