import { type Fault, type Position, type Result } from '@rejoin/profile'
import type { Core } from '../core.ts'
import type { Followed } from './allowed.ts'
import type { FeedChange } from './change.ts'
import { cursorText } from './cursor.ts'
import { type PageLimits, readPage } from './page.ts'

/**
 * One stream: what is behind the cursor, then what is committed, by this relay or another over the same database. Each
 * page is read when the follower has taken the one before.
 */
export type FeedLine =
  | ({ readonly type: 'change' } & FeedChange)
  /** everything up to the cursor has been told; also said while nothing happens */
  | { readonly type: 'beat'; readonly cursor: string }
  /** the last line */
  | ({ readonly type: 'fault' } & Fault)

export interface FollowParts {
  readonly core: Pick<Core, 'storage' | 'onNews'>
  readonly after: Position
  /** asked again before every page: rights and sign-in end in mid-stream, too */
  readonly tables: () => Result<readonly Followed[]>
  /** whether the stream stays open once everything has been told */
  readonly stay: boolean
  readonly signal: AbortSignal
  /** resolves after so many ms, and at once where the signal has ended */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

const PAGE: PageLimits = { rows: 256, bytes: 256 * 1024 }
/** Between two beats, ms; also how long a change written past every relay may go untold. */
const BEAT = 15_000
/** After a commit was heard of: those that follow closely are read with it. */
const GATHER = 50

export async function* follow({
  core,
  tables,
  stay,
  signal,
  sleep,
  ...parts
}: FollowParts): AsyncGenerator<FeedLine[]> {
  let { after } = parts
  const bell = listen(core)
  try {
    while (!signal.aborted) {
      const allowed = tables()
      if (!allowed.ok) return yield [{ type: 'fault', ...allowed.faults[0]! }]
      bell.silence()
      const page = await core.storage.snapshot(view => readPage(view, after, allowed.value, PAGE))
      if (page.state === 'timeline') return yield [{ type: 'fault', ...otherTimeline }]
      after = page.cursor
      const lines: FeedLine[] = page.changes.map(change => ({ type: 'change', ...change }))
      if (page.end) lines.push({ type: 'beat', cursor: cursorText(after) })
      yield lines
      if (!page.end) continue
      if (!stay) return
      await bell.wait(stop => sleep(BEAT, AbortSignal.any([signal, stop])))
      await sleep(GATHER, signal)
    }
  } finally {
    bell.stop()
  }
}

export const otherTimeline: Fault = {
  code: 'timeline',
  at: 'after',
  message: 'the cursor belongs to another history: the database was restored, or is another one',
  fix: 'start anew without a cursor, and drop what is not told before the first beat',
}

interface Bell {
  silence(): void
  /** until something was committed since it was silenced, or `otherwise` has ended */
  wait(otherwise: (stop: AbortSignal) => Promise<void>): Promise<void>
  stop(): void
}

const listen = (core: Pick<Core, 'onNews'>): Bell => {
  let rung = false
  let wake = (): void => {}
  const stop = core.onNews(() => {
    rung = true
    wake()
  })
  return {
    silence: () => {
      rung = false
    },
    wait: async otherwise => {
      if (rung) return
      const waiting = new AbortController()
      const heard = new Promise<void>(resolve => {
        wake = resolve
      })
      await Promise.race([heard, otherwise(waiting.signal)])
      waiting.abort()
    },
    stop,
  }
}
