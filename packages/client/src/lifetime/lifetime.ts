import { CACHE_HOURS } from '@rejoin/profile'
import type { Host } from '../device/host.ts'
import type { Source } from '../observe/observable.ts'
import type { Draft } from '../replica/draft.ts'
import type { Meta } from '../replica/memory.ts'
import type { Replica } from '../replica/replica.ts'
import { endGrace, nextGraceEnd } from '../replica/rows.ts'
import { cacheAt, type CacheState, nextTurn } from './cache-state.ts'
import { isLookDue, looked } from './freshness.ts'

/** Looks at the clock when something may be due, and seals the cache when its time is over. */
export interface Lifetime {
  /** resolves when what it found is durable. @param ran ms that passed at least since the last look */
  look(ran?: number): Promise<void>
  stop(): void
}

export interface LifetimeParts {
  readonly replica: Replica
  readonly host: Host
  readonly cache: Source<CacheState>
}

/** ms between looks at most: a machine that slept, or a clock that was set, is noticed by then */
const SELDOM = 10 * 60_000

export const createLifetime = ({ replica, host, cache }: LifetimeParts): Lifetime => {
  let cancel = (): void => {}
  let stopped = false

  const look = async (ran = 0): Promise<void> => {
    const now = host.now()
    if (isDue(replica.memory.meta, now, ran)) await replica.write(draft => keepLook(draft, now, ran), 'relaxed')
    const graceEnd = nextGraceEnd(replica.memory)
    if (graceEnd !== undefined && graceEnd <= now)
      await replica.write(draft => endGrace(draft, replica.memory.authored.keys(), now), 'relaxed')
    const state = stateOf(replica.memory.meta, now)
    if (!isSame(cache.current, state)) cache.set(state)
    cancel()
    const turn = nextTurn(state, now)
    if (stopped || turn === undefined) return
    const wait = Math.max(0, Math.min(turn, SELDOM, (nextGraceEnd(replica.memory) ?? Infinity) - now))
    cancel = host.after(wait, () => void look(wait).catch(host.report))
  }

  return {
    look,
    stop: () => {
      stopped = true
      cancel()
    },
  }
}

const stateOf = (meta: Meta, now: number): CacheState => cacheAt(meta, meta.grant?.cacheHours ?? CACHE_HOURS, now)

/** Judged on what is decided by now: a refresh may have come in between. */
const keepLook = (draft: Draft, now: number, ran: number): void => {
  const { fresh } = draft.meta()
  if (fresh !== undefined) draft.setMeta({ fresh: looked(fresh, now, ran) })
  if (stateOf(draft.meta(), now).state === 'expired') draft.setMeta({ sealed: true })
}

const isDue = (meta: Meta, now: number, ran: number): boolean => {
  if (!meta.ready || meta.sealed === true) return false
  return meta.fresh === undefined || isLookDue(meta.fresh, now, ran) || stateOf(meta, now).state === 'expired'
}

const isSame = (a: CacheState, b: CacheState): boolean => JSON.stringify(a) === JSON.stringify(b)
