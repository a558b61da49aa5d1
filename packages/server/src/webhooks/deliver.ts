import { type Result, rightsOf } from '@rejoin/profile'
import type { Environment } from '../environment/environment.ts'
import { type Followed, followed } from '../feed/allowed.ts'
import { cursorText } from '../feed/cursor.ts'
import { type PageLimits, readPage } from '../feed/page.ts'
import { entryKey, type Storage } from '../storage/storage.ts'
import type { Lease } from './lease.ts'
import type { Post } from './post.ts'
import { signed } from './sign.ts'
import { afterwards, type Answer, type Progress, progressKey, type Webhook, webhookKey } from './webhook.ts'

/**
 * One batch of one subscription: read behind its cursor, sent, and noted once the receiver has taken it. The body:
 *
 *     { subscription, after: REV:COMMIT, cursor: REV:COMMIT, changes: [FeedChange] }
 */
export interface DeliverParts {
  readonly storage: Storage
  readonly environment: () => Environment
  readonly lease: Lease
  readonly post: Post
  readonly now: () => number
  /** from 0 up to 1 */
  readonly chance: () => number
}

const BATCH: PageLimits = { rows: 100, bytes: 256 * 1024 }
/** A receiver that has not answered by then has failed, ms. Less than a third of a lease. */
export const TIMEOUT = 9_000

/** @returns whether there is more to send at once */
export const deliver = async (parts: DeliverParts, hook: Webhook, progress: Progress): Promise<boolean> => {
  const { storage, environment, post, now, chance } = parts
  const { cursor: after } = progress
  const pause = (why: string): Promise<boolean> =>
    note(parts, hook, progress, { state: 'paused', cursor: after, at: now(), why })
  const tables = allowed(environment(), hook)
  if (!tables.ok) return pause(tables.faults.map(({ at, message }) => `${at}: ${message}`).join('; '))
  const page = await storage.snapshot(view => readPage(view, after, tables.value, BATCH))
  if (page.state === 'timeline') return pause('its cursor belongs to another history of this database')
  if (page.changes.length === 0) return false
  const cursor = cursorText(page.cursor)
  const body = JSON.stringify({ subscription: hook.id, after: cursorText(after), cursor, changes: page.changes })
  const answer = await send(post, hook, body, now())
  const next = afterwards(progress, { answer, cursor: page.cursor, now: now(), chance: chance() })
  return (await note(parts, hook, progress, next)) && next.state === 'running' && !page.end
}

const allowed = (environment: Environment, { as, tables, columns }: Webhook): Result<readonly Followed[]> => {
  const { schema } = environment
  const person = environment.person(as)
  if (person === undefined) return { ok: false, faults: [{ code: 'no-user', at: `user ${as}`, message: 'is gone' }] }
  return followed(schema, person, rightsOf(schema, person), { tables, columns })
}

const send = async (post: Post, { url, secret }: Webhook, body: string, now: number): Promise<Answer> => {
  const headers = { 'content-type': 'application/json', 'user-agent': 'rejoin', ...signed(secret, body, now) }
  try {
    const status = await post(url, headers, body, AbortSignal.timeout(TIMEOUT))
    if (status >= 200 && status < 300) return { state: 'taken' }
    return { state: status === 410 ? 'gone' : 'failed', why: `the receiver answered ${status}` }
  } catch (error) {
    return { state: 'failed', why: error instanceof Error ? error.message : 'no answer came' }
  }
}

/** @returns false where it was no longer this relay's to say, or somebody changed the subscription meanwhile */
const note = (
  { storage, lease }: DeliverParts,
  { id }: Webhook,
  before: Progress,
  after: Progress,
): Promise<boolean> => {
  const keys = [webhookKey(id), progressKey(id)] as const
  return storage.commit({ entries: [...keys, lease.key] }, found => {
    const [hook, stored] = keys.map(key => found.entries.get(entryKey(key))?.value)
    const ours = hook !== undefined && lease.isHeld(found) && JSON.stringify(stored) === JSON.stringify(before)
    return ours ? { result: true, entries: [{ ...progressKey(id), value: after }] } : { result: false }
  })
}
