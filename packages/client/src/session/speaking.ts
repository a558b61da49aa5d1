import { encodeUp, type Schema } from '@rejoin/profile'
import type { Host } from '../device/host.ts'
import { type Entry, next } from '../outbox/outbox-state.ts'
import { type Sendable, withNeeded } from '../outbox/selecting.ts'
import { nextToSend, nextToWithdraw, pushFrames, unsendable } from '../outbox/sending.ts'
import type { Draft } from '../replica/draft.ts'
import { schemaOf } from '../replica/grant.ts'
import type { Replica } from '../replica/replica.ts'
import { pauseBefore, rested, spoke } from './pace.ts'

/**
 * The sending half of a session: edits go up in order, as many as may be unanswered, no faster than a relay likes.
 * That an edit may have left is durable before it leaves.
 */
export interface Speaking {
  /** at once, whatever the pace */
  say(frame: Uint8Array): void
  answered(edits: readonly string[]): void
  /** there may be something to send */
  wake(): void
  /** the session is over: what is unanswered goes again in the next one */
  stop(): void
}

export interface SpeakingParts {
  readonly replica: Replica
  readonly host: Host
  readonly send: (frame: Uint8Array) => void
  /** which entries may go now; of chosen ones, all they need goes too */
  readonly allowed: () => Sendable
  readonly failed: (error: unknown) => void
}

export const createSpeaking = ({ replica, host, send, allowed, failed }: SpeakingParts): Speaking => {
  const unanswered = new Set<string>()
  let pace = rested(host.now())
  let running = false
  let awake = false
  let stopped = false
  let cancelPause: (() => void) | undefined

  const say = (frame: Uint8Array): void => {
    if (stopped) return
    pace = spoke(pace, frame.length, host.now())
    send(frame)
  }

  const run = async (): Promise<void> => {
    do {
      awake = false
      const allowedNow = allowed()
      if (stopped || isNothing(allowedNow) || replica.memory.entries.size === 0) return
      const pause = pauseBefore(pace, host.now())
      if (pause > 0) {
        cancelPause?.()
        cancelPause = host.after(pause, wake)
        return
      }
      const { pushed, withdrawn } = await replica.write(draft => choose(draft, unanswered.size, allowedNow))
      if (stopped) return
      for (const { edit } of [...pushed, ...withdrawn]) unanswered.add(edit.id)
      for (const frame of pushFrames(pushed.map(({ edit }) => edit))) say(frame)
      if (withdrawn.length > 0) say(encodeUp({ type: 'withdraw', edits: withdrawn.map(({ edit }) => edit.id) }))
      if (pushed.length > 0) awake = true
    } while (awake)
  }

  const wake = (): void => {
    awake = true
    if (running || stopped || replica.memory.entries.size === 0) return
    running = true
    void run()
      .catch(failed)
      .finally(() => {
        running = false
        // Woken while it was falling asleep.
        if (awake) wake()
      })
  }

  return {
    say,
    answered: edits => {
      for (const edit of edits) unanswered.delete(edit)
    },
    wake,
    stop: () => {
      if (stopped) return
      stopped = true
      cancelPause?.()
      void replica.write(cutAll).catch(host.report)
    },
  }
}

const isNothing = (allowed: Sendable): boolean => allowed !== 'all' && allowed.size === 0

const choose = (
  draft: Draft,
  unanswered: number,
  allowed: Sendable,
): { readonly pushed: readonly Entry[]; readonly withdrawn: readonly Entry[] } => {
  const { grant } = draft.meta()
  const schema = grant === undefined ? undefined : schemaOf(grant)
  const going = allowed === 'all' ? allowed : withNeeded(draft.entries(), schema, allowed)
  const pushed = sendable(draft, schema, unanswered, going)
  const withdrawn = nextToWithdraw(draft.entries(), going)
  for (const entry of [...pushed, ...withdrawn]) move(draft, entry, 'sent')
  const { left } = draft.meta()
  draft.setMeta({ left: pushed.reduce((highest, { edit }) => Math.max(highest, edit.seq), left) })
  return { pushed, withdrawn }
}

/** What no frame could hold is refused here and now, and holds what it would hold if the relay had refused it. */
const sendable = (draft: Draft, schema: Schema | undefined, unanswered: number, going: Sendable): readonly Entry[] => {
  for (;;) {
    const chosen = nextToSend(draft.entries(), schema, unanswered, going)
    const refused = unsendable(chosen, schema)
    if (refused.length === 0) return chosen
    for (const { entry, answer } of refused) {
      const state = next(entry.state, { type: 'answered', answer })
      if (typeof state !== 'string') draft.putEntry({ ...entry, state })
    }
  }
}

const cutAll = (draft: Draft): void => {
  for (const entry of draft.entries()) move(draft, entry, 'cut')
}

const move = (draft: Draft, entry: Entry, type: 'sent' | 'cut'): void => {
  const state = next(entry.state, { type })
  if (typeof state !== 'string' && state !== entry.state) draft.putEntry({ ...entry, state })
}
