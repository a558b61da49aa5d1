import type { Act } from '../device/act.ts'
import { createEngine, type Engine, type EngineParts } from '../device/engine.ts'
import { loadMemory } from '../replica/load.ts'
import { writing } from '../replica/replica.ts'
import { type Store, StoreFault } from '../store/store.ts'
import { fencedStore, isTaken, takeOver } from './fence.ts'
import type { Following } from './following.ts'
import type { LockPort } from './locks.ts'
import { type Ask, faultData, type Leads, type Message, type Seen } from './message.ts'

/** The one tab that writes: the device as it stands, on a fenced store, telling the others what it commits. */
export interface Leading {
  readonly fence: number
  readonly engine: Engine
  /** an act of this tab; `repeat`: another leader may have done it */
  act(n: number, act: Act, repeat: boolean): Promise<void>
  /** an act of another tab; answers it unless this tab leads no more */
  asked(ask: Ask): void
  leads(): Leads
  /** somebody listens from now on */
  joined(tab: string): void
  tellFacts(late?: readonly string[]): void
  /** ends the session, then lets saves finish */
  end(): Promise<void>
}

export interface LeadingParts extends Omit<EngineParts, 'replica'> {
  readonly me: string
  readonly locks: LockPort
  /** the lock that a tab holds as long as it is */
  readonly presence: (tab: string) => string
  readonly store: Store
  readonly post: (message: Message) => void
  readonly seen: () => Seen
  readonly following: Following
  readonly lost: () => void
}

/** @throws StoreFault where the store cannot be read or written */
export const startLeading = async (parts: LeadingParts): Promise<Leading> => {
  const { store, host, locks, presence, me, post, seen, following } = parts
  const { held } = following
  const hold = await takeOver(store)
  const { fence } = hold
  let ended = false
  const others = new Set<string>()
  // Who followed the one before has not said so to this one yet.
  let perhaps = held !== undefined
  const cancelPerhaps = host.after(PERHAPS, () => {
    perhaps = false
  })
  const ending = new AbortController()
  const heard = (): boolean => perhaps || others.size > 0

  const fenced = fencedStore(store, hold, {
    told: (changes, commits) => {
      if (heard()) post({ type: 'changed', fence, commits, changes })
    },
    lost: parts.lost,
  })
  const known = held !== undefined && held.commits === hold.commits ? held.reading.memory : undefined
  const reading = following.loaded(await loadMemory(fenced, host.random, following.app, known), hold.commits)
  parts.facts.stats.damaged = reading.memory.damaged
  const replica = writing(reading, reading.tell, fenced)
  // What an ended session still tries is no news to anybody.
  const report = (error: unknown): void => {
    if (!ended && !isTaken(error)) host.report(error)
  }
  const engine = createEngine({ ...parts, host: { ...host, report }, replica })

  await engine.look()

  /** A tab holds a lock of its own for as long as it is: who gets it knows that the tab has ended, in whatever way. */
  const joined = (tab: string): void => {
    if (tab === me || others.has(tab)) return
    others.add(tab)
    const gone = async (): Promise<void> => {
      others.delete(tab)
      if (!ended && replica.memory.carried.has(tab))
        await replica.write(draft => draft.carried.set(tab, undefined), 'relaxed')
    }
    locks.request(presence(tab), { signal: ending.signal }, gone).catch((error: unknown) => {
      if (!ended) report(error)
    })
  }
  for (const tab of replica.memory.carried.keys()) joined(tab)

  const act: Leading['act'] = (n, what, repeat) =>
    engine.act(what, draft => !repeat || draft.carried.get(me)?.includes(n) !== true)

  const carry = ({ tab, n, open, act: what }: Ask): Promise<void> =>
    engine.act(what, draft => {
      const done = draft.carried.get(tab) ?? []
      if (done.includes(n)) return false
      draft.carried.set(tab, [...done.filter(each => each >= open), n])
      return true
    })

  return {
    fence,
    engine,
    act,
    asked: ask => {
      const { tab, n } = ask
      joined(tab)
      carry(ask).then(
        () => post({ type: 'answer', tab, n }),
        // The next leader answers.
        (error: unknown) => (isOver(error) ? undefined : post({ type: 'answer', tab, n, fault: faultData(error) })),
      )
    },
    leads: () => ({ type: 'leads', tab: me, fence, now: { commits: fenced.commits, seen: seen() } }),
    joined,
    tellFacts: late => {
      if (heard() && !ended) post({ type: 'facts', fence, seen: seen(), ...(late === undefined ? {} : { late }) })
    },
    end: async () => {
      ended = true
      cancelPerhaps()
      ending.abort()
      engine.stop()
      await replica.idle()
      await fenced.close()
    },
  }
}

/** Another leader will answer. */
const isOver = (error: unknown): boolean => isTaken(error) || (error instanceof StoreFault && error.code === 'gone')

/** ms in which followers of the leader before say hello */
const PERHAPS = 5_000
