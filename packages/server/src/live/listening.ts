import { type Position, turnOf } from '@rejoin/profile'
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
  /** of which a change may concern somebody: filters look also at tables that nobody holds rows of */
  tables(): ReadonlySet<string>
  /** from now on a session hears what concerns its present scope; one that has ended hears nothing */
  listen(session: Session): void
  /** the environment was another one: sessions whose person, profile or rights changed are told, or connect again */
  follow(before: Environment): void
  /** the same of one session */
  review(session: Session, before: Environment): void
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
    const guest = guestOf(session.state)
    if (guest === undefined) return
    const { scope, passed } = guest
    const listener = { session, scope, passed, turns: turnOf(scope) ?? Infinity }
    listeners.set(session, listener)
    audiences.join(listener)
  }

  /** What a session's person may hold as things are; undefined where there is no such person any more. */
  const presentGuest = (guest: Guest): Guest | undefined => {
    const { id } = guest.author.person
    const person = environment().person(id) ?? environment().leaver(id)
    return person && guestIn(environment(), { ...guest, author: { ...guest.author, person } }, lens, now())
  }

  /** @returns whether a commit is still to be told, or the environment has changed meanwhile: then all stays as it was */
  const adoptAt = async (session: Session, known: Position, patient: boolean): Promise<boolean> => {
    const asked = environment()
    const guest = guestOf(session.state)
    const next = guest && presentGuest(guest)
    if (guest === undefined || next === undefined) return false
    let isBehind = false
    const told = await storage.snapshot(async view => {
      isBehind = view.head.rev !== known.rev
      return isBehind ? undefined : rescoped(view, guest.scope, next.scope, next.passed, known)
    })
    if (environment() !== asked || (isBehind && patient)) return true
    // Where nothing can be told the device catches up.
    session.adopt(next, told)
    listen(session)
    return false
  }

  /** The session goes on with its person as he stands now, at this moment. */
  const adopt = async (session: Session): Promise<void> => {
    try {
      let isBehind = true
      for (let tries = 1; isBehind; tries++) {
        await alone(async known => {
          isBehind = await adoptAt(session, known, tries < PATIENCE)
        })
      }
    } catch (error) {
      log(error)
      session.close('busy', 'what this device may hold could not be told', 'connect again')
    }
  }

  const turn = async (): Promise<void> => {
    // A download goes on as it began: what time has changed meanwhile is told when it is through.
    const isDue = ({ turns, session }: LiveSession): boolean => turns <= now() && session.state.phase === 'live'
    const due = [...listeners.values()].filter(isDue).toSorted((a, b) => a.turns - b.turns)
    const began = now()
    for (const { session } of due) {
      if (ended || now() - began > TURNING) return
      await adopt(session)
    }
  }

  const review = (session: Session, before: Environment): void => {
    const guest = guestOf(session.state)
    if (guest === undefined) return
    const next = presentGuest(guest)
    if (next === undefined || termsOf(environment(), next) !== termsOf(before, guest)) {
      session.close('busy', 'the environment has changed', 'connect again')
    } else if (standingOf(next) !== standingOf(guest)) void adopt(session)
  }

  return {
    tables: () => new Set([...audiences.all()].flatMap(({ tables }) => [...tables.keys()])),
    deliver: createDelivery(storage, audiences, session => listeners.get(session)),
    listen,
    follow: before => {
      for (const { session } of listeners.values()) review(session, before)
    },
    review,
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

/** ms of each second given to scopes whose dates have moved; those that wait longest come first in the next */
const TURNING = 250

/** Times a session waits until what was just committed has been told; then it catches up from storage instead. */
const PATIENCE = 3
