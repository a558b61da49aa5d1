import {
  type Answered,
  type ChangesMessage,
  closeCodes,
  decodeDown,
  type Down,
  encodeUp,
  fingerprintText,
  FrameFault,
  type Page,
  type Plan,
  type Position,
  type Refusal,
  type Synced,
  type Up,
  type Welcome,
} from '@rejoin/profile'
import type { Host } from '../device/host.ts'
import { isRefreshDue, refreshed } from '../lifetime/freshness.ts'
import { confirmUpTo, takeChanges } from '../outbox/answers.ts'
import { goOnWithoutGone } from '../outbox/going-on.ts'
import type { Sendable } from '../outbox/selecting.ts'
import { takePage } from '../replica/download.ts'
import type { Draft } from '../replica/draft.ts'
import { columnSetOf } from '../replica/grant.ts'
import { later } from '../replica/memory.ts'
import type { Pen } from '../replica/recording.ts'
import type { Replica } from '../replica/replica.ts'
import type { StoreFault } from '../store/store.ts'
import { belongingFault, tokenFault } from './belonging.ts'
import { type Comparing, createComparing, differing } from './comparing.ts'
import type { SessionEvent } from './events.ts'
import { createHandingIn, type HandingIn } from './handing-in.ts'
import { isOver, maySend, type SessionEnd, type SessionState } from './session-state.ts'
import { createSpeaking } from './speaking.ts'
import { isPassed, takeStands, takeWelcome } from './welcome.ts'

/**
 * One conversation with a relay. It knows no socket: frames come in, frames go out. Frames are handled strictly one
 * after another, each stored before the next is looked at.
 *
 *     hello -> welcome -> plan, page*, changes* -> synced -> (compare, changes*, compared)* -> live
 */
export interface Session {
  readonly state: SessionState
  greet(token: string): void
  /** never rejects: whatever goes wrong ends the session */
  receive(frame: Uint8Array): Promise<void>
  /** a pass over these tables, while live */
  refresh(tables: readonly string[]): void
  /** there may be something to send */
  wake(): void
  ping(): void
  /** the socket is gone */
  closed(code: number): void
}

export interface SessionParts {
  readonly replica: Replica
  readonly pen: Pen
  readonly host: Host
  readonly app: string
  readonly release: number | undefined
  readonly send: (frame: Uint8Array) => void
  /** asks for the socket's end */
  readonly close: (code: number) => void
  /** which edits may go: while the queue is paused, only those a person has chosen */
  readonly sending: () => Sendable
  /** before a download begins; @returns why it must not */
  readonly prepare: (plan: Plan) => Promise<StoreFault | undefined>
  /** changes are wanted as they are made; otherwise passes are asked for (`refresh`) */
  readonly live: boolean
  /** the user was removed: everything goes; resolves when it is gone (MB6) */
  readonly leave: (removed: Removed) => Promise<void>
  readonly told: (event: SessionEvent) => void
}

export const createSession = (parts: SessionParts): Session => {
  const { replica, pen, host, told } = parts
  let state: SessionState = { phase: 'greeting' }
  /** of frames that came before; undefined while there is none */
  let work: Promise<void> | undefined
  let comparing: Comparing | undefined
  let reached: Position | undefined
  /** what is being compared */
  let agreeing: Synced | undefined
  let removal: Removed | undefined
  let unacknowledged = 0
  let handingIn: HandingIn | undefined
  /** ms since 1970 by the relay's clock, as it last told */
  let time = 0
  const waits = new Map<string, number>()

  const move = (to: SessionState): void => {
    state = to
    told({ type: 'moved', state })
  }

  const send = (message: Up): void => {
    if (!isOver(state)) speaking.say(encodeUp(message))
  }

  const end = (how: SessionEnd): void => {
    if (isOver(state)) return
    speaking.stop()
    move({ phase: 'ended', end: how })
  }

  const fail = (error: unknown): void => {
    if (isOver(state)) return
    const code = error instanceof FrameFault ? (error.kind === 'version' ? VERSION : MALFORMED) : INTERNAL
    told({ type: 'failed', error })
    end({ code })
    parts.close(code)
  }

  const speaking = createSpeaking({
    replica,
    host,
    send: parts.send,
    allowed: () => (maySend(state) ? parts.sending() : nothing),
    failed: fail,
  })

  /** Pages and changes are acknowledged a few at a time: a relay counts messages, and its window is wider. */
  const acknowledge = (): void => {
    unacknowledged++
    if (unacknowledged < ACKNOWLEDGED_AT) return
    send({ type: 'stored', pages: unacknowledged })
    unacknowledged = 0
  }

  /** FS7: what will find no room is not begun. */
  const plan = async (message: Plan): Promise<void> => {
    const fault = await parts.prepare(message)
    if (fault !== undefined) throw fault
    told({ type: 'plan', plan: message })
  }

  const page = async (message: Page): Promise<void> => {
    await replica.write(draft => takePage(draft, message), 'relaxed')
    acknowledge()
    told({ type: 'page', page: message })
  }

  const changes = (message: ChangesMessage): Promise<void> => {
    const upTo = state.phase === 'live' ? message.at : undefined
    const due = upTo !== undefined && parts.live && isRefreshDue(replica.memory.meta.fresh, pen.now())
    const arrived = due ? undefined : replica.arrive(message, upTo)
    if (arrived === undefined) return decideOn(message, upTo).then(rows => changed(message, rows))
    return arrived.stored.then(() => changed(message, arrived.rows))
  }

  /** @param rows that were taken or dropped */
  const changed = ({ at, answers }: ChangesMessage, rows: number): void => {
    if (at === undefined) acknowledge()
    else reached = at
    if (state.phase === 'comparing' && answers.length === 0) told({ type: 'repaired', rows })
    else if (state.phase === 'catching-up') told({ type: 'changed', rows })
    speaking.wake()
  }

  /**
   * Answers that only let entries go are safe to forget: the edits would be sent again and answered as before. Others
   * may throw structs away, and the fresh client id that follows must be known before it is used.
   * @returns rows that were taken or dropped
   */
  const decideOn = async (message: ChangesMessage, upTo: Position | undefined): Promise<number> => {
    const patient = { ...message, answers: withPatience(message.answers) }
    const forgettable = message.answers.every(({ answer: { status } }) => status === 'applied' || status === 'lost')
    const { rows, late } = await replica.write(
      draft => {
        const result = takeChanges(draft, patient, pen)
        if (upTo !== undefined) moveCursor(draft, upTo)
        return result
      },
      forgettable ? 'relaxed' : 'strict',
    )
    speaking.answered(message.answers.map(({ edit }) => edit))
    if (message.answers.some(({ answer: { status } }) => status !== 'wait' && status !== 'resync'))
      told({ type: 'answered' })
    if (late.length > 0) told({ type: 'late', entries: late })
    return rows
  }

  /** A relay that goes on waiting for what it was told of will never have it. */
  const withPatience = (answers: readonly Answered[]): readonly Answered[] =>
    answers.map(({ edit, answer }) => {
      if (answer.status !== 'wait') return { edit, answer }
      waits.set(edit, (waits.get(edit) ?? 0) + 1)
      return { edit, answer: waits.get(edit)! > PATIENCE ? { status: 'resync' } : answer }
    })

  /** What is held is as the relay's from now on: its lifetime begins again (CA2). */
  const refresh = (draft: Draft): void => draft.setMeta({ fresh: refreshed(time, pen.now()), sealed: false })

  const moveCursor = (draft: Draft, at: Position): void => {
    draft.setMeta({ cursor: later(at, draft.meta().cursor) })
    if (parts.live && isRefreshDue(draft.meta().fresh, pen.now())) refresh(draft)
    confirmUpTo(draft, at.rev, pen)
  }

  const synced = async (message: Synced): Promise<void> => {
    const { grant } = replica
    const unequal = differing(message, table => fingerprintText(replica.fingerprint(table)))
    comparing = createComparing(unequal, replica.held, table =>
      grant === undefined ? '' : (columnSetOf(grant, table) ?? ''),
    )
    agreeing = message
    move({ phase: 'comparing', at: message.at, open: unequal.length })
    await compareOn(message)
  }

  /** Pushed tables have one position, the others each their own. */
  const reach = (draft: Draft, { at, tables }: Synced): void => {
    let pushed = false
    const now = pen.now()
    for (const { table } of tables) {
      const state = draft.tables.get(table)
      const passed = isPassed(draft.meta().grant?.tables ?? [], table, parts.live)
      pushed ||= !passed
      if (passed && state?.state === 'complete') draft.tables.set(table, { ...state, at, passed: now })
    }
    if (pushed) draft.setMeta({ cursor: later(at, reached) })
    const ready = replica.grant?.tables.every(({ table }) => draft.tables.get(table)?.state === 'complete') === true
    if (ready) draft.setMeta({ ready })
  }

  const compareOn = async (message: Synced): Promise<void> => {
    for (const question of comparing?.questions() ?? []) send(question)
    if (comparing?.done !== true) return
    comparing = undefined
    await replica.write(draft => {
      reach(draft, message)
      refresh(draft)
      confirmUpTo(draft, message.at.rev, pen)
    })
    told({ type: 'refreshed' })
    if (!isOver(state)) move({ phase: 'live' })
  }

  const pong = async (): Promise<void> => {
    if (!parts.live || state.phase !== 'live' || !isRefreshDue(replica.memory.meta.fresh, pen.now())) return
    await replica.write(refresh, 'relaxed')
    told({ type: 'refreshed' })
  }

  /** What is here is somebody else's, or of another environment. */
  const refuse = (refusal: Refusal): void => {
    told({ type: 'another' })
    end({ code: refusal.code, refusal })
    parts.close(refusal.code)
  }

  const welcome = async (message: Down): Promise<void> => {
    if (message.type !== 'welcome') throw new FrameFault('malformed', `${message.type} before welcome`)
    const refusal = belongingFault(replica.grant, message)
    if (refusal !== undefined) return refuse(refusal)
    time = message.time
    await replica.write(draft => {
      takeWelcome(draft, message, replica.memory, parts.live)
      goOnWithoutGone(draft, pen)
    })
    if (message.removed !== undefined) return handIn(message.removed)
    move({ phase: parts.live ? 'catching-up' : 'live' })
    speaking.wake()
  }

  const handIn = async (removed: Removed): Promise<void> => {
    removal = removed
    handingIn = createHandingIn(replica.present.entries())
    move({ phase: 'leaving' })
    await handInOn()
  }

  const handInOn = async (): Promise<void> => {
    for (const frame of handingIn?.next() ?? []) speaking.say(frame)
    if (handingIn?.done !== true || removal === undefined) return
    await parts.leave(removal)
    const code = closeCodes.forbidden
    const message = 'you were removed from this environment, and what was yours from this device'
    end({ code, refusal: { code, reason: 'forbidden', message, fix: 'ask an administrator' } })
    parts.close(code)
  }

  const pass = (tables: readonly string[]): void => {
    if (state.phase !== 'live' || tables.length === 0) return
    const holdings = replica.holdings().filter(({ table }) => tables.includes(table))
    move({ phase: 'catching-up' })
    send({ type: 'refresh', tables, holdings })
  }

  const handle = (message: Down): Promise<void> | undefined => {
    if (message.type === 'refusal') {
      const { type: _, ...refusal } = message
      // He may not hold this here: another user's device, or nobody this relay knows.
      if (message.code === closeCodes.forbidden && state.phase === 'greeting') told({ type: 'another' })
      end({ code: message.code, refusal })
      parts.close(message.code)
      return undefined
    }
    if (message.type === 'pong') {
      time = Math.max(time, message.time)
      return pong()
    }
    if (state.phase === 'greeting') return welcome(message)
    if (state.phase === 'leaving') {
      if (message.type === 'changes') handingIn?.answered(message.answers.map(({ edit }) => edit))
      return handInOn()
    }
    switch (message.type) {
      case 'welcome':
        throw new FrameFault('malformed', 'a second welcome')
      case 'plan':
        return plan(message)
      case 'page':
        return page(message)
      case 'stands':
        return replica.write(draft => takeStands(draft, message, replica.memory))
      case 'changes':
        return changes(message)
      case 'synced':
        return synced(message)
      case 'compared':
        comparing?.answered(message)
        return state.phase === 'comparing' && agreeing !== undefined ? compareOn(agreeing) : undefined
    }
  }

  /** @returns undefined where it is done with already; otherwise it may reject */
  const take = (frame: Uint8Array): Promise<void> | undefined => {
    try {
      return isOver(state) ? undefined : handle(decodeDown(frame))
    } catch (error) {
      fail(error)
      return undefined
    }
  }

  return {
    get state() {
      return state
    },
    greet: token => {
      const refusal = tokenFault(replica.grant, token)
      if (refusal !== undefined) return refuse(refusal)
      const { device, grant, ids } = replica.memory.meta
      const versions = { schema: grant?.schemaVersion ?? 0, profile: grant?.profileVersion ?? 0 }
      send({
        type: 'hello',
        token,
        device,
        app: parts.app,
        ...(parts.release === undefined ? {} : { release: parts.release }),
        ...versions,
        ids,
        live: parts.live,
        holdings: parts.live ? replica.holdings() : [],
      })
    },
    receive: frame => {
      const taken = work === undefined ? take(frame) : work.then(() => take(frame))
      if (taken === undefined) return settled
      const done = (): void => {
        if (work === mine) work = undefined
      }
      const mine: Promise<void> = taken.then(done, (error: unknown) => {
        fail(error)
        done()
      })
      return (work = mine)
    },
    refresh: pass,
    wake: () => speaking.wake(),
    ping: () => send({ type: 'ping' }),
    closed: code => end({ code }),
  }
}

type Removed = NonNullable<Welcome['removed']>

const nothing: Sendable = new Set()
const settled: Promise<void> = Promise.resolve()

/** Half the relay's window: it never waits for a device that keeps up. */
const ACKNOWLEDGED_AT = 4

/** How often an edit is told to wait before it is recorded again. */
const PATIENCE = 3

const MALFORMED = 1007
const INTERNAL = 1011
const VERSION = 4426
