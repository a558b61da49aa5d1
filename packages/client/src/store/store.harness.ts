import type { Store } from './store.ts'

/** A store over data of its own. */
export interface OpenedStore {
  /** empty at first */
  readonly store: Store
  /** closes the store opened last and opens another over the same data */
  reopen(): Promise<Store>
  /** closes and removes the data */
  dispose(): Promise<void>
}

/** How the cases get at the adapter that is tried. */
export interface StoreHarness {
  /** over an empty place, each time another one */
  open(): Promise<OpenedStore>
  /** over a disk that has room for `SMALL_ROOM` / 2 bytes of values and none for twice `SMALL_ROOM` */
  openSmall?(): Promise<OpenedStore>
}

/** bytes: what the disk of `openSmall` is measured by */
export const SMALL_ROOM = 1_000_000

/** One thing every store does, to be run under its title by whatever runs tests. */
export interface StoreCase {
  /** a sentence */
  readonly title: string
  /** the part of the harness it cannot do without */
  readonly needs?: 'openSmall'
  /** rejects with what was otherwise */
  run(harness: StoreHarness): Promise<void>
}

export const withStore = (
  title: string,
  run: (store: Store, reopen: () => Promise<Store>) => Promise<void>,
): StoreCase => ({
  title,
  run: async harness => within(await harness.open(), run),
})

export const withSmallStore = (
  title: string,
  run: (store: Store, reopen: () => Promise<Store>) => Promise<void>,
): StoreCase => ({
  title,
  needs: 'openSmall',
  async run(harness) {
    if (harness.openSmall === undefined) throw new Error('the harness has no openSmall')
    await within(await harness.openSmall(), run)
  },
})

async function within(
  opened: OpenedStore,
  run: (store: Store, reopen: () => Promise<Store>) => Promise<void>,
): Promise<void> {
  try {
    await run(opened.store, () => opened.reopen())
  } finally {
    await opened.dispose()
  }
}
