// The offline replica of a device.
//
//     const rejoin = await openRejoin({ url, token, app: 'field-service', schema })
//     await rejoin.firstSync()
//     const open = rejoin.table('workorder').query({ where: { status: 'open' } })
//     open.subscribe(rows => render(rows))
export { openRejoin, type OpenOptions } from './open.ts'
export { createDevice, type DeviceOptions, type Rejoin } from './device/device.ts'
export type { Stats } from './device/facts.ts'
export { RejoinFault, type RejoinFaultCode, type RejoinFaultParts } from './device/fault.ts'
export { type Host, type Network, newUuid, systemHost } from './device/host.ts'

// tables and queries
export type { TableApi } from './table/table.ts'
export type { SaveOptions } from './table/saving.ts'
export type { Group, GroupTable } from './table/group.ts'
export type { ChangesIn, NewRowIn, RowIn } from './table/typing.ts'
export type { Counted, LiveCount, LiveCounts } from './table/count.ts'
export type { Live } from './table/live.ts'
export type { LiveQuery } from './table/live-query.ts'
export type {
  Include,
  IncludeMany,
  IncludeOne,
  IncludingQuery,
  OrderBy,
  Query,
  ShownRow,
  Where,
} from './table/query.ts'
export type { QueryIn, RowOf } from './table/typing.ts'
export type { LiveRecord } from './table/watch.ts'
export type { Online, OnlinePage, OnlineRow, OnlineRows, OnlineTable } from './online/online.ts'
export type { WhyChange } from './online/why.ts'

// what waits, what was refused, what met a conflict
export type { Outbox, OutboxEntry } from './outbox/outbox.ts'
export type { SendingProgress } from './outbox/sending-progress.ts'
export type { LedgerNote, LedgerView } from './outbox/ledger.ts'
export type { Change, ConflictQuestion } from './outbox/question.ts'

// offline mode
export type { ActionFunction, ActionScreen, AppActions, Placement } from './offline/actions.ts'
export { shownOn, whyAbsent } from './offline/actions.ts'
export type { Available } from './offline/available.ts'
export type { Dialog } from './offline/dialog.ts'
export type { OfflineMode, OfflineState } from './offline/offline-mode.ts'

// ready for offline
export type { Missing, Readiness, WhyMissing } from './readiness/readiness.ts'
export type { LiveReadiness } from './readiness/watch.ts'

// plan ahead
export type { Pin, Selection } from './pins/pin.ts'
export type { Pins } from './pins/pins.ts'

// being brought up to date, and being removed
export type { Sync, SyncState } from './sync/sync.ts'
export type { Due, SyncChoice } from './sync/schedule.ts'
export type { Removal } from './device/facts.ts'

// forms, unsent work as a file, and the life of what is kept
export type { Drafts } from './drafts/drafts.ts'
export type { FormDraft } from './drafts/form-draft.ts'
export type { Cache, UnsentChoice } from './lifetime/cache.ts'
export type { CacheState } from './lifetime/cache-state.ts'
export type { UnsentAction, UnsentWork } from './outbox/unsent.ts'

// room
export type { Loss } from './storage/loss.ts'
export type { FilesKept, Room, StoragePort } from './storage/port.ts'
export { browserStorage } from './storage/browser.ts'
export type { StorageStatus } from './storage/watch.ts'

// watching
export {
  createDerived,
  createSource,
  type Derived,
  type Observable,
  type Source,
  whenever,
} from './observe/observable.ts'
export type { Count, Progress } from './session/progress.ts'
export type { Failure } from './status/failure.ts'
export type { Agreement, NextSync, StatusPage, TableStatus } from './status/page.ts'
export type { Pass } from './status/pass.ts'
export { type Pending, type Status, type StatusFacts, statusOf } from './status/status.ts'
export type { LinkStatus, Token } from './session/link.ts'

// the network as a device needs it
export {
  type Connect,
  connectWebSocket,
  type Socket,
  type SocketHandlers,
  syncUrl,
  type WebSocketLike,
} from './session/socket.ts'

// tabs: several of one program, or several programs, on one store
export type { TabPorts } from './tabs/ports.ts'
export { createLockSpace, type LockPort, type LockSpace } from './tabs/locks.ts'
export { type ChannelPort, type ChannelSpace, createChannelSpace } from './tabs/channel.ts'

// devices side by side
export type { PeerTransport } from './peer/transport.ts'

// store: where a device keeps everything
export { openIndexedDbStore } from './store/indexeddb.ts'
export type { MemoryDisk } from './store/memory.ts'
export { createMemoryDisk, openMemoryStore } from './store/memory.ts'
export type { Shelf, Store, StoreChange, StoreFaultCode, StoreValue } from './store/store.ts'
export { shelves, STORE_VERSION, StoreFault } from './store/store.ts'
