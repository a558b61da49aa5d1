// A device in React. Everything drawn at once is of one moment, and nothing is drawn again for what has not changed.
//
//     const { useQuery } = hooksFor<typeof schema>()
//     const Open = () => useQuery('workorder', { where: { status: 'open' } }).map(row => <li key={row.id}>{row.title}</li>)
//     root.render(<RejoinProvider rejoin={rejoin}><Open /></RejoinProvider>)
export { RejoinProvider, type RejoinProviderProps, useRejoin } from './context.ts'

// tables
export { hooksFor, type TableHooks, useQuery, useRecord, useSuspenseQuery } from './records.ts'
export { useCount, useCountBy, useReady, useReadyAll } from './records.ts'

// the device
export { type ActionNow, type OfflineModeNow, useAction, useOfflineMode } from './device.ts'
export { useOutbox, useProgress, useStatus } from './device.ts'

// anything else that can be watched
export { useObservable } from './observable.ts'
