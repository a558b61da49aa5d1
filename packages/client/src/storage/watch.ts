import type { Plan } from '@rejoin/profile'
import type { Host } from '../device/host.ts'
import type { Source } from '../observe/observable.ts'
import { isUnsent } from '../outbox/unsent.ts'
import type { Replica } from '../replica/replica.ts'
import type { StoreFault } from '../store/store.ts'
import { type Loss, lossIn, type Mark, readMark } from './loss.ts'
import { roomFor } from './need.ts'
import type { FilesKept, Room, StoragePort } from './port.ts'

/** How a device's storage stands. Plain data. */
export interface StorageStatus {
  /** bytes of the whole site, as far as the machine says */
  readonly room?: Room
  /** documents and files beside the store, as of the last pass; undefined where nobody says that there are any */
  readonly files?: FilesKept
  /** whether the machine keeps it when it needs room; undefined before it was asked, or where it cannot be */
  readonly persisted?: boolean
  /** nothing outlives this page: the browser keeps no data of the site, and what is not sent is lost with it */
  readonly durability?: 'none'
  /** the browser removed what was here before: to be told until it is acknowledged */
  readonly lost?: Loss
}

export interface StorageWatch {
  /** measures again. Never rejects. */
  measure(): Promise<void>
  /** asks for what a download needs: to be kept, and room (FS7). @returns why it must not begin */
  prepare(plan: Plan): Promise<StoreFault | undefined>
  /** the loss was told */
  acknowledge(): void
  /** the store is about to be wiped on purpose: its absence will be no loss */
  forget(): void
  /** writes down what is here now */
  note(): void
  stop(): void
}

export interface StorageParts {
  readonly storage: StoragePort | undefined
  readonly replica: Replica
  readonly host: Host
  readonly status: Source<StorageStatus>
  readonly weigh: () => { readonly rows: number; readonly bytes: number }
}

/** ms in which changes of the outbox are written down once */
const SOON = 1_000

export const watchStorage = ({ storage, replica, host, status, weigh }: StorageParts): StorageWatch => {
  let cancel: (() => void) | undefined
  /** A mark is worth less than what it marks: a port that fails after all costs no device. */
  const tried = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch (error) {
      host.report(error)
      return undefined
    }
  }
  const write = (text: string | undefined): void => tried(() => storage?.writeMark(text))
  let lost = lossIn(readMark(tried(() => storage?.readMark())), replica.memory.meta.device)

  const note = (): void => {
    cancel?.()
    cancel = undefined
    const unsent = [...replica.memory.entries.values()].filter(isUnsent).length
    const mark: Mark = {
      device: replica.memory.meta.device,
      unsent,
      at: host.now(),
      ...(lost === undefined ? {} : { lost }),
    }
    write(JSON.stringify(mark))
  }
  const tell = (part: Partial<StorageStatus>): void => {
    const { lost: _, ...rest } = { ...status.current, ...part }
    status.set({ ...rest, ...(lost === undefined ? {} : { lost }) })
  }
  const measure = async (): Promise<void> => {
    const [room, files] = await Promise.all([storage?.estimate(), storage?.files?.()])
    if (room !== undefined || files !== undefined)
      tell({ ...(room === undefined ? {} : { room }), ...(files === undefined ? {} : { files }) })
  }
  const unsubscribe = replica.touched.subscribe(({ outbox }) => {
    if (outbox && storage !== undefined) cancel ??= host.after(SOON, note)
  })
  if (storage !== undefined) note()
  if (lost !== undefined) tell({})
  if (storage?.durability !== undefined) tell({ durability: storage.durability })

  return {
    measure,
    prepare: async plan => {
      if (storage === undefined) return undefined
      // A browser may ask its user: nobody waits for that.
      if (status.current.persisted !== true) void storage.persist().then(persisted => tell({ persisted }))
      await measure()
      return roomFor(plan, weigh(), status.current.room)
    },
    acknowledge: () => {
      lost = undefined
      note()
      tell({})
    },
    forget: () => {
      cancel?.()
      write(undefined)
    },
    note,
    stop: () => {
      unsubscribe()
      if (cancel !== undefined) note()
    },
  }
}
