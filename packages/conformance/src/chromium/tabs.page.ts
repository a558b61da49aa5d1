// Runs in the browser: one tab of an app, driven by the test.
import { openIndexedDbStore, openRejoin, type Rejoin, RejoinFault, StoreFault, type TabPorts } from '@rejoin/client'

/** What the test calls in a tab. */
export interface TabsPage {
  /** resolves with ms it took; rejects with the code of the fault */
  open(options: { readonly url: string; readonly token: string; readonly newer?: boolean }): Promise<number>
  firstSync(): Promise<void>
  /** creates a job with a note of so many characters; resolves with ms it took */
  save(id: string, note?: number): Promise<number>
  /** creates job after job and tells `claim` of each that was saved, until the tab ends */
  work(prefix: string): void
  /** whether this tab holds the lock */
  leads(): boolean
  state(): {
    readonly link: string
    readonly fault?: string
    /** what a person is told */
    readonly status: string
    readonly ready: boolean
    readonly outbox: readonly string[]
    readonly jobs: readonly string[]
  }
  /** how often this database was taken over, read past the client: even a wipe keeps it */
  fence(): Promise<number>
  connect(wanted: boolean): void
  close(): Promise<void>
}

declare global {
  var tabsPage: TabsPage
  /** the test's ear */
  var claim: (id: string) => Promise<void>
}

const NAME = 'tabs'
const LOCK = `rejoin:${NAME}`
let rejoin: Rejoin | undefined
let leads = false

/** The browser's own, listened to: which tab leads is nobody's business but the test's. */
const ports: TabPorts = {
  locks: {
    request: async (name, options, held) => {
      try {
        await navigator.locks.request(name, options, () => {
          if (name === LOCK) leads = true
          return held()
        })
      } finally {
        if (name === LOCK) leads = false
      }
    },
  },
  channel: name => {
    const channel = new BroadcastChannel(name)
    return {
      post: message => channel.postMessage(message),
      listen: listener => {
        channel.onmessage = event => listener(event.data)
      },
      close: () => channel.close(),
    }
  },
}

/** What a program of the next version opens. */
const newerFactory = (): IDBFactory =>
  ({ open: (name: string, version = 1) => indexedDB.open(name, version + 1) }) as unknown as IDBFactory

const opened = (): Rejoin => {
  if (rejoin === undefined) throw new Error('not opened')
  return rejoin
}
const told = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof StoreFault || error instanceof RejoinFault) {
      throw new Error(`${error.code}: ${error.message}`, { cause: error })
    }
    throw error
  }
}
const create = (id: string, note = 0): Promise<string> =>
  opened()
    .table('job')
    .create({ jobid: id, name: id, counter: 1, ...(note === 0 ? {} : { note: noise(note) }) } as never)

/** What cannot be compressed: browsers try. */
const noise = (length: number): string => {
  const pieces: string[] = []
  for (let at = 0; at < length; at += 65_536)
    pieces.push(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(65_536)).map(byte => 32 + (byte % 90))))
  return pieces.join('').slice(0, length)
}

globalThis.tabsPage = {
  open: async ({ url, token, newer }) => {
    const began = performance.now()
    const options = { url, token, app: 'tabs', name: NAME, tabs: ports }
    const store = newer === true ? await told(openIndexedDbStore({ name: NAME, indexedDB: newerFactory() })) : undefined
    rejoin = await told(openRejoin({ ...options, ...(store === undefined ? {} : { store }) }))
    return performance.now() - began
  },
  firstSync: () => opened().firstSync(),
  save: async (id, note) => {
    const began = performance.now()
    await told(create(id, note))
    return performance.now() - began
  },
  work: prefix => {
    const on = async (): Promise<void> => {
      for (let n = 0; ; n++) {
        const id = `${prefix}-${n}`
        await create(id)
        await claim(id)
      }
    }
    // Closed under its hands: that is what closing is.
    on().catch((error: unknown) => {
      if (!(error instanceof StoreFault && error.code === 'gone')) throw error
    })
  },
  leads: () => leads,
  state: () => {
    const { link, outbox, status, ready } = opened()
    const { state, fault } = link.current
    return {
      link: state,
      ...(fault === undefined ? {} : { fault: fault.code }),
      status: status.current.description,
      ready,
      outbox: outbox.current.map(({ record }) => record),
      jobs: opened()
        .table('job')
        .query()
        .current.map(row => String(row['jobid'])),
    }
  },
  fence: async () => {
    const store = await openIndexedDbStore({ name: NAME })
    const fence = await store.get('meta', '~fence')
    await store.close()
    return Number(fence)
  },
  connect: wanted => (wanted ? opened().connect() : opened().disconnect()),
  close: () => opened().close(),
}
