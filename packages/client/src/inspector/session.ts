import type { Fault } from '@rejoin/profile'
import type { FactsNow } from '../device/facts.ts'
import type { Show } from './entries.ts'
import type { SessionInspection } from './inspection.ts'

/** What is to be seen of a conversation. Words of others may name anything: they are shown as values are. */
export const sessionOf = ({ observed, stats }: FactsNow, show: Show): SessionInspection => {
  const { link, progress, cache, failure, lastPass, storage, removed, barred, paused } = observed
  return {
    link: link.fault === undefined ? link : { ...link, fault: shownFault(link.fault, show) },
    progress,
    cache,
    failure: failure === undefined ? undefined : { ...failure, fault: shownFault(failure.fault, show) },
    lastPass,
    storage,
    // His unsent work is his, and no matter of whoever looks.
    removed: removed === undefined ? undefined : { at: removed.at },
    barred,
    paused,
    stats,
  }
}

/** A store's faults are in words of our own, and say no values. */
const shownFault = (fault: Fault, show: Show): Fault =>
  fault.at === 'store' ? fault : { ...fault, message: String(show(fault.message)) }
