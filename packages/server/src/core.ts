import type { Hello, Position } from '@rejoin/profile'
import { type Committed, type Committer, createCommitter } from './commit/committer.ts'
import { type Environment, loadEnvironment } from './environment/environment.ts'
import { createGrants } from './identity/grants.ts'
import type { Identity } from './identity/identity.ts'
import { createFanOut } from './live/live.ts'
import type { FingerprintCache } from './session/catch-up.ts'
import { createGreeting } from './session/greeting.ts'
import { createSession, type Session } from './session/session.ts'
import type { Storage } from './storage/storage.ts'

/**
 * The relay without sockets, clock or randomness: sessions over one committer over one storage. `relay.ts` mounts it
 * in a Hono app; the simulator drives it directly.
 */
export interface Core {
  readonly storage: Storage
  readonly committer: Committer
  readonly identity: Identity
  environment(): Environment
  /** reads the environment's entries again and ends sessions whose scope may have changed */
  reload(): Promise<void>
  connect(line: Line): Session
  sessions(): readonly Session[]
  /** hears of every commit, in order */
  onCommit(listener: (committed: Committed) => void): () => void
  tick(): void
  close(): Promise<void>
}

/** The other end of a session: a socket, or a held queue in tests. */
export interface Line {
  send(frame: Uint8Array): void
  close(code: number, reason: string): void
  buffered(): number
}

export interface CoreParts {
  readonly storage: Storage
  readonly identity: Identity
  /** ms since 1970 */
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
  readonly log: (error: unknown) => void
}

export const createCore = async ({ storage, identity, now, random, log }: CoreParts): Promise<Core> => {
  let environment = await storage.snapshot(loadEnvironment)
  const grants = createGrants(storage, random)
  const authority = await grants.own()
  const sessions = new Set<Session>()
  const byDevice = new Map<string, Session>()
  const listeners = new Set<(committed: Committed) => void>()
  const fingerprints: FingerprintCache = new Map()
  const head = (): Promise<Position> => storage.snapshot(async (view) => view.head)

  const publish = (committed: Committed): void => {
    const frame = createFanOut(committed)
    for (const session of sessions) session.publish(committed, ({ scope, scopeClass }) => frame(scope, scopeClass))
    for (const listener of listeners) listener(committed)
  }

  const newCommit = (): string => Buffer.from(random(8)).toString('hex')
  const committer = createCommitter({ storage, environment: () => environment, authority, now, newCommit, publish })
  const greet = createGreeting({ environment: () => environment, identity, grants, head, now })

  return {
    storage,
    committer,
    identity,
    environment: () => environment,
    reload: async () => {
      environment = await storage.snapshot(loadEnvironment)
      fingerprints.clear()
      for (const session of sessions) session.close('busy', 'the environment has changed', 'connect again')
    },
    connect: (line) => {
      const session = createSession({
        storage,
        committer,
        greet: (hello: Hello) => greet(hello),
        fingerprints,
        now,
        send: (frame) => line.send(frame),
        close: (code, reason) => line.close(code, reason),
        buffered: () => line.buffered(),
        onGreeted: (greeted, device) => {
          const earlier = byDevice.get(device)
          byDevice.set(device, greeted)
          earlier?.close('replaced', 'another connection of this device took over', 'use that one')
        },
        onClosed: (closed) => {
          sessions.delete(closed)
          const device = [...byDevice].find(([, session]) => session === closed)?.[0]
          if (device !== undefined) byDevice.delete(device)
        },
        log,
      })
      sessions.add(session)
      return session
    },
    sessions: () => [...sessions],
    onCommit: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tick: () => {
      for (const session of sessions) session.tick()
    },
    close: async () => {
      for (const session of sessions) session.close('busy', 'the relay is stopping', 'come back later')
      await committer.idle()
      await storage.close()
    },
  }
}

