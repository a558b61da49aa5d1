import type { Welcome } from '@rejoin/profile'
import { wipe } from '../lifetime/clearing.ts'
import { createLifetime } from '../lifetime/lifetime.ts'
import { createTimetable } from '../lifetime/timetable.ts'
import { createOnline } from '../online/online.ts'
import { refusalIn } from '../online/refusal.ts'
import { exported } from '../outbox/unsent.ts'
import { createPeer } from '../peer/peer.ts'
import type { PeerTransport } from '../peer/transport.ts'
import { createRenewing } from '../pins/renewing.ts'
import type { Draft } from '../replica/draft.ts'
import type { Pen } from '../replica/recording.ts'
import type { Replica } from '../replica/replica.ts'
import type { SessionEvent } from '../session/events.ts'
import { createLink, isGreeted, type Token } from '../session/link.ts'
import { progressAfter } from '../session/progress-after.ts'
import { connecting } from '../session/progress.ts'
import { maySend } from '../session/session-state.ts'
import { createSession } from '../session/session.ts'
import { SIGN_IN } from '../session/sign-in.ts'
import type { Connect } from '../session/socket.ts'
import { type Failure, failureFrom } from '../status/failure.ts'
import { weightOf } from '../status/page.ts'
import { createPasses } from '../status/passes.ts'
import type { StoragePort } from '../storage/port.ts'
import { watchStorage } from '../storage/watch.ts'
import { StoreFault } from '../store/store.ts'
import { createSyncing } from '../sync/syncing.ts'
import { type Act, type Deed, isRemoval, isSwitch, perform, type Removal, type Switch } from './act.ts'
import { type Facts, pausedAtFirst, withoutReason, withReason } from './facts.ts'
import { RejoinFault } from './fault.ts'
import { type Host, newUuid } from './host.ts'

/** The working half of a device: writes its replica and speaks with its relay. At most one runs on a store. */
export interface Engine {
  /**
   * Deeds resolve when they are durable; switches take effect in the call. @throws RejoinFault, StoreFault
   * @param first runs in the decision, before the deed; false: it has been done already
   */
  act(act: Act, first?: (draft: Draft) => boolean): Promise<void>
  /** @returns parts from it */
  meet(transport: PeerTransport): () => void
  /** whether there is, or is to be again, a session */
  readonly wanted: boolean
  /** looks at the clock: resolves when a cache that has expired is sealed */
  look(): Promise<void>
  /** ends the session; saves under way go on */
  stop(): void
}

export interface EngineParts {
  readonly replica: Replica
  readonly facts: Facts
  readonly host: Host
  readonly connect: Connect
  readonly token: Token
  readonly app: string
  readonly release?: number | undefined
  readonly storage?: StoragePort | undefined
  readonly consolidate?: boolean
  readonly autoSend?: boolean
  /** of the online API, from which selections are fetched again */
  readonly url?: string
  readonly fetch?: typeof fetch
}

export const createEngine = ({
  replica,
  facts,
  host,
  connect,
  token,
  app,
  release,
  storage,
  consolidate = false,
  autoSend = true,
  ...reach
}: EngineParts): Engine => {
  const { progress, paused, late, stats } = facts
  const { report } = host
  paused.set((replica.memory.meta.paused ?? []).reduce(withReason, paused.current))
  const pen: Pen = {
    now: host.now,
    newId: () => newUuid(host),
    leaving: () => facts.link.current.state === 'live' && paused.current.length === 0,
    consolidates: consolidate,
  }
  const lifetime = createLifetime({ replica, host, cache: facts.cache })
  const look = (): void => void lifetime.look().catch(report)
  const room = watchStorage({
    storage,
    replica,
    host,
    status: facts.storage,
    weigh: () => weightOf(replica, replica.memory.rows.keys()),
  })
  void room.measure()
  /** a conversation was asked for */
  let wanted = false
  /** bytes that sessions before this one received */
  let before = 0
  /** entries a person wants sent although the queue is paused */
  let chosen: ReadonlySet<string> = new Set()
  /** what was done last found no room */
  let unsaved: Failure | undefined
  const passes = createPasses({ replica, host, stats, ended: facts.lastPass.set })
  const pause = (reason: string): void => {
    paused.set(withReason(paused.current, reason))
  }
  const resume = (reason: string): void => {
    paused.set(withoutReason(paused.current, reason))
    if (paused.current.length === 0) chosen = new Set()
  }
  const told = (event: SessionEvent): void => {
    // Whom the relay welcomes is signed in, and is whom this was granted to.
    if (event.type === 'moved' && maySend(event.state)) {
      resume(SIGN_IN)
      facts.barred.set(false)
    }
    progress.set(progressAfter(progress.current, event, replica.memory.tables, host.now(), stats.received - before))
    if (event.type === 'late') late.tell(event.entries.map(({ edit }) => edit.id))
    if (event.type === 'another') facts.barred.set(true)
    if (event.type === 'repaired') stats.repaired += event.rows
    if (event.type === 'failed') {
      facts.failure.set(failureFrom(event.error, host.now()))
      // A store that is full or gone is told to people, not to programmers.
      if (!(event.error instanceof StoreFault)) report(event.error)
    }
    if (event.type === 'refreshed') {
      void room.measure()
      // A download that was due has been made: what was connected for it alone may end.
      if (!wanted) obey()
    }
    if (event.type === 'refreshed' && facts.failure.current?.over === false) {
      facts.failure.set({ ...facts.failure.current, over: true })
    }
    passes.told(event)
    if (event.type === 'refreshed' || (event.type === 'moved' && event.state.phase === 'catching-up')) look()
  }
  const link = createLink({
    connect,
    token,
    host,
    session: line => {
      before = stats.received
      passes.began()
      progress.set(connecting(progress.current))
      return createSession({
        ...line,
        replica,
        pen,
        host,
        app,
        release,
        prepare: room.prepare,
        sending: () => (paused.current.length === 0 ? 'all' : chosen),
        live: syncing.greeting(),
        leave,
      })
    },
    status: status => {
      if (status.fault !== undefined) facts.failure.set({ at: host.now(), fault: status.fault, over: false })
      if (status.fault?.code === 'unauthenticated') pause(SIGN_IN)
      facts.link.set(status)
      syncing.moved(status)
    },
    told,
    received: bytes => void (stats.received += bytes),
    sent: bytes => void (stats.sent += bytes),
  })
  const syncing = createSyncing({
    replica,
    host,
    isDue: () => timetable.isDue(),
    pass: tables => link.session?.refresh(tables),
    again: () => again(),
  })
  /** Greets anew: something else is wanted of the relay. */
  const again = (): void => {
    link.stop()
    obey()
  }
  const leave = async ({ export: keeps }: NonNullable<Welcome['removed']>): Promise<void> => {
    const unsent = keeps ? exported(replica.present, newUuid(host), host.now()) : undefined
    await replica.write(draft => wipe(draft, 'discard', pen))
    wanted = false
    emptied()
    facts.removed.set({ at: host.now(), ...(unsent === undefined ? {} : { unsent }) })
  }
  /** Nothing is left of whom this was granted to: whoever comes next is barred from nothing, and has paused nothing. */
  const emptied = (): void => {
    facts.barred.set(false)
    chosen = new Set()
    paused.set(pausedAtFirst({ autoSend }))
  }
  const wake = (): void => link.session?.wake()

  const deed = async (what: Deed, first: (draft: Draft) => boolean = always): Promise<void> => {
    if ((what.do === 'save' || what.do === 'submit') && isUnusable()) throw notReady()
    await kept(replica.write(draft => first(draft) && perform(draft, what, pen)))
    if (what.do === 'mode') obey()
    if (what.do === 'schedule') timetable.look()
    if (what.do === 'sync') syncing.chosen()
    wake()
  }

  /** Whoever asked hears it by the rejection; everybody else, until something is saved again, by the status. */
  const kept = async (saving: Promise<unknown>): Promise<void> => {
    try {
      await saving
    } catch (error) {
      if (error instanceof StoreFault && error.code === 'full') {
        unsaved = failureFrom(error, host.now())
        facts.failure.set(unsaved)
      }
      throw error
    }
    if (unsaved !== undefined && unsaved === facts.failure.current) facts.failure.set({ ...unsaved, over: true })
    unsaved = undefined
  }

  /** FS4: without the relay, and with a first sync that has not completed. */
  const isUnusable = (): boolean => !replica.memory.meta.ready && !isGreeted(facts.link.current)

  /** There is a conversation where one is wanted, or a download is due; never in offline mode. */
  const obey = (): void => {
    if (replica.memory.meta.offline !== true && (wanted || timetable.isDue())) link.start()
    else link.stop()
  }
  const timetable = createTimetable(replica, host, () => {
    obey()
    syncing.look()
  })

  /** Nothing may come while what is here goes. */
  const removal = async (what: Removal, first?: (draft: Draft) => boolean): Promise<void> => {
    const before = wanted
    wanted = false
    obey()
    if (what.do === 'wipe') room.forget()
    try {
      await deed(what, first)
      if (what.do === 'wipe') emptied()
      await lifetime.look()
      await room.measure()
    } catch (fault) {
      wanted = before
      room.note()
      obey()
      throw fault
    }
  }
  const turn = async (what: Switch): Promise<void> => {
    switch (what.do) {
      case 'connect':
        wanted = true
        return obey()
      case 'disconnect':
        wanted = false
        return obey()
      case 'acknowledge loss':
        return room.acknowledge()
      case 'refresh':
        // Refused in offline mode: then it is no wish for a session either.
        if (replica.memory.meta.offline !== true) {
          wanted = true
          obey()
        }
        return syncing.refresh()
      case 'pause':
        pause(what.reason)
        return replica.write(draft => draft.setMeta({ paused: withReason(draft.meta().paused ?? [], what.reason) }))
      case 'resume':
        resume(what.reason)
        wake()
        return replica.write(draft => draft.setMeta({ paused: withoutReason(draft.meta().paused ?? [], what.reason) }))
      case 'send':
        chosen = new Set([...chosen, ...what.entries].filter(id => replica.memory.entries.has(id)))
        return wake()
    }
  }
  const act: Engine['act'] = (what, first) =>
    isSwitch(what) ? turn(what) : isRemoval(what) ? removal(what, first) : deed(what, first)
  const refusal = (): RejoinFault | undefined => refusalIn(replica, facts.link.current)
  const online = createOnline({ ...reach, token, after: host.after, refusal, restoring: { replica, act } })
  const renewing = createRenewing({ replica, act, online, host, link: facts.link })
  return {
    act,
    meet: transport =>
      createPeer({ replica, pen, transport, beingTold: () => facts.link.current.state === 'catching-up', report }).stop,
    get wanted() {
      return wanted
    },
    look: async () => {
      await lifetime.look()
      timetable.look()
    },
    stop: () => {
      lifetime.stop()
      room.stop()
      timetable.stop()
      syncing.stop()
      renewing.stop()
      link.stop()
    },
  }
}

const notReady = (): RejoinFault =>
  new RejoinFault({
    code: 'not-ready',
    message: 'the first download is not complete, so this app cannot be used offline yet',
    fix: 'connect and let it finish',
  })

const always = (): boolean => true
