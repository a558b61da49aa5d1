import {
  closeCodes,
  type CloseReason,
  decodeUp,
  type Edit,
  encodeDown,
  FrameFault,
  type Hello,
  type Holding,
  nowhere,
  type Position,
  type Refresh,
  type Scope,
  type Up,
} from '@rejoin/profile'
import type { Committed, Committer } from '../commit/committer.ts'
import type { Author, Submission } from '../commit/submission.ts'
import type { RowCaps } from '../environment/environment.ts'
import type { Lens } from '../live/linked.ts'
import { answersFor, type Told } from '../live/live.ts'
import { createPresence } from '../scope/presence.ts'
import { keyOf, type Storage } from '../storage/storage.ts'
import { catchUp } from './catch-up/catch-up.ts'
import type { Fingerprints } from './catch-up/fingerprints.ts'
import { TooManyRows } from './catch-up/row-caps.ts'
import { type Greeting, standsOf } from './greeting.ts'
import { type Bucket, fullBucket, limits, take } from './limits.ts'
import { createMissed } from './missed.ts'
import { createQuestions } from './questions.ts'
import type { RowLists } from './row-list.ts'
import { type Guest, guestOf, type SessionState } from './session-state.ts'

/**
 * One conversation with one device. It knows no socket and no clock: frames come in, frames go out, `close` says why.
 * Frames are handled strictly one after another; questions about what the device holds beside them, one at a time.
 */
export interface Session {
  /** never rejects: whatever goes wrong ends this session and no other */
  receive(frame: Uint8Array): Promise<void>
  /**
   * A commit, in commit order. @param told what of it concerns this session
   * @param held whether it holds a record an answer is about, by `keyOf`
   */
  publish(committed: Committed, told: Told, held: (key: string) => boolean): void
  /** from now on another person or another moment is asked for; `told` is what that changes, if it is known */
  adopt(guest: Guest, told?: Told): void
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
  readonly fingerprints: Fingerprints
  readonly lens: Lens
  readonly lists: RowLists
  readonly rowCaps: () => RowCaps
  /** lets others have their turn in what takes long */
  readonly pause: () => Promise<void>
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
  /** since when the window is full and does not move */
  let unmovedSince: number | undefined
  const waitingForRoom: (() => void)[] = []
  // what a live device has been given everything up to
  let reached: Position = nowhere
  let unsure = false
  let again = false
  /** a pass that was asked for while another was under way */
  let asked: Refresh | undefined

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

  const madeRoom = (): void => {
    for (const resolve of waitingForRoom.splice(0)) resolve()
  }

  const room = async (): Promise<void> => {
    while (unacknowledged >= limits.window && state.phase !== 'closed') {
      await new Promise<void>(resolve => {
        waitingForRoom.push(resolve)
      })
    }
    if (state.phase === 'closed') throw new SessionEnded()
  }

  /** sends what the device acknowledges once it is stored */
  const sendCounted = (frame: Uint8Array): void => {
    unacknowledged++
    if (unacknowledged >= limits.window) unmovedSince ??= now()
    send(frame)
  }

  const greet = async (hello: Hello): Promise<void> => {
    if (state.phase !== 'greeting') return close('malformed', 'a second hello', 'open a new connection')
    const greeting = await parts.greet(hello)
    if (!greeting.welcome) return close(greeting.reason, greeting.message, greeting.fix)
    // The socket may have closed while the token was checked.
    if (state.phase !== 'greeting') return
    const { guest, at, frame } = greeting
    state = guest.live ? { phase: 'catching-up', guest, missed: createMissed() } : { phase: 'live', guest }
    reached = at
    parts.onGreeted(session, guest.author.device)
    if (guestOf(state) === undefined) return
    send(frame)
    // Not awaited here: pushes and acknowledgements are handled while pages are under way (FS5).
    if (guest.live) void catchUpThenLive(guest, hello.holdings, allOf(guest)).catch(fail)
  }

  /** A pass over some tables; what happens to others meanwhile is told after it. */
  const catchUpThenLive = async (
    guest: Guest,
    holdings: readonly Holding[],
    tables: ReadonlySet<string>,
  ): Promise<void> => {
    const { scope } = guest
    const at = await catchUp({
      storage,
      scope,
      presence: createPresence(scope, parts.lens),
      holdings,
      tables,
      rowCaps: parts.rowCaps(),
      send,
      sendCounted: frame => {
        questions.toldAnything()
        sendCounted(frame)
      },
      room,
      fingerprints: parts.fingerprints,
      pause: parts.pause,
    })
    if (state.phase !== 'catching-up') return
    const pushed = pushedTo(guest)
    if ([...pushed].every(table => tables.has(table))) reached = at
    if (again || state.missed.flooded) {
      again = false
      state = { phase: 'catching-up', guest, missed: createMissed() }
      return catchUpThenLive(guest, holdingsAt(scope, reached), pushed)
    }
    const { news } = state.missed
    state = { phase: 'live', guest }
    for (const told of news) tellMissed(told, at, tables)
    if (asked === undefined) return
    const { tables: next, holdings: held } = asked
    asked = undefined
    return pass(guest, held, new Set(next))
  }

  /** What a pass has brought already is not told again: it may be older than that. */
  const tellMissed = (told: Told, brought: Position, tables: ReadonlySet<string>): void => {
    const isNew = ({ table }: { readonly table: string }): boolean => told.at.rev > brought.rev || !tables.has(table)
    const [rows, gone] = [told.rows.filter(isNew), told.gone.filter(isNew)]
    const moves = told.at.rev > reached.rev
    if (!moves && rows.length + gone.length === 0) return
    unsure ||= told.unsure
    if (moves) reached = told.at
    send(encodeDown({ type: 'changes', at: reached, rows, gone, answers: [] }))
  }

  const pass = async (guest: Guest, holdings: readonly Holding[], tables: ReadonlySet<string>): Promise<void> => {
    state = { phase: 'catching-up', guest, missed: createMissed() }
    await catchUpThenLive(guest, holdings, tables).catch(fail)
  }

  const refresh = (wanted: Refresh, guest: Guest): void => {
    if (state.phase === 'live') void pass(guest, wanted.holdings, new Set(wanted.tables))
    else if (asked === undefined) asked = wanted
    else close('limits', 'too many passes at once', 'wait for the one before')
  }

  const catchUpAgain = async (which: (guest: Guest) => ReadonlySet<string> = pushedTo): Promise<void> => {
    unsure = false
    if (state.phase === 'catching-up') again = true
    if (state.phase !== 'live') return
    const tables = which(state.guest)
    if (tables.size > 0) await pass(state.guest, holdingsAt(state.guest.scope, reached), tables)
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

  const handle = async (message: Up): Promise<void> => {
    const guest = guestOf(state)
    if (message.type === 'hello') return greet(message)
    if (message.type === 'ping') return send(encodeDown({ type: 'pong', time: now() }))
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
        if (message.pages > 0) unmovedSince = unacknowledged >= limits.window ? now() : undefined
        madeRoom()
        return
      case 'compare':
        return questions.ask(message)
      case 'refresh':
        return refresh(message, guest)
    }
  }

  const fail = (error: unknown): void => {
    if (error instanceof SessionEnded || state.phase === 'closed') return
    if (error instanceof FrameFault) {
      const reason = error.kind === 'version' ? 'version' : 'malformed'
      return close(reason, error.message, reason === 'version' ? 'update the program' : 'send the frame again')
    }
    if (error instanceof TooManyRows) return close('rows', error.message, ROWS_FIX)
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

  const { lens, lists, pause } = parts
  const scope = (): Scope | undefined => guestOf(state)?.scope
  const questions = createQuestions({
    ...{ storage, lens, lists, pause, now, scope, send, sendCounted, room, close, fail },
  })

  const session: Session = {
    receive: frame => {
      if (state.phase === 'closed') return work
      try {
        const message = admit(frame)
        if (message === undefined) return work
        // Acknowledgements pass by: the pages they make room for must not wait behind a push.
        if (message.type === 'stored' || message.type === 'ping') return handle(message).catch(fail)
        if (message.type === 'compare' && guestOf(state) !== undefined) return questions.ask(message)
        work = work.then(() => (state.phase === 'closed' ? undefined : handle(message))).catch(fail)
      } catch (error) {
        fail(error)
      }
      return work
    },
    publish: (committed, told, held) => {
      const guest = guestOf(state)
      if (guest === undefined) return
      const live = state.phase === 'live'
      const isNews = committed.head.rev > reached.rev
      if (live && isNews) reached = committed.head
      const judged = committed.answers.get(session)
      if (judged !== undefined) {
        // While catching up the answers go out at once, with their rows; the rest of the commit waits its turn.
        const answers = answersFor(guest.scope, judged, told, committed.standing, held)
        send(encodeDown({ type: 'changes', ...(live ? { at: reached } : {}), ...answers }))
      } else if (live && isNews) {
        const frame = told.frame()
        if (frame !== undefined) send(frame)
      }
      if (live && (isNews || judged !== undefined)) unsure ||= told.unsure
      if (state.phase === 'catching-up') state.missed.add(told)
      questions.told([...told.rows, ...told.gone].map(keyOf))
    },
    adopt: (guest, told) => {
      const before = state.phase === 'live' ? standsOf(state.guest) : undefined
      const stands = standsOf(guest)
      // First: what is told after it is what he may read now.
      if (before !== undefined && before.rights !== stands.rights) send(encodeDown({ type: 'stands', ...stands }))
      // A live session may be behind what is known only by commits that did not concern it.
      if (state.phase === 'live' && told !== undefined && told.at.rev >= reached.rev) {
        state = { phase: 'live', guest }
        reached = told.at
        const frame = told.frame()
        if (frame !== undefined) send(frame)
        questions.told([...told.rows, ...told.gone].map(keyOf))
      } else if (state.phase === 'live') {
        state = { phase: 'live', guest }
        void catchUpAgain(allOf)
      } else if (state.phase === 'catching-up') {
        // pages of the old scope are under way
        close('busy', 'what this device may hold has changed', 'connect again')
      }
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
        return close('busy', 'the device reads too slowly', 'come back later')
      if (unmovedSince !== undefined && time - unmovedSince > limits.unmovedFor)
        close('busy', 'the device acknowledges nothing', 'come back later')
    },
    close,
    closed: end,
    get state() {
      return state
    },
    get unsure() {
      return unsure && state.phase === 'live' && pushedTo(state.guest).size > 0
    },
  }
  return session
}

const ROWS_FIX = 'an administrator has to narrow the profile, or allow more records'

const allOf = ({ scope }: Guest): ReadonlySet<string> => new Set(scope.tables.keys())

const pushedTo = ({ scope, passed }: Guest): ReadonlySet<string> =>
  new Set([...scope.tables.keys()].filter(table => !passed.has(table)))

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
