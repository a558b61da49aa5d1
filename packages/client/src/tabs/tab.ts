import type { SchemaSource } from '@rejoin/profile'
import type { Act } from '../device/act.ts'
import { createFace, type DeviceOptions, type Rejoin } from '../device/device.ts'
import {
  createFacts,
  factsNow,
  pausedAtFirst,
  takeFacts,
  watchFacts,
  withoutReason,
  withReason,
} from '../device/facts.ts'
import { newUuid } from '../device/host.ts'
import type { PeerTransport } from '../peer/transport.ts'
import { appOf } from '../replica/memory.ts'
import { closedFault } from '../store/fault.ts'
import type { StoreFault } from '../store/store.ts'
import { createClaim } from './claim.ts'
import { commitsOf, isTaken } from './fence.ts'
import { createFollowing } from './following.ts'
import { type Leading, startLeading } from './leading.ts'
import { faultFrom, type Leads, type Message, type Seen } from './message.ts'
import { createPending } from './pending.ts'
import type { TabPorts } from './ports.ts'
import { createPulse } from './pulse.ts'
import { refusalIn } from './refusal.ts'

/**
 * One of many tabs on one store. Who holds the lock leads: it alone writes and speaks with the relay. The others read
 * what they hold in memory, which the leader keeps up, and hand it what is done in them; each act stays here until it
 * is answered, and goes to the next leader where the one before went away.
 *
 *     waiting for the lock, following ── lock granted, or stolen from a leader that is silent ──> leading
 *            ^───────────── lock stolen from this one, or its commit met the fence ────────────────'
 */
export interface TabOptions extends DeviceOptions {
  readonly ports: TabPorts
  /** tabs of one name share a store */
  readonly name: string
  /** whether a session is wanted, where no other tab has said so before */
  readonly wanted: boolean
  /** the store was taken away from this tab: by a newer version of the app, or the browser */
  readonly gone?: Promise<StoreFault>
}

/** Resolves when this tab leads, or follows one that does. Rejects with `StoreFault`. */
export const openTab = async <const S extends SchemaSource = SchemaSource>(options: TabOptions): Promise<Rejoin<S>> => {
  const { store, host, ports } = options
  const me = newUuid(host)
  const lock = `rejoin:${options.name}`
  const presence = (tab: string): string => `${lock}/${tab}`
  const channel = ports.channel(lock)
  const facts = createFacts(pausedAtFirst(options), 0, host.report)
  const following = createFollowing(store, host, appOf(options))
  const pending = createPending()
  const peers = new Map<PeerTransport, (() => void) | undefined>()
  let wanted = options.wanted
  let leading: Leading | undefined
  /** who leads, and the highest fence heard of */
  let leader: string | undefined
  let fence = 0
  let answering = false
  /** lets go of what says that this tab is */
  let leave = (): void => {}
  let ended: StoreFault | undefined
  let opened: { readonly resolve: () => void; readonly reject: (fault: unknown) => void } | undefined

  // What is heard is done one after another: each may have to read the store.
  let work: Promise<void> = Promise.resolve()
  const inOrder = (task: () => Promise<void> | void): void => {
    work = work.then(() => (ended === undefined ? task() : undefined)).catch(failed)
  }
  const failed = (error: unknown): void => {
    if (ended !== undefined || isTaken(error)) return
    if (opened === undefined) host.report(error)
    else opened.reject(error)
  }
  const post = (message: Message): void => {
    if (ended === undefined) channel.post(message)
  }
  const pulse = createPulse({
    host,
    ask: () => post({ type: 'ping', tab: me }),
    silent: () => claim.steal(),
  })

  const seen = (): Seen => ({ facts: factsNow(facts), wanted: leading?.engine.wanted ?? wanted })
  const take = (news: Seen): void => {
    wanted = news.wanted
    takeFacts(facts, news.facts)
  }

  // Leading.

  const claim = createClaim({
    locks: ports.locks,
    name: lock,
    granted: its => {
      if (ended !== undefined) return claim.release()
      pulse.stop()
      inOrder(() => lead(its))
    },
    robbed: () => deposed(),
    failed,
  })
  const lead = async (its: object): Promise<void> => {
    if (claim.held !== its) return
    post(takingOver())
    try {
      const lost = (): void => {
        if (claim.held === its) deposed()
      }
      const { locks } = ports
      const begun = await startLeading({ ...options, locks, presence, me, facts, following, post, seen, lost })
      if (claim.held !== its || ended !== undefined) return await begun.end()
      leading = begun
    } catch (error) {
      // Not by this tab, not now: another one may be able to.
      if (claim.held === its) {
        claim.release()
        host.after(RETRY, follow)
      }
      throw error
    }
    leader = me
    fence = leading.fence
    post(leading.leads())
    if (wanted) leading.engine.act({ do: 'connect' }).catch(failed)
    for (const transport of peers.keys()) peers.set(transport, leading.engine.meet(transport))
    for (const { n, act } of pending.all()) submit(n, act, true)
    opened?.resolve()
  }
  const takingOver = (): Leads => ({ type: 'leads', tab: me, fence })

  const deposed = (): void => {
    const before = leading
    wanted = before?.engine.wanted ?? wanted
    claim.release()
    leading = undefined
    for (const [transport, part] of peers) {
      part?.()
      peers.set(transport, undefined)
    }
    const ending = before?.end()
    inOrder(() => ending)
    follow()
  }

  // Following.

  const follow = (): void => {
    if (ended !== undefined) return
    leader = undefined
    post({ type: 'hello', tab: me })
    pulse.start()
    claim.wait()
  }

  const heardLeader = ({ tab, now, ...heard }: Leads): void => {
    if (leading !== undefined && heard.fence > leading.fence) deposed()
    pulse.heard()
    if (now === undefined || claim.held !== undefined) return
    const another = leader !== tab || fence !== heard.fence
    leader = tab
    fence = heard.fence
    if (another) post({ type: 'hello', tab: me })
    inOrder(async () => {
      await following.catchUp(now.commits)
      if (leading !== undefined) return
      take(now.seen)
      opened?.resolve()
      if (another) for (const { n, act } of pending.all()) submit(n, act, true)
    })
  }

  const hear = (message: Message): void => {
    if ('fence' in message && message.fence < fence) return
    switch (message.type) {
      case 'hello':
        leading?.joined(message.tab)
        return void answerCall().catch(failed)
      case 'ping':
        return void answerCall().catch(failed)
      case 'ask':
        return leading?.asked(message)
      case 'leads':
        return heardLeader(message)
      case 'changed':
        pulse.heard()
        return inOrder(() => (leading === undefined ? following.take(message) : undefined))
      case 'answer': {
        const { tab, n, fault } = message
        if (tab === me) inOrder(() => pending.answered(n, fault === undefined ? undefined : faultFrom(fault)))
        return
      }
      case 'facts':
        pulse.heard()
        return inOrder(() => {
          if (leading !== undefined) return
          take(message.seen)
          if (message.late !== undefined) facts.late.tell(message.late)
        })
    }
  }
  /** Only who hears the store is alive: a frozen page may hear its channel and nothing else. */
  const answerCall = async (): Promise<void> => {
    if (claim.held === undefined || answering) return
    answering = true
    try {
      await commitsOf(store)
      if (leading !== undefined) post(leading.leads())
      else if (claim.held !== undefined) post(takingOver())
    } finally {
      answering = false
    }
  }

  // What is done in this tab.

  const act = (what: Act): Promise<void> => {
    if (ended !== undefined) return Promise.reject(ended)
    foresee(what)
    const { n, done } = pending.add(what)
    submit(n, what, false)
    return done
  }
  /** A pause is to be seen at once, wherever it takes effect. */
  const foresee = (what: Act): void => {
    const { paused } = facts
    if (what.do === 'pause') paused.set(withReason(paused.current, what.reason))
    if (what.do === 'resume') paused.set(withoutReason(paused.current, what.reason))
  }
  const submit = (n: number, what: Act, repeat: boolean): void => {
    if (leading !== undefined) {
      leading.act(n, what, repeat).then(
        () => pending.answered(n),
        (error: unknown) => (isTaken(error) ? undefined : pending.answered(n, error as Error)),
      )
    } else if (leader !== undefined) {
      try {
        post({ type: 'ask', tab: me, n, open: pending.open(), act: what })
      } catch {
        pending.answered(n, refusalIn(following, what, host))
      }
    }
  }

  const end = async (fault: StoreFault): Promise<void> => {
    ended = fault
    pulse.stop()
    await leading?.end()
    claim.release()
    leave()
    channel.close()
    pending.giveUp(fault)
  }

  watchFacts(facts, () => leading?.tellFacts())
  facts.late.subscribe(late => leading?.tellFacts(late))
  channel.listen(message => hear(message as Message))
  try {
    await new Promise<void>((resolve, reject) => {
      opened = { resolve, reject }
      ports.locks
        .request(presence(me), {}, () => {
          follow()
          return new Promise(resolve => (leave = resolve))
        })
        .catch(failed)
      void options.gone?.then(async fault => {
        reject(fault)
        await end(fault)
        const { code, message, fix } = fault
        facts.link.set({ state: 'offline', fault: { code, at: 'store', message, fix } })
      })
    })
  } catch (fault) {
    await end(closedFault())
    throw fault
  }
  opened = undefined

  const { reading } = following.held!
  return createFace({
    ...options,
    replica: reading,
    facts,
    act,
    meet: transport => {
      peers.set(transport, leading?.engine.meet(transport))
      return () => {
        peers.get(transport)?.()
        peers.delete(transport)
      }
    },
    close: async () => {
      await pending.settled()
      if (ended === undefined) await end(closedFault())
      await work
      await store.close()
    },
  }) as Rejoin<S>
}

/** ms after which a tab that could not take over waits for the lock again */
const RETRY = 1_000
