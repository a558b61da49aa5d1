import { type Position, type Scope, turnOf } from '@rejoin/profile'
import type { Committed } from '../commit/committer.ts'
import type { Environment } from '../environment/environment.ts'
import { guestIn, standingOf, termsOf } from '../session/greeting.ts'
import { type Guest, guestOf } from '../session/session-state.ts'
import type { Session } from '../session/session.ts'
import type { Storage } from '../storage/storage.ts'
import { createAudiences } from './audiences.ts'
import { createDelivery, type LiveSession } from './delivery.ts'
import type { Lens } from './linked.ts'
import type { News } from './news.ts'
import { rescoped } from './rescope.ts'

/** The sessions of a relay as listeners: each hears of what concerns its scope, and its scope follows what it depends on. */
export interface Listening {
  deliver(committed: Committed): Promise<void> | undefined
  /** from now on a session hears what concerns its present scope; one that has ended hears nothing */
  listen(session: Session): void
  /** the environment was another one: sessions whose person, profile or rights changed are told, or connect again */
  follow(before: Environment): void
  /** now and then: scopes with relative dates are asked anew, one after another, so that commits are told between them */
  tick(): void
  idle(): Promise<void>
}

export interface ListeningParts {
  readonly storage: Storage
  readonly environment: () => Environment
  readonly lens: Lens
  readonly alone: News['alone']
  readonly now: () => number
  readonly log: (error: unknown) => void
}

export const createListening = ({ storage, environment, lens, alone, now, log }: ListeningParts): Listening => {
  const audiences = createAudiences<LiveSession>(lens)
  const listeners = new Map<object, LiveSession>()
  let turning: Promise<void> | undefined
  let ended = false

  const listen = (session: Session): void => {
    const before = listeners.get(session)
    if (before !== undefined) audiences.leave(before)
    listeners.delete(session)
    const scope = guestOf(session.state)?.scope
    if (scope === undefined) return
    const listener = { session, scope, turns: turnOf(scope) ?? Infinity }
    listeners.set(session, listener)
    audiences.join(listener)
  }

  /** The session goes on with another guest: the same person at another moment, or as he stands now. */
  const adopt = async (session: Session, next: Guest): Promise<void> => {
    try {
      await alone(async known => {
        const guest = guestOf(session.state)
        if (guest === undefined) return
        session.adopt(next, await difference(storage, guest.scope, next.scope, known))
        listen(session)
      })
    } catch (error) {
      log(error)
      session.close('busy', 'what this device may hold could not be told', 'connect again')
    }
  }

  const turn = async (): Promise<void> => {
    const due = [...listeners.values()].filter(({ turns }) => turns <= now())
    for (const { session } of due) {
      const guest = guestOf(session.state)
      if (guest !== undefined && !ended) await adopt(session, guestIn(environment(), guest, lens, now()))
    }
  }

  return {
    deliver: createDelivery(storage, audiences, session => listeners.get(session)),
    listen,
    follow: before => {
      const present = environment()
      for (const { session } of listeners.values()) {
        const guest = guestOf(session.state)
        if (guest === undefined) continue
        const person = present.person(guest.author.person.id)
        const next = person && guestIn(present, { ...guest, author: { ...guest.author, person } }, lens, now())
        if (next === undefined || termsOf(present, next) !== termsOf(before, guest)) {
          session.close('busy', 'the environment has changed', 'connect again')
        } else if (standingOf(next) !== standingOf(guest)) void adopt(session, next)
      }
    },
    tick: () => {
      turning ??= turn().finally(() => {
        turning = undefined
      })
    },
    idle: async () => {
      ended = true
      await turning
    },
  }
}

/** @returns undefined where a commit is still to be told: the device catches up instead */
const difference = (storage: Storage, before: Scope, after: Scope, known: Position): ReturnType<typeof rescoped> =>
  storage.snapshot(async view => (view.head.rev === known.rev ? rescoped(view, before, after, known) : undefined))
