import type { Store } from './store.ts'

/** A store over data of its own. */
export interface OpenedStore {
  readonly store: Store
  /** closes the store opened last and opens another over the same data */
  reopen(): Promise<Store>
  /** closes and removes the data */
  dispose(): Promise<void>
}

export interface StoreHarness {
  open(): Promise<OpenedStore>
  /** over a disk that has room for `SMALL_ROOM` / 2 bytes of values and none for twice `SMALL_ROOM` */
  openSmall?(): Promise<OpenedStore>
}

export const SMALL_ROOM = 1_000_000

export interface StoreCase {
  readonly title: string
  /** the part of the harness it cannot do without */
  readonly needs?: 'openSmall'
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
