import { fingerprintText, type SchemaSource, type TableName } from '@rejoin/profile'
import { createListeners, createSource, type Observable, type Source, whenever } from '../observe/observable.ts'
import { createOnline, type Online } from '../online/online.ts'
import { createLedger, type LedgerView } from '../outbox/ledger.ts'
import { createOutbox, type Outbox } from '../outbox/outbox.ts'
import { createPeer } from '../peer/peer.ts'
import type { PeerTransport } from '../peer/transport.ts'
import type { Pen } from '../replica/recording.ts'
import { openReplica, type Replica } from '../replica/replica.ts'
import type { SessionEvent } from '../session/events.ts'
import { createLink, type Status, type Token } from '../session/link.ts'
import { progressAfter } from '../session/progress-after.ts'
import { connecting, idle, type Progress } from '../session/progress.ts'
import { createSession } from '../session/session.ts'
import type { Connect } from '../session/socket.ts'
import type { Store } from '../store/store.ts'
import { type Group, saveGroup } from '../table/group.ts'
import { createTable, type TableApi, type TableParts } from '../table/table.ts'
import { type Host, newUuid } from './host.ts'

/** A device: its store, its outbox, its conversation with a relay. What an app, a test or the simulator holds. */
export interface Rejoin<S extends SchemaSource = SchemaSource> {
  /** 16 hex digits, made once per store */
  readonly id: string
  table<T extends TableName<S>>(name: T): TableApi<S, T>
  /** edits that take effect together or not at all (OB13) */
  group(build: (group: Group<S>) => void): Promise<void>
  readonly outbox: Outbox
  readonly ledger: LedgerView
  readonly online: Online
  /** resolves when every table of the scope is here and agreed on; connects if need be */
  firstSync(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** the app may be used offline: a first sync has completed once (FS4) */
  readonly ready: boolean
  readonly status: Observable<Status>
  readonly progress: Observable<Progress>
  /** withdrawals that came too late: these edits took effect after all (OB10) */
  readonly late: { subscribe(listener: (entries: readonly string[]) => void): () => void }
  /** another device of the same user, over any line; @returns parts from it */
  meet(transport: PeerTransport): () => void
  connect(): void
  disconnect(): void
  /** per table: what this device holds, comparable with the relay's (DS13) */
  fingerprint(): Readonly<Record<string, { readonly rows: number; readonly fingerprint: string }>>
  readonly stats: Stats
  /** ends the session, lets saves finish, closes the store */
  close(): Promise<void>
}

export interface Stats {
  /** rows found unreadable at opening */
  readonly damaged: number
  /** rows that differed from the relay's and were put right */
  readonly repaired: number
  /** bytes */
  readonly sent: number
  readonly received: number
}

export interface DeviceOptions {
  readonly store: Store
  readonly host: Host
  /** makes a line to the relay */
  readonly connect: Connect
  readonly token: Token
  readonly app: string
  /** the relay's address, for the online API */
  readonly url?: string
  readonly fetch?: typeof fetch
  /** entries go by themselves (the default); otherwise on `outbox.resume('manual')` */
  readonly autoSend?: boolean
}

/** @throws StoreFault where the store cannot be read */
export const createDevice = async <const S extends SchemaSource = SchemaSource>(
  options: DeviceOptions,
): Promise<Rejoin<S>> => {
  const { store, host } = options
  const report = host.report
  const replica = await openReplica(store, { random: host.random, report })
  const status = createSource<Status>({ link: 'offline' }, report)
  const progress = createSource<Progress>(idle, report)
  const paused = createSource<readonly string[]>(options.autoSend === false ? ['manual'] : [], report)
  const late = createListeners<readonly string[]>(report)
  const stats = { damaged: replica.memory.damaged, repaired: 0, sent: 0, received: 0 }
  const pen: Pen = {
    now: host.now,
    newId: () => newUuid(host),
    leaving: () => status.current.link === 'live' && paused.current.length === 0,
  }

  /** bytes that sessions before this one received */
  let before = 0
  const told = (event: SessionEvent): void => {
    progress.set(progressAfter(progress.current, event, replica.memory.tables, host.now(), stats.received - before))
    if (event.type === 'late') late.tell(event.entries.map(({ edit }) => edit.id))
    if (event.type === 'repaired') stats.repaired += event.rows
    if (event.type === 'failed') report(event.error)
  }
  const link = createLink({
    connect: options.connect,
    token: options.token,
    host,
    session: line => {
      before = stats.received
      progress.set(connecting(progress.current))
      return createSession({
        ...line,
        replica,
        pen,
        host,
        app: options.app,
        sending: () => paused.current.length === 0,
      })
    },
    status: status.set,
    told,
    received: bytes => void (stats.received += bytes),
    sent: bytes => void (stats.sent += bytes),
  })
  const wake = (): void => link.session?.wake()
  const outbox = createOutbox({ replica, pen, paused, wake, report })
  const whenReady = (signal?: { readonly signal?: AbortSignal }): Promise<unknown> => readiness(replica, report, signal)
  const parts: TableParts = { replica, pen, host, outbox, saved: wake, whenReady, now: host.now, report }

  const device: Rejoin = {
    id: replica.memory.meta.device,
    table: name => createTable(parts, name),
    group: build => saveGroup(parts, build),
    outbox,
    ledger: createLedger(replica, pen, wake, report),
    online: createOnline(options),
    firstSync: async wait => {
      link.start()
      await whenReady(wait)
    },
    get ready() {
      return replica.memory.meta.ready
    },
    status,
    progress,
    late,
    meet: transport =>
      createPeer({ replica, pen, transport, beingTold: () => status.current.link === 'catching-up', report }).stop,
    connect: link.start,
    disconnect: link.stop,
    fingerprint: () => fingerprints(replica),
    stats,
    close: async () => {
      link.stop()
      await replica.idle()
      await store.close()
    },
  }
  return device as unknown as Rejoin<S>
}

const readiness = async (
  replica: Replica,
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

const fingerprints = (replica: Replica): ReturnType<Rejoin['fingerprint']> =>
  Object.fromEntries(
    (replica.grant?.tables ?? []).map(({ table }) => {
      const sum = replica.fingerprint(table)
      return [table, { rows: sum.rows, fingerprint: fingerprintText(sum) }]
    }),
  )
