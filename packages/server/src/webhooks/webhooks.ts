import type { Core } from '../core.ts'
import { deliver, type DeliverParts, TIMEOUT } from './deliver.ts'
import { createLease } from './lease.ts'
import type { Post } from './post.ts'
import type { Progress, Webhook } from './webhook.ts'

/**
 * Webhooks: each subscription is told every change in order, batch after batch, at least once. One relay of several
 * delivers. Nothing is queued: what a receiver still lacks is what storage holds behind its cursor.
 */
export interface Webhooks {
  /** once a second: takes up what is due */
  tick(): void
  /** ends what is being sent */
  close(): Promise<void>
}

export interface WebhooksParts {
  readonly core: Pick<Core, 'storage' | 'environment' | 'onNews'>
  readonly post: Post
  readonly now: () => number
  /** from 0 up to 1 */
  readonly chance: () => number
  /** this relay among others, random */
  readonly holder: string
  readonly log: (error: unknown) => void
}

export const createWebhooks = ({ core, post, now, chance, holder, log }: WebhooksParts): Webhooks => {
  const { storage, environment } = core
  const lease = createLease(storage, 'webhooks', holder, now)
  const ending = new AbortController()
  const parts: DeliverParts = {
    ...{ storage, environment, lease, now, chance },
    post: (url, headers, body, signal) => post(url, headers, body, AbortSignal.any([signal, ending.signal])),
  }
  const busy = new Map<string, Promise<void>>()
  let looking: Promise<void> | undefined
  let lookAgain = false
  /** as of the last look: where nobody subscribes, commits cost nothing */
  let active = false

  const run = async (hook: Webhook, first: Progress): Promise<void> => {
    let progress: Progress | undefined = first
    while (progress !== undefined && !ending.signal.aborted && isDue(progress, now())) {
      if ((await lease.hold()) - now() < 2 * TIMEOUT) return
      if (!(await deliver(parts, hook, progress))) return
      progress = await storage.snapshot(async view => {
        return (await view.entry('webhook-progress', hook.id))?.value as Progress | undefined
      })
    }
  }

  const look = async (): Promise<void> => {
    const { hooks, progress } = await storage.snapshot(async view => ({
      hooks: (await view.entries('webhook')).map(({ value }) => value as Webhook),
      progress: new Map((await view.entries('webhook-progress')).map(({ id, value }) => [id, value as Progress])),
    }))
    active = hooks.length > 0
    for (const hook of hooks) {
      const reached = progress.get(hook.id)
      if (reached === undefined || busy.has(hook.id) || !isDue(reached, now())) continue
      const running = run(hook, reached)
        .catch(log)
        .finally(() => busy.delete(hook.id))
      busy.set(hook.id, running)
    }
  }

  const lookSoon = (): void => {
    lookAgain = true
    looking ??= (async () => {
      while (lookAgain && !ending.signal.aborted) {
        lookAgain = false
        await look().catch(log)
      }
      looking = undefined
    })()
  }
  const stopHearing = core.onNews(() => {
    if (active) lookSoon()
  })

  return {
    tick: lookSoon,
    close: async () => {
      stopHearing()
      ending.abort()
      await looking
      await Promise.all(busy.values())
      await lease.giveBack().catch(log)
    },
  }
}

const isDue = (progress: Progress, now: number): boolean =>
  progress.state === 'running' || (progress.state === 'failing' && progress.next <= now)
