import { type Command, type CustomStrategy, fingerprintText, type SchemaSource, type TableName } from '@rejoin/profile'
import { createDrafts, type Drafts } from '../drafts/drafts.ts'
import { type Cache, createCache, type UnsentChoice } from '../lifetime/cache.ts'
import { createSource, type Observable, type Source, whenever } from '../observe/observable.ts'
import type { AppActions } from '../offline/actions.ts'
import { type Available, createAvailable } from '../offline/available.ts'
import { createOfflineMode, type OfflineMode } from '../offline/offline-mode.ts'
import { createOnline, type Online, type OnlineParts } from '../online/online.ts'
import { refusalIn } from '../online/refusal.ts'
import { createLedger, type LedgerView } from '../outbox/ledger.ts'
import { createOutbox, type Outbox } from '../outbox/outbox.ts'
import type { PeerTransport } from '../peer/transport.ts'
import { createPins, type Pins } from '../pins/pins.ts'
import { appOf } from '../replica/memory.ts'
import { openReplica, type Reading } from '../replica/replica.ts'
import type { LinkStatus, Token } from '../session/link.ts'
import type { Progress } from '../session/progress.ts'
import type { Connect } from '../session/socket.ts'
import type { StatusPage } from '../status/page.ts'
import type { Pass } from '../status/pass.ts'
import type { Status } from '../status/status.ts'
import { watchStatus } from '../status/watch.ts'
import type { StoragePort } from '../storage/port.ts'
import type { StorageStatus } from '../storage/watch.ts'
import type { Store } from '../store/store.ts'
import { createSync, type Sync } from '../sync/sync.ts'
import { type Group, saveGroup } from '../table/group.ts'
import { createIndexes } from '../table/indexes.ts'
import { createTable, type TableApi, type TableParts } from '../table/table.ts'
import { createTurns } from '../table/turns.ts'
import type { Act } from './act.ts'
import { createEngine } from './engine.ts'
import { createFacts, type Facts, pausedAtFirst, type Removal, type Stats } from './facts.ts'
import type { RejoinFault } from './fault.ts'
import { createGuard } from './guard.ts'
import type { Host } from './host.ts'
import { keepInside } from './inside.ts'

/** A device: its store, its outbox, its conversation with a relay. What an app, a test or the simulator holds. */
export interface Rejoin<S extends SchemaSource = SchemaSource> {
  /** 16 hex digits, made once per store */
  readonly id: string
  /**
   * a table of the scope, by its name; asked each time, it costs nothing. Its calls throw `unknown-table` where there
   * is none
   */
  table<T extends TableName<S>>(name: T): TableApi<S, T>
  /**
   * saves several edits that take effect together or not at all (OB13): `group(g => g.table('task').create(...))`
   * @throws RejoinFault of the first that cannot be saved, `too-many` above 100; then none is
   */
  group(build: (group: Group<S>) => void): Promise<void>
  /** what was done here and is not settled: waiting, refused, held, or asked about */
  readonly outbox: Outbox
  /** conflicts that edits of this device met, with both versions */
  readonly ledger: LedgerView
  /** the relay's tables past the device; needs the network */
  readonly online: Online
  /**
   * resolves when every table of the scope is here and agreed on, at once where that was before; connects if need be
   * @throws the reason of `signal`. A sync that fails is tried again, and what keeps it is in `status`
   */
  firstSync(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** the app may be used offline: a first sync has completed once (FS4) */
  readonly ready: boolean
  /** whether there is a conversation with the relay; whether the user wants one is another fact (OM7) */
  readonly link: Observable<LinkStatus>
  /** whether the user wants to work without the network (OM1-OM6) */
  readonly offline: OfflineMode
  /** plan ahead: selections the user added to the download (OM10) */
  readonly pins: Pins
  /** which of an app's actions are there now, and why others are not (OM4, OM5) */
  actions(app: AppActions): Available
  /** what a person sees at a glance, and what to do (ST1-ST3) */
  readonly status: Observable<Status>
  /** everything a status page shows (ST4, ST5) */
  readonly statusPage: Observable<StatusPage>
  /** told once for each pass, for telemetry (ST6); in every tab */
  readonly lastPass: Observable<Pass | undefined>
  /** how far the sync under way has come: tables, rows, bytes, and ms to go */
  readonly progress: Observable<Progress>
  /** whether what is here may be read, and how long (CA1-CA3) */
  readonly cache: Cache
  /** room, whether it is kept, and whether the browser removed what was here */
  readonly storage: Observable<StorageStatus> & { acknowledge(): void }
  /** when and how what is here is brought up to date (DS1, DS10-DS12) */
  readonly sync: Sync
  /** the user was removed from the environment, and everything of his from this device (MB6) */
  readonly removed: Observable<Removal | undefined>
  /** forms saved but not submitted (LW12) */
  readonly drafts: Drafts<S>
  /** withdrawals that came too late: these edits took effect after all (OB10) */
  readonly late: { subscribe(listener: (entries: readonly string[]) => void): () => void }
  /** another device of the same user, over a line the app chose to make, in offline mode too; @returns parts from it */
  meet(transport: PeerTransport): () => void
  /**
   * wants a conversation with the relay, now and again after each loss, as long as nothing says otherwise; returns at
   * once
   */
  connect(): void
  /** wants none any more; saves go on, and wait in the outbox */
  disconnect(): void
  /** per table: what this device holds, comparable with the relay's (DS13) */
  fingerprint(): Readonly<Record<string, { readonly rows: number; readonly fingerprint: string }>>
  /** counts since this device was opened */
  readonly stats: Stats
  /**
   * wipes everything of this user from the device and closes it (SE4)
   * @throws RejoinFault `unsent` where unsent work or drafts would be lost; then he stays signed in
   */
  signOut(options?: UnsentChoice): Promise<void>
  /** ends the session, lets saves finish, closes the store; what is called later rejects with StoreFault `gone` */
  close(): Promise<void>
}

/** A device by its parts: what `openRejoin` puts together, for tests and other platforms. */
export interface DeviceOptions {
  /** where everything is kept; the device closes it */
  readonly store: Store
  /** time, chance and timers */
  readonly host: Host
  /** makes a line to the relay */
  readonly connect: Connect
  /** who the user is, for the relay: a JWT, or how to get a fresh one before each connection */
  readonly token: Token
  /** the app's name: which of the user's profiles is meant */
  readonly app: string
  /** of the app's code: a number that grows with each release, so that an administrator can name the least that may sync */
  readonly release?: number | undefined
  /** the relay's address, for the online API */
  readonly url?: string
  /** for the online API; the global one where absent */
  readonly fetch?: typeof fetch
  /** named actions of this app, the same as its relay has (`defineCommand`) */
  readonly commands?: readonly Command[]
  /**
   * ways of this app to settle conflicts, the same as its relay has. Where the relay's setting names one that is not here,
   * the user sees his own edit until the relay has answered
   */
  readonly strategies?: readonly CustomStrategy[]
  /** what the machine says of its room, and a mark that outlives the store; where absent nothing is watched */
  readonly storage?: StoragePort | undefined
  /** `table/record/column` of each document whose text is on this device, as whoever keeps documents tells it */
  readonly documents?: Observable<ReadonlySet<string>>
  /** entries go by themselves (the default); otherwise on `outbox.resume('manual')` */
  readonly autoSend?: boolean
  /** consecutive edits of one record are one entry as long as they have not left (OB12); default: each is its own */
  readonly consolidate?: boolean
}

/**
 * Opens a device on a store that nobody else has open; does not connect.
 * @throws StoreFault where the store cannot be read, FaultError where commands or strategies are not sound
 */
export const createDevice = async <const S extends SchemaSource = SchemaSource>(
  options: DeviceOptions,
): Promise<Rejoin<S>> => {
  const { store, host } = options
  const replica = await openReplica(store, { random: host.random, report: host.report, app: appOf(options) })
  const facts = createFacts(pausedAtFirst(options), replica.memory.damaged, host.report)
  const engine = createEngine({ ...options, replica, facts })
  await engine.look()
  const close = async (): Promise<void> => {
    engine.stop()
    await replica.idle()
    await store.close()
  }
  return createFace({ ...options, replica, facts, act: engine.act, meet: engine.meet, close }) as Rejoin<S>
}

export interface FaceParts
  extends
    Omit<OnlineParts, 'refusal' | 'after' | 'restoring'>,
    Pick<Rejoin, 'meet' | 'close'>,
    Pick<DeviceOptions, 'documents'> {
  readonly replica: Reading
  readonly facts: Facts
  readonly store: Store
  readonly act: (act: Act) => Promise<void>
  readonly host: Host
}

/** What an app holds of a device: reads what is here, and has what it wants done where the device is written. */
export const createFace = ({
  replica: held,
  facts,
  store,
  act: perform,
  host,
  meet,
  close: end,
  documents,
  ...online
}: FaceParts): Rejoin => {
  const { report } = host
  const turns = createTurns(host)
  const close = (): Promise<void> => {
    turns.end()
    return end()
  }
  const { link, progress, cache, late, stats } = facts
  const { screen: replica, paused, act } = createGuard({ held, facts, token: online.token, act: perform, report })
  const indexes = createIndexes(replica)
  const outbox = createOutbox({ replica, act, paused, host })
  // No network is no network, whoever looks: offline mode holds behind the screen, too.
  const refusal = (): RejoinFault | undefined => refusalIn(held, link.current)
  const asked = createOnline({ ...online, after: host.after, refusal, restoring: { replica, act } })
  const pins = createPins({ replica, act, online: asked, host })
  const offline = createOfflineMode({ replica, act, link, cache, also: pins.refresh, report })
  const { status, page } = watchStatus({ replica, facts, outbox, offline, report })
  const kept = createCache({ state: cache, act, close })
  const whenReady = (signal?: { readonly signal?: AbortSignal }): Promise<unknown> => readiness(replica, report, signal)
  const parts: TableParts = { replica, indexes, turns, act, host, outbox, whenReady, now: host.now, documents, report }
  const turn = (what: Act): void => void act(what).catch(report)
  const face = {
    get id() {
      return replica.memory.meta.device
    },
    table: name => createTable(parts, name),
    group: build => saveGroup(parts, build),
    outbox,
    ledger: createLedger(replica, act, report),
    online: asked,
    pins,
    firstSync: async wait => {
      turn({ do: 'connect' })
      await whenReady(wait)
    },
    get ready() {
      return replica.memory.meta.ready
    },
    link,
    status,
    statusPage: page,
    lastPass: facts.lastPass,
    offline,
    actions: app => createAvailable(app, offline, report),
    progress,
    cache: kept,
    storage: {
      get current() {
        return facts.storage.current
      },
      subscribe: facts.storage.subscribe,
      acknowledge: () => turn({ do: 'acknowledge loss' }),
    },
    sync: createSync({ replica, act, host }),
    removed: facts.removed,
    drafts: createDrafts({ replica, act, host }),
    late,
    meet: transport => (replica.drawn ? () => {} : meet(transport)),
    connect: () => turn({ do: 'connect' }),
    disconnect: () => turn({ do: 'disconnect' }),
    fingerprint: () => fingerprints(replica),
    stats,
    signOut: kept.reset,
    close,
  } as Rejoin
  keepInside(face, { replica, facts, store, now: host.now })
  return face
}

const readiness = async (
  replica: Reading,
  report: (error: unknown) => void,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> => {
  const ready: Source<boolean> = createSource(replica.memory.meta.ready, report)
  const stop = replica.touched.subscribe(({ state }) => {
    if (state) ready.set(replica.memory.meta.ready)
  })
  try {
    await whenever(ready, Boolean, options)
  } finally {
    stop()
  }
}

const fingerprints = (replica: Reading): ReturnType<Rejoin['fingerprint']> =>
  Object.fromEntries(
    (replica.grant?.tables ?? []).map(({ table }) => {
      const sum = replica.fingerprint(table)
      return [table, { rows: sum.rows, fingerprint: fingerprintText(sum) }]
    }),
  )
