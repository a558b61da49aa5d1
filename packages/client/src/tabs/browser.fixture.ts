import { confirmed, openScript, schema } from '../device/device.fixture.ts'
import type { Rejoin } from '../device/device.ts'
import type { Host } from '../device/host.ts'
import type { Connect } from '../session/socket.ts'
import { createMemoryDisk } from '../store/memory.ts'
import { shelves, type Store, type StoreChange } from '../store/store.ts'
import { type ChannelPort, createChannelSpace } from './channel.ts'
import { FENCE } from './fence.ts'
import { createLockSpace, type LockPort } from './locks.ts'
import { openTab } from './tab.ts'

/**
 * A browser whose tabs, clock and disk are in the test's hands. What reaches a tab (timers, messages, locks, the
 * store's answers) waits while it is frozen and is lost when it has crashed; what it had begun at the disk goes on.
 * A drowsy tab is frozen as Chromium freezes pages: it hears what other tabs say, and neither clock nor store.
 */
export interface Browser {
  open(options?: TabChoice): Promise<Tab>
  /** begins to open; the tab may be frozen or crashed meanwhile */
  begin(options?: TabChoice): Beginning
  /** moves the clock and runs what is due */
  pass(ms: number): Promise<void>
  /** moves the clock until it is settled, `most` ms at most. @returns ms it took */
  until(work: Promise<unknown>, most?: number): Promise<number>
  /** the tab of each commit that took effect, in order; `over` where it took over */
  readonly commits: readonly { readonly tab: number; readonly over: boolean }[]
  /** the disk beside all tabs */
  readonly disk: Store
  readonly errors: unknown[]
  readonly now: number
}

export interface TabChoice {
  readonly wanted?: boolean
  readonly connect?: Connect
  readonly token?: string
}

export interface Beginning {
  readonly tab: Promise<Tab>
  crash(): void
  freeze(): void
}

export interface Tab {
  readonly number: number
  readonly rejoin: Rejoin<typeof schema>
  /** gone without a word */
  crash(): void
  freeze(how?: 'frozen' | 'drowsy'): void
  thaw(): void
  close(): Promise<void>
}

export interface BrowserParts {
  /** opens the one disk, as often as asked */
  readonly openStore: () => Promise<Store>
  /** ms the disk takes; 0 by default */
  readonly delay?: () => number
}

const nowhere: Connect = () => ({ send: () => {}, close: () => {} })

export const createBrowser = async ({ openStore, delay = () => 0 }: BrowserParts): Promise<Browser> => {
  const locks = createLockSpace()
  const air = createChannelSpace()
  const commits: { readonly tab: number; readonly over: boolean }[] = []
  const errors: unknown[] = []
  let now = 1_700_000_000_000
  let timers: { readonly at: number; readonly run: () => void }[] = []
  let atDisk = 0
  let opened = 0
  let chance = 1
  const disk = await openStore()

  const after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: now + ms, run }
    timers.push(timer)
    return () => {
      timers = timers.filter(each => each !== timer)
    }
  }
  const settle = async (): Promise<void> => {
    do await new Promise(resolve => setImmediate(resolve))
    while (atDisk > 0)
  }
  const step = async (to: number): Promise<void> => {
    await settle()
    const next = Math.min(to, ...timers.map(({ at }) => at))
    now = Math.max(now, next)
    const due = timers.filter(({ at }) => at <= now)
    timers = timers.filter(({ at }) => at > now)
    for (const { run } of due) run()
    await settle()
  }

  const begin: Browser['begin'] = ({ wanted = false, connect = nowhere, token = 'token' } = {}) => {
    const number = opened++
    const mine = locks.enter()
    const channels: ChannelPort[] = []
    let state: 'alive' | 'frozen' | 'drowsy' | 'dead' = 'alive'
    let held: (() => void)[] = []
    const inbound = (run: () => void): void => {
      if (state === 'alive') run()
      else if (state !== 'dead') held.push(run)
    }
    const overheard = (run: () => void): void => (state === 'drowsy' ? run() : inbound(run))
    const reaching = <T>(work: Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        work.then(
          value => inbound(() => resolve(value)),
          (error: unknown) => inbound(() => reject(error as Error)),
        )
      })

    let last: Promise<unknown> = Promise.resolve()
    const store = (inner: Store): Store => {
      const call = <T>(work: () => Promise<T>): Promise<T> => {
        const run = async (): Promise<T> => {
          const wait = delay()
          if (wait > 0) await new Promise<void>(resolve => after(wait, resolve))
          if (state === 'dead') return new Promise(() => {})
          atDisk++
          try {
            return await work()
          } finally {
            atDisk--
          }
        }
        const result = last.then(run)
        last = result.catch(() => {})
        return reaching(result.then(async value => (await late(), value)))
      }
      const late = async (): Promise<void> => {
        const wait = delay()
        if (wait > 0) await new Promise<void>(resolve => after(wait, resolve))
      }
      return {
        get: (shelf, key) => call(() => inner.get(shelf, key)),
        scan: (shelf, range) => call(() => inner.scan(shelf, range)),
        commit: (changes: readonly StoreChange[], durability) =>
          call(async () => {
            await inner.commit(changes, durability)
            commits.push({ tab: number, over: changes.some(each => 'put' in each && each.key === FENCE) })
          }),
        close: () => call(() => inner.close()),
      }
    }
    const host: Host = {
      now: () => now,
      random: length => Uint8Array.from({ length }, () => (chance = (chance * 48_271) % 2_147_483_647) & 0xff),
      after: (ms, run) => after(ms, () => inbound(run)),
      report: error => void errors.push(error),
    }
    const lockPort: LockPort = {
      request: (name, options, run) =>
        reaching(mine.request(name, options, () => reaching(Promise.resolve()).then(run))),
    }
    const channel = (name: string): ChannelPort => {
      const port = air.open(name)
      channels.push(port)
      return {
        post: message => {
          if (state !== 'dead') port.post(message)
        },
        listen: listener => port.listen(message => overheard(() => listener(message))),
        close: port.close,
      }
    }
    const crash = (): void => {
      state = 'dead'
      held = []
      mine.leave()
      for (const port of channels) port.close()
    }
    const freeze: Tab['freeze'] = (how = 'frozen') => {
      if (state === 'alive') state = how
    }
    const tab = openStore()
      .then(inner =>
        openTab<typeof schema>({
          store: store(inner),
          host,
          ports: { locks: lockPort, channel },
          name: 'test',
          wanted,
          connect,
          token,
          app: 'test',
        }),
      )
      .then((rejoin): Tab => ({
        number,
        rejoin,
        crash,
        freeze,
        thaw: () => {
          if (state !== 'frozen' && state !== 'drowsy') return
          state = 'alive'
          const all = held
          held = []
          for (const run of all) inbound(run)
        },
        close: () => rejoin.close(),
      }))
    return { tab, crash, freeze }
  }

  const until: Browser['until'] = async (work, most = 60_000) => {
    const began = now
    let done = false
    const end = (): void => {
      done = true
    }
    work.then(end, end)
    await settle()
    while (!done && now < began + most) await step(began + most)
    if (!done) throw new Error(`not settled within ${most} ms`)
    return now - began
  }

  return {
    begin,
    open: async options => {
      const { tab } = begin(options)
      await until(tab)
      return tab
    },
    pass: async ms => {
      const end = now + ms
      while (now < end) await step(end)
    },
    until,
    commits,
    disk,
    errors,
    get now() {
      return now
    },
  }
}

/** Opens a disk on which a first sync has been: record A, granted tables, client ids. */
export const syncedDisk = async (openStore: () => Promise<Store>): Promise<void> => {
  const once = createMemoryDisk()
  const script = await openScript(once)
  await script.greet({ A: confirmed('A', 5, { title: 'pump', hours: 2 }) })
  await script.device.close()
  const [from, to] = [once.open(), await openStore()]
  for (const shelf of shelves) {
    const entries = await from.scan(shelf)
    await to.commit(entries.map(([key, value]) => ({ put: shelf, key, value })))
  }
  await to.close()
}

export const memoryBrowser = async (delay?: () => number): Promise<Browser> => {
  const disk = createMemoryDisk({ shared: true })
  const openStore = async (): Promise<Store> => disk.open()
  await syncedDisk(openStore)
  return createBrowser({ openStore, ...(delay === undefined ? {} : { delay }) })
}
