/**
 * The app's own resources, kept by its service worker: once they are here the app opens with no network from the first
 * byte (FS8). A version is kept whole or not at all; the one before serves until its last page is gone.
 *
 *     // sw.ts
 *     import { keepApp } from '@rejoin/client/service-worker'
 *     keepApp(self, { version: '7', resources: ['/', '/app.js', '/app.css'] })
 */
export interface AppResources {
  /** changes with every release */
  readonly version: string
  /** paths of everything the app needs to open; the first answers every navigation */
  readonly resources: readonly [page: string, ...others: string[]]
}

/** The part of a service worker this needs: `self` in one. */
export interface WorkerScope {
  /** where the resources are kept */
  readonly caches: CacheStorage
  /** only its own origin is answered for */
  readonly location: { readonly origin: string }
  /** hears each step and each request */
  addEventListener(type: 'install' | 'activate', listener: (event: WorkerEvent) => void): void
  addEventListener(type: 'fetch', listener: (event: FetchEventLike) => void): void
}

/** A step in the worker's life. */
export interface WorkerEvent {
  /** not over before this settles; fails where it rejects */
  waitUntil(work: Promise<unknown>): void
}

/** A request a page makes. */
export interface FetchEventLike {
  /** what is asked for */
  readonly request: Request
  /** answers it instead of the network */
  respondWith(response: Promise<Response>): void
}

const PREFIX = 'rejoin app '

/**
 * Keeps an app's resources and answers with them, whatever the network says. Called once, while the worker starts.
 * What is not listed, what is written and other origins stay the network's.
 */
export const keepApp = (worker: WorkerScope, { version, resources }: AppResources): void => {
  const name = `${PREFIX}${version}`
  const [page] = resources
  const paths = new Set<string>(resources)

  /** The path under which a request is kept; undefined for what is the network's: other origins, data, writes. */
  const keptAs = ({ method, mode, url }: Request): string | undefined => {
    const { origin, pathname } = new URL(url)
    if (method !== 'GET' || origin !== worker.location.origin) return undefined
    if (paths.has(pathname)) return pathname
    return mode === 'navigate' ? page : undefined
  }

  // All of them or the installation fails, and is tried again at the next visit.
  worker.addEventListener('install', event =>
    event.waitUntil(
      worker.caches
        .open(name)
        // Past the browser's own cache: a release must not be put together from two.
        .then(cache => cache.addAll(resources.map(path => new Request(path, { cache: 'reload' })))),
    ),
  )
  worker.addEventListener('activate', event =>
    event.waitUntil(
      worker.caches
        .keys()
        .then(names =>
          Promise.all(
            names.filter(each => each.startsWith(PREFIX) && each !== name).map(each => worker.caches.delete(each)),
          ),
        ),
    ),
  )
  worker.addEventListener('fetch', event => {
    const path = keptAs(event.request)
    if (path === undefined) return
    event.respondWith(
      worker.caches
        .open(name)
        .then(cache => cache.match(path))
        // A browser may have removed it: the network is asked then.
        .then(kept => kept ?? fetch(event.request)),
    )
  })
}
