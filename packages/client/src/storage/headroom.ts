/**
 * Room kept for a person's own work. Where a browser's room is used up even the smallest commit is refused, and one that
 * deletes and puts is judged by what it puts. So two blocks lie there for nothing, and are let go, in a commit of their
 * own, when there is no room for something better: one for what a person does, and one with which it can still be sent
 * and settled when he has filled the first. Downloads get neither: they find the store full, and come again only
 * together with the blocks that are missing.
 *
 *     both ── no room for an edit ──> one ── no room to send and settle ──> none
 *       ^──────────── a download, and there is room for all of it ───────────'
 */
import { isBrought, isNewWork, isSettling } from '../replica/keys.ts'
import { noRoomToDownloadFault } from '../store/fault.ts'
import { type Store, type StoreChange, StoreFault } from '../store/store.ts'

export interface HeadroomOptions {
  readonly random: (length: number) => Uint8Array
  /** bytes of each block; above 64 kB, which Chromium keeps in a file of its own and frees at once */
  readonly size?: number
}

/** The same store with headroom, from the first download on. Who writes waits for each commit before the next one. */
export const withHeadroom = (store: Store, { random, size = 1_000_000 }: HeadroomOptions): Store => {
  /** blocks that are there; undefined: not looked yet */
  let there: Set<string> | undefined

  const look = async (): Promise<Set<string>> =>
    new Set((await store.scan('meta', { from: KEY, to: `${KEY}~` })).map(([key]) => key))

  const commitWith = async (blocks: readonly string[], ...commit: Parameters<Store['commit']>): Promise<void> => {
    for (const block of [undefined, ...blocks]) {
      if (block !== undefined) {
        await store.commit([{ delete: 'meta', key: block }], 'relaxed')
        there?.delete(block)
      }
      try {
        return await store.commit(...commit)
      } catch (error) {
        if (!isFull(error) || block === blocks.at(-1)) throw error
      }
    }
  }

  const download: Store['commit'] = async (changes, durability) => {
    there ??= await look()
    const missing = all.filter(block => !there?.has(block))
    try {
      const blocks = missing.map((key): StoreChange => ({ put: 'meta', key, value: noise(random, size) }))
      await store.commit([...blocks, ...changes], durability)
    } catch (error) {
      throw isFull(error) ? noRoomToDownloadFault(error) : error
    }
    for (const block of missing) there.add(block)
  }

  return {
    get: (shelf, key) => store.get(shelf, key),
    scan: (shelf, range) => store.scan(shelf, range),
    commit: (changes, durability) => {
      // Where everything goes, the blocks go with it.
      if (changes.some(change => 'clear' in change && change.clear === 'meta' && change.to === undefined))
        there = undefined
      if (changes.some(isNewWork)) return commitWith([FOR_WORK], changes, durability)
      if (changes.some(isBrought) && !changes.some(isSettling)) return download(changes, durability)
      return commitWith(all, changes, durability)
    },
    close: () => store.close(),
  }
}

/** above every key of the device's own: what clears a part of `meta` does not reach it */
const KEY = '~headroom:'
const FOR_WORK = `${KEY}1`
const all = [FOR_WORK, `${KEY}2`]

const isFull = (error: unknown): boolean => error instanceof StoreFault && error.code === 'full'

/** What cannot be compressed: browsers try. */
const noise = (random: (length: number) => Uint8Array, size: number): Uint8Array => {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += CHUNK) bytes.set(random(Math.min(CHUNK, size - at)), at)
  return bytes
}
/** bytes; what browsers give at once */
const CHUNK = 65_536
