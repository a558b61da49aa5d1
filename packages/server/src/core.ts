import { setImmediate } from 'node:timers/promises'
import { type Command, commandsOf, type CustomStrategy, type Hello, type Position, strategiesOf } from '@rejoin/profile'
import { type Committed, type Committer, createCommitter } from './commit/committer.ts'
import { idOf } from './environment/birth.ts'
import { type Environment, loadEnvironment } from './environment/environment.ts'
import { createGrants } from './identity/grants.ts'
import type { Identity } from './identity/identity.ts'
import { createLens } from './live/linked.ts'
import { createListening } from './live/listening.ts'
import { createNews } from './live/news.ts'
import type { CodeRule } from './rules/code-rule.ts'
import { createIndexing } from './scope/indexing.ts'
import type { Fingerprints } from './session/catch-up/fingerprints.ts'
import { createGreeting, type Greeting } from './session/greeting.ts'
import { createRowLists } from './session/row-list.ts'
import { createSession, type Session } from './session/session.ts'
import type { Storage, View } from './storage/storage.ts'
import { noWake, type Wake } from './storage/wake.ts'

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
  /** hears that something was committed, here or by another relay, and not what: nothing more is read for it */
  onNews(listener: () => void): () => void
  /** tells sessions, and the relays beside this one, what was committed past the committer */
  lookAgain(): Promise<void>
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
  /** tells of other relays over the same database; default: there are none */
  readonly wake?: Wake
  readonly identity: Identity
  /** ms since 1970 */
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
  readonly log: (error: unknown) => void
  /** named actions of this application; default: none */
  readonly commands?: readonly Command[]
  /** rules as code, beside those of the settings; default: none */
  readonly rules?: readonly CodeRule[]
  /** ways to settle conflicts of this application, beside those that are always there; default: none */
  readonly strategies?: readonly CustomStrategy[]
  /** lets others have their turn in what takes long; default: the event loop's next turn */
  readonly pause?: () => Promise<void>
}

export const createCore = async ({
  storage,
  wake = noWake,
  identity,
  now,
  random,
  log,
  commands = [],
  rules = [],
  strategies: customs,
  pause = nextTurn,
}: CoreParts): Promise<Core> => {
  const id = await idOf(storage, random)
  const strategies = strategiesOf(customs)
  const load = (): Promise<Environment> => storage.snapshot(view => loadEnvironment(view, strategies))
  let environment = await load()
  let stamp = await storage.snapshot(stampOf)
  const grants = createGrants(storage, random)
  const authority = await grants.own()
  const sessions = new Set<Session>()
  const byDevice = new Map<string, Session>()
  const deviceOf = new Map<Session, string>()
  const listeners = new Set<(committed: Committed) => void>()
  const bells = new Set<() => void>()
  const lens = createLens()
  const fingerprints: Fingerprints = new Map()
  const lists = createRowLists()
  const index = createIndexing(storage)
  const head = (): Promise<Position> => storage.snapshot(async view => view.head)

  const listening = createListening({
    ...{ storage, lens, now, log },
    environment: () => environment,
    alone: job => news.alone(job),
  })
  const deliver = (committed: Committed): Promise<void> | undefined => {
    const telling = listening.deliver(committed)
    for (const listener of listeners) listener(committed)
    for (const listener of bells) listener()
    return telling
  }

  const endSessions = (why: string): void => {
    for (const session of sessions) session.close('busy', why, 'connect again')
  }

  const news = createNews({
    storage,
    known: await head(),
    tables: () => (listeners.size > 0 ? new Set(environment.schema.tables.keys()) : listening.tables()),
    deliver,
    flood: () => {
      for (const session of sessions) void session.catchUpAgain()
    },
    lost: error => {
      log(error)
      endSessions('the relay lost sight of the database')
    },
  })

  const publish = (committed: Committed): Promise<void> | undefined => {
    if (committed.head.rev > committed.from) wake.notify(committed.head.rev)
    return news.tell(committed)
  }

  /** A few at a time, the longest waiting first: comparing reads all of a scope's rows. */
  const waiting = new Set<Session>()
  const compareUnsure = (): void => {
    for (const session of sessions) if (session.unsure) waiting.add(session)
    for (const session of [...waiting].slice(0, COMPARING)) {
      waiting.delete(session)
      if (session.unsure) void session.catchUpAgain()
    }
  }

  const readAgain = async (): Promise<void> => {
    const before = environment
    const present = await load()
    environment = present
    listening.follow(before)
  }
  /** Slow and able to fail, and nobody's rights wait for it: without its index a scope is found all the same. */
  let indexing: Promise<void> = Promise.resolve()
  const indexPresent = (): Promise<void> => {
    indexing = indexing.then(() => index(environment)).catch(log)
    return indexing
  }
  let reading: Promise<void> = Promise.resolve()
  /** One after another: what was read last is what counts. */
  const refresh = (): Promise<void> => {
    const read = reading.then(readAgain)
    reading = read.catch(() => {})
    return read.then(indexPresent)
  }

  const woken = async (): Promise<void> => {
    const found = await storage.snapshot(stampOf)
    if (found !== stamp) {
      stamp = found
      await refresh()
    }
    await news.look()
  }
  let looking: Promise<void> = Promise.resolve()
  let toLook = false
  const stopListening = wake.onWake(() => {
    if (toLook) return
    toLook = true
    looking = looking
      .then(() => {
        toLook = false
        return woken()
      })
      .catch(log)
  })

  await indexPresent()

  const newCommit = (): string => Buffer.from(random(8)).toString('hex')
  const committer = createCommitter({
    storage,
    environment: () => environment,
    commands: commandsOf(commands),
    rules,
    authority,
    now,
    newCommit,
    publish,
    log,
  })
  const greeting = createGreeting({ id, environment: () => environment, identity, grants, head, lens, now })

  return {
    storage,
    committer,
    identity,
    environment: () => environment,
    reload: async () => {
      if (wake !== noWake) {
        stamp = newCommit()
        await storage.commit({}, () => ({ result: undefined, entries: [{ ...STAMP, value: stamp }] }))
        wake.notify(0)
      }
      await refresh()
    },
    connect: line => {
      let asked = environment
      /** Greeted in an environment that changed meanwhile, a device would not hear of the change. */
      const greet = async (hello: Hello): Promise<Greeting> => {
        for (;;) {
          asked = environment
          const greeted = await greeting(hello)
          if (asked === environment) return greeted
        }
      }
      const session = createSession({
        storage,
        committer,
        greet,
        fingerprints,
        lists,
        lens,
        pause,
        now,
        rowCaps: () => environment.settings.rowCaps ?? {},
        send: frame => line.send(frame),
        close: (code, reason) => line.close(code, reason),
        buffered: () => line.buffered(),
        onGreeted: (greeted, device) => {
          const earlier = byDevice.get(device)
          byDevice.set(device, greeted)
          deviceOf.set(greeted, device)
          listening.listen(greeted)
          earlier?.close('replaced', 'another connection of this device took over', 'use that one')
          if (asked !== environment) listening.review(greeted, asked)
        },
        onClosed: closed => {
          sessions.delete(closed)
          listening.listen(closed)
          const device = deviceOf.get(closed)
          deviceOf.delete(closed)
          if (device !== undefined && byDevice.get(device) === closed) byDevice.delete(device)
        },
        log,
      })
      sessions.add(session)
      return session
    },
    sessions: () => [...sessions],
    onCommit: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onNews: listener => {
      bells.add(listener)
      return () => bells.delete(listener)
    },
    lookAgain: async () => {
      wake.notify((await head()).rev)
      await news.look()
    },
    tick: () => {
      for (const session of sessions) session.tick()
      compareUnsure()
      listening.tick()
    },
    close: async () => {
      for (const session of sessions) session.close('busy', 'the relay is stopping', 'come back later')
      stopListening()
      await looking
      await listening.idle()
      await committer.idle()
      await wake.close()
      await storage.close()
    },
  }
}

const nextTurn = (): Promise<void> => setImmediate()

/** Sessions that begin to compare per tick, after rows may have left through another relay. */
const COMPARING = 16

/** Written anew by the relay that changed the environment, so that the others read it again. */
const STAMP = { kind: 'environment', id: 'stamp' }
const stampOf = async (view: View): Promise<unknown> => (await view.entry(STAMP.kind, STAMP.id))?.value
