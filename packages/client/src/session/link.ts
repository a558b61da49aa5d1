import { closeCodes, type Fault } from '@rejoin/profile'
import type { Host } from '../device/host.ts'
import type { SessionEvent } from './events.ts'
import { comeBack } from './reconnect.ts'
import type { SessionEnd } from './session-state.ts'
import type { Session } from './session.ts'
import { withoutToken } from './sign-in.ts'
import type { Connect, Socket } from './socket.ts'

/**
 * Keeps a session going: connects, comes back after it ended, notices a dead line, stops where coming back is of no
 * use. One socket and one session at a time.
 */
export interface Link {
  start(): void
  /** ends the session and does not come back */
  stop(): void
  readonly session: Session | undefined
}

/** Whether there is a conversation with the relay. Plain data. */
export interface LinkStatus {
  /**
   * `offline`: none; `catching-up`: changes since the last one are coming; `live`: up to date, and told of each
   * change
   */
  readonly state: 'offline' | 'connecting' | 'catching-up' | 'live'
  /** ms since 1970: the relay could not be reached, and is tried again then */
  readonly retryAt?: number
  /** why there is no session, where somebody has to do something about it */
  readonly fault?: Fault
}

/** The relay has greeted this device. */
export const isGreeted = ({ state }: Pick<LinkStatus, 'state'>): boolean => state === 'catching-up' || state === 'live'

/**
 * A JWT the relay knows, or how to get one: asked for before each connection, so that one that ran out is renewed by
 * itself. It may reject with a `RejoinFault` `unauthenticated`: the user has to sign in first; anything else counts as
 * no network.
 */
export type Token = string | (() => Promise<string>)

export interface LinkParts {
  readonly connect: Connect
  readonly token: Token
  readonly host: Host
  /** a session over a line that is open */
  readonly session: (line: {
    readonly send: (frame: Uint8Array) => void
    readonly close: (code: number) => void
    readonly told: (event: SessionEvent) => void
  }) => Session
  readonly status: (status: LinkStatus) => void
  readonly told: (event: SessionEvent) => void
  readonly received: (bytes: number) => void
  readonly sent: (bytes: number) => void
}

/** ms of silence after which a device asks whether the line is alive */
const QUIET = 20_000
/** ms a session has to stay live before it counts as a good one: what ends soon after ends again soon after */
const STEADY = 10_000
/** silences without a word in a row: the line is dead */
const DEAF = 2

export const createLink = (parts: LinkParts): Link => {
  const { host } = parts
  let wanted = false
  let attempts = 0
  let run: { readonly end: (how: SessionEnd) => void; readonly session: () => Session | undefined } | undefined
  let cancelReturn: (() => void) | undefined

  const ended = (how: SessionEnd): void => {
    run = undefined
    if (!wanted) return parts.status({ state: 'offline' })
    const back = comeBack(how, attempts, chanceFrom(host), typeof parts.token === 'function')
    attempts++
    const fault = faultOf(how)
    parts.status({
      state: 'offline',
      ...(back.again ? { retryAt: host.now() + back.after } : {}),
      ...(fault === undefined ? {} : { fault }),
    })
    if (back.again) cancelReturn = host.after(back.after, begin)
    else wanted = false
  }

  const begin = (): void => {
    cancelReturn = undefined
    if (!wanted || run !== undefined) return
    parts.status({ state: 'connecting' })
    run = createRun(parts, ended, () => {
      attempts = 0
    })
  }

  return {
    start: () => {
      if (wanted) return
      wanted = true
      attempts = 0
      begin()
    },
    stop: () => {
      wanted = false
      cancelReturn?.()
      if (run === undefined) parts.status({ state: 'offline' })
      else run.end({ code: 1000 })
    },
    get session() {
      return run?.session()
    },
  }
}

const createRun = (
  parts: LinkParts,
  ended: (how: SessionEnd) => void,
  good: () => void,
): { readonly end: (how: SessionEnd) => void; readonly session: () => Session | undefined } => {
  const { host } = parts
  let session: Session | undefined
  let socket: Socket | undefined
  let silences = 0
  /** when the line last had a chance to speak up, ms since 1970: it opened, spoke, or was asked */
  let heard = host.now()
  let over = false
  let cancelQuiet: () => void = () => {}
  let cancelSteady: (() => void) | undefined

  const end = (how: SessionEnd): void => {
    if (over) return
    over = true
    cancelQuiet()
    cancelSteady?.()
    session?.closed(how.code)
    socket?.close(how.code)
    ended(how)
  }

  /** One timer that looks back when it rings: frames come far more often than silences. */
  const listen = (): void => {
    const quietFor = Math.max(0, host.now() - heard)
    cancelQuiet = host.after(QUIET - Math.min(quietFor, QUIET), () => {
      if (host.now() - heard < QUIET) return listen()
      if (++silences > DEAF) return end({ code: LOST })
      session?.ping()
      heard = host.now()
      listen()
    })
  }

  const told = (event: SessionEvent): void => {
    parts.told(event)
    if (event.type === 'answered') return good()
    if (event.type !== 'moved') return
    const { state } = event
    if (state.phase === 'ended') return end(state.end)
    if (state.phase === 'live') cancelSteady ??= host.after(STEADY, good)
    parts.status({ state: state.phase === 'live' ? 'live' : state.phase === 'greeting' ? 'connecting' : 'catching-up' })
  }

  const open = async (): Promise<void> => {
    const token = typeof parts.token === 'string' ? parts.token : await parts.token()
    if (over) return
    socket = parts.connect({
      opened: () => {
        if (over || socket === undefined) return
        const line = socket
        session = parts.session({
          send: frame => {
            parts.sent(frame.length)
            line.send(frame)
          },
          close: code => line.close(code),
          told,
        })
        session.greet(token)
      },
      message: frame => {
        if (over) return
        silences = 0
        heard = host.now()
        parts.received(frame.length)
        void session?.receive(frame)
      },
      closed: code => end({ code }),
    })
    listen()
  }

  // A token that could not be had is no different from a network that is not there, unless the app knows better.
  open().catch((error: unknown) => {
    const known = withoutToken(error)
    if (known === undefined) host.report(error)
    end(known ?? { code: LOST })
  })
  return { end, session: () => session }
}

/** 1006: the line was lost without a word. */
const LOST = 1006

const chanceFrom = ({ random }: Host): number => {
  const [a, b, c] = random(3)
  return (a! * 65_536 + b! * 256 + c!) / 2 ** 24
}

const faultOf = ({ code, refusal }: SessionEnd): Fault | undefined => {
  const reason = Object.entries(closeCodes).find(([, known]) => known === code)?.[0]
  if (reason === undefined || reason === 'busy') return undefined
  const message = refusal?.message ?? `the relay closed the connection (${code})`
  return { code: reason, at: 'relay', message, ...(refusal === undefined ? {} : { fix: refusal.fix }) }
}
