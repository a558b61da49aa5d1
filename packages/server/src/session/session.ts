import {
  answerQuestion,
  closeCodes,
  type CloseReason,
  type Compare,
  decodeUp,
  type Edit,
  encodeDown,
  FrameFault,
  type Hello,
  type Holding,
  nowhere,
  type Position,
  type RowState,
  type Scope,
  type Up,
} from '@rejoin/profile'
import type { Committed, Committer } from '../commit/committer.ts'
import type { Author, Submission } from '../commit/submission.ts'
import { answersFor, rowsFor, type Told } from '../live/live.ts'
import { serveEnvelope } from '../scope/serve.ts'
import type { Storage } from '../storage/storage.ts'
import { catchUp, eachRow, type FingerprintCache } from './catch-up.ts'
import type { Greeting } from './greeting.ts'
import { type Bucket, fullBucket, limits, take } from './limits.ts'
import { type Guest, guestOf, type SessionState } from './session-state.ts'

/**
 * One conversation with one device. It knows no socket and no clock: frames come in, frames go out, `close` says why.
 * Frames are handled strictly one after another.
 */
export interface Session {
  /** never rejects: whatever goes wrong ends this session and no other */
  receive(frame: Uint8Array): Promise<void>
  /** a commit of this relay, in commit order; `told` is what sessions of its scope class hear */
  publish(committed: Committed, told: (guest: Guest) => Told): void
  /** brings the device to the present from storage, as on connecting, and compares; for news that cannot be told */
  catchUpAgain(): Promise<void>
  /** rows may have left unnoticed: it should catch up again, in its turn */
  readonly unsure: boolean
  /** called now and then: ends sessions that did not greet, whose sign-in ended or who read too slowly */
  tick(): void
  close(reason: CloseReason, message: string, fix: string): void
  closed(): void
  readonly state: SessionState
}

export interface SessionParts {
  readonly storage: Storage
  readonly committer: Committer
  readonly greet: (hello: Hello) => Promise<Greeting>
  readonly fingerprints: FingerprintCache
  readonly now: () => number
  readonly send: (frame: Uint8Array) => void
  readonly close: (code: number, reason: string) => void
  /** bytes handed to the socket and not yet taken by the network */
  readonly buffered: () => number
  /** told once, when the device is known; another session of the same device then ends */
  readonly onGreeted: (session: Session, device: string) => void
  readonly onClosed: (session: Session) => void
  readonly log: (error: unknown) => void
}

export const createSession = (parts: SessionParts): Session => {
  const { storage, committer, now } = parts
  let state: SessionState = { phase: 'greeting', since: now() }
  let work: Promise<void> = Promise.resolve()
  let messages: Bucket = fullBucket(limits.messagesBurst, now())
  let bytes: Bucket = fullBucket(limits.bytesBurst, now())
  let suspicious: readonly number[] = []
  let slowSince: number | undefined
  let unacknowledged = 0
  let madeRoom: () => void = () => {}
  // what a live device has been given everything up to
  let reached: Position = nowhere
  let unsure = false
  let again = false

  const send = (frame: Uint8Array): void => {
    if (state.phase !== 'closed') parts.send(frame)
  }

  const end = (): void => {
    if (state.phase === 'closed') return
    state = { phase: 'closed' }
    madeRoom()
    parts.onClosed(session)
  }

  const close = (reason: CloseReason, message: string, fix: string): void => {
    if (state.phase === 'closed') return
    const code = closeCodes[reason]
    send(encodeDown({ type: 'refusal', code, reason, message, fix }))
    end()
    parts.close(code, reason)
  }

  const room = async (): Promise<void> => {
    while (unacknowledged >= limits.window && state.phase !== 'closed') {
      await new Promise<void>(resolve => {
        madeRoom = resolve
      })
    }
    if (state.phase === 'closed') throw new SessionEnded()
  }

  /** sends what the device acknowledges once it is stored */
  const sendCounted = (frame: Uint8Array): void => {
    unacknowledged++
    send(frame)
  }

  const greet = async (hello: Hello): Promise<void> => {
    if (state.phase !== 'greeting') return close('malformed', 'a second hello', 'open a new connection')
    const greeting = await parts.greet(hello)
    if (!greeting.welcome) return close(greeting.reason, greeting.message, greeting.fix)
    // The socket may have closed while the token was checked.
    if (state.phase !== 'greeting') return
    const { guest, frame } = greeting
    state = { phase: 'catching-up', guest, missed: [] }
    parts.onGreeted(session, guest.author.device)
    send(frame)
    // Not awaited here: pushes and acknowledgements are handled while pages are under way (FS5).
    void catchUpThenLive(guest, hello.holdings).catch(fail)
  }

  const catchUpThenLive = async (guest: Guest, holdings: readonly Holding[]): Promise<void> => {
    const { scope, scopeClass } = guest
    reached = await catchUp({
      storage,
      scope,
      scopeClass,
      holdings,
      send,
      sendCounted,
      room,
      fingerprints: parts.fingerprints,
    })
    if (state.phase !== 'catching-up') return
    if (again) {
      again = false
      state = { phase: 'catching-up', guest, missed: [] }
      return catchUpThenLive(guest, holdingsAt(scope, reached))
    }
    const later = state.missed.filter(({ head }) => head.rev > reached.rev)
    state = { phase: 'live', guest }
    for (const committed of later) {
      const { rows, gone, unsure: doubt } = rowsFor(scope, committed.changed)
      unsure ||= doubt
      reached = committed.head
      send(encodeDown({ type: 'changes', at: committed.head, rows, gone, answers: [] }))
    }
  }

  const catchUpAgain = async (): Promise<void> => {
    unsure = false
    if (state.phase === 'catching-up') again = true
    if (state.phase !== 'live') return
    const { guest } = state
    state = { phase: 'catching-up', guest, missed: [] }
    await catchUpThenLive(guest, holdingsAt(guest.scope, reached)).catch(fail)
  }

  const push = async (edits: readonly Edit[], author: Author): Promise<void> => {
    const judged = await committer.submit(submissionsOf(edits, author), session)
    const bad = judged.filter(({ suspicious: mark }) => mark === true).length
    if (bad > 0) strike(bad)
  }

  const strike = (count: number): void => {
    const since = now() - 60_000
    suspicious = [...suspicious.filter(at => at > since), ...Array.from({ length: count }, now)]
    if (suspicious.length >= limits.suspicious) close('limits', 'too much malformed input', 'update the program')
  }

  const compare = async ({ table, ...question }: Compare): Promise<void> => {
    const part = guestOf(state)?.scope.tables.get(table)
    if (part === undefined) return send(encodeDown({ type: 'compared', table, differing: [] }))
    await storage.snapshot(async view => {
      const rows: RowState[] = []
      await eachRow(view, part, ({ id, rev }) => rows.push({ id, rev }))
      const found = answerQuestion(rows, question, part.columnSet)
      for (let at = 0; at < found.send.length; at += limits.pageRows) {
        const stored = await view.records(found.send.slice(at, at + limits.pageRows).map(id => ({ table, id })))
        const sent = stored.map(({ id, envelope }) => ({ table, id, envelope: serveEnvelope(envelope, part) }))
        send(encodeDown({ type: 'changes', rows: sent, gone: [], answers: [] }))
      }
      if (found.drop.length > 0) {
        const gone = found.drop.map(id => ({ table, id, why: 'unknown' as const }))
        send(encodeDown({ type: 'changes', rows: [], gone, answers: [] }))
      }
      send(encodeDown({ type: 'compared', table, differing: found.differing }))
    })
  }

  const handle = async (message: Up): Promise<void> => {
    const guest = guestOf(state)
    if (message.type === 'hello') return greet(message)
    if (message.type === 'ping') return send(encodeDown({ type: 'pong' }))
    if (guest === undefined) return close('unauthenticated', 'nothing is read before hello', 'say hello first')
    switch (message.type) {
      case 'push':
        return push(message.edits, guest.author)
      case 'withdraw': {
        const wanted = message.edits.map((edit): Submission => ({ from: 'withdraw', edit, author: guest.author }))
        await committer.submit(wanted, session)
        return
      }
      case 'stored':
        unacknowledged = Math.max(0, unacknowledged - message.pages)
        madeRoom()
        return
      case 'compare':
        return compare(message)
    }
  }

  const fail = (error: unknown): void => {
    if (error instanceof SessionEnded || state.phase === 'closed') return
    if (error instanceof FrameFault) {
      const reason = error.kind === 'version' ? 'version' : 'malformed'
      return close(reason, error.message, reason === 'version' ? 'update the program' : 'send the frame again')
    }
    parts.log(error)
    close('busy', 'the relay could not do that', 'come back later')
  }

  const admit = (frame: Uint8Array): Up | undefined => {
    const time = now()
    const nextMessages = take(messages, 1, limits.messagesPerSecond, limits.messagesBurst, time)
    const nextBytes = take(bytes, frame.length, limits.bytesPerSecond, limits.bytesBurst, time)
    if (nextMessages === undefined || nextBytes === undefined) {
      close('limits', 'too much at once', 'send more slowly')
      return undefined
    }
    messages = nextMessages
    bytes = nextBytes
    return decodeUp(frame)
  }

  const session: Session = {
    receive: frame => {
      if (state.phase === 'closed') return work
      try {
        const message = admit(frame)
        if (message === undefined) return work
        // Acknowledgements pass by: the pages they make room for must not wait behind a push.
        if (message.type === 'stored' || message.type === 'ping') return handle(message).catch(fail)
        work = work.then(() => (state.phase === 'closed' ? undefined : handle(message))).catch(fail)
      } catch (error) {
        fail(error)
      }
      return work
    },
    publish: (committed, told) => {
      const guest = guestOf(state)
      if (guest === undefined) return
      const live = state.phase === 'live'
      const isNews = committed.head.rev > reached.rev
      if (live && isNews) reached = committed.head
      const judged = committed.answers.get(session)
      if (judged !== undefined) {
        // While catching up the answers go out at once, with their rows; the rest of the commit waits its turn.
        const answers = answersFor(guest.scope, judged, committed)
        unsure ||= live && answers.unsure
        send(encodeDown({ type: 'changes', ...(live ? { at: reached } : {}), ...answers }))
      } else if (live && isNews) {
        const { frame, unsure: doubt } = told(guest)
        unsure ||= doubt
        if (frame !== undefined) send(frame)
      }
      if (state.phase === 'catching-up') state = { ...state, missed: [...state.missed, committed] }
    },
    catchUpAgain,
    tick: () => {
      const time = now()
      if (state.phase === 'greeting' && time - state.since > limits.greeting) {
        return close('unauthenticated', 'no hello came', 'say hello first')
      }
      const guest = guestOf(state)
      if (guest !== undefined && guest.expires <= time)
        return close('unauthenticated', 'the sign-in has ended', 'sign in again')
      slowSince = parts.buffered() > limits.slowBytes ? (slowSince ?? time) : undefined
      if (slowSince !== undefined && time - slowSince > limits.slowFor)
        close('busy', 'the device reads too slowly', 'come back later')
    },
    close,
    closed: end,
    get state() {
      return state
    },
    get unsure() {
      return unsure && state.phase === 'live'
    },
  }
  return session
}

/** The device left while something was under way for it. */
class SessionEnded extends Error {}

/** A device that was live holds all of its tables as of what it was given last. */
const holdingsAt = ({ tables }: Scope, at: Position): Holding[] =>
  [...tables.values()].map(({ table, columnSet }) => ({ table, state: 'complete', at, columnSet }))

/** Edits of one group travel next to one another and are decided together. */
const submissionsOf = (edits: readonly Edit[], author: Author): Submission[] => {
  const submissions: { from: 'device'; edits: Edit[]; author: Author }[] = []
  for (const edit of edits) {
    const last = submissions.at(-1)
    const joins = edit.group !== undefined && last?.edits[0]?.group === edit.group
    if (joins) last!.edits.push(edit)
    else submissions.push({ from: 'device', edits: [edit], author })
  }
  return submissions
}
