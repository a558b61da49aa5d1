import type { Facts } from '../device/facts.ts'
import { createDerived, type Observable } from '../observe/observable.ts'
import { kept } from '../observe/same.ts'
import type { OfflineState } from '../offline/offline-mode.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Reading } from '../replica/replica.ts'
import { errorsIn, pendingIn, type Seen, warningsIn } from './causes.ts'
import { createWeighing, pageOf, type StatusPage } from './page.ts'
import { type Status, statusOf } from './status.ts'

export interface StatusParts {
  readonly replica: Reading
  readonly facts: Facts
  readonly outbox: Outbox
  readonly offline: Observable<OfflineState>
  readonly report: (error: unknown) => void
}

/** Status and status page, each computed when it is looked at. */
export const watchStatus = ({
  replica,
  facts,
  outbox,
  offline,
  report,
}: StatusParts): { readonly status: Observable<Status>; readonly page: Observable<StatusPage> } => {
  const seen = (): Seen => ({
    link: facts.link.current,
    cache: facts.cache.current,
    ready: replica.memory.meta.ready,
    failure: facts.failure.current,
    storage: facts.storage.current,
    entries: outbox.current,
    paused: outbox.paused.current,
  })
  const statusNow = (): Status => {
    const now = seen()
    return statusOf({
      link: now.link.state,
      offlineMode: offline.current.on,
      manual: now.paused.includes('manual'),
      pending: pendingIn(now.entries),
      errors: errorsIn(now),
      warnings: warningsIn(now),
    })
  }
  const status = createDerived<Status>(before => kept(before, statusNow()), report)
  const weigh = createWeighing(replica)
  const page = createDerived<StatusPage>(
    before => kept(before, pageOf(replica, seen(), status.current, weigh, facts.lastPass.current)),
    report,
  )
  const moved = (): void => {
    status.stale()
    page.stale()
  }
  for (const each of [facts.link, facts.cache, facts.failure, facts.storage, outbox.paused, facts.lastPass, offline])
    (each as Observable<unknown>).subscribe(moved)
  // Not by the outbox: who subscribes to it has it computed at each change.
  replica.touched.subscribe(touched => {
    if (touched.state || touched.outbox) moved()
    else page.stale()
  })
  return { status, page }
}
