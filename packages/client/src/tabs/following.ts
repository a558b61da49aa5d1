import type { Host } from '../device/host.ts'
import type { Touched } from '../replica/draft.ts'
import { follow, refill } from '../replica/follow.ts'
import { loadMemory, loadTable } from '../replica/load.ts'
import type { App, Memory } from '../replica/memory.ts'
import { createReading, type Reading } from '../replica/replica.ts'
import type { Store } from '../store/store.ts'
import { commitsOf } from './fence.ts'
import type { Changed } from './message.ts'

/** What a tab holds of a store that another one writes: read once, then kept up commit by commit. */
export interface Following {
  readonly app: App
  /** undefined before anything was read */
  readonly held: { readonly reading: Told; readonly commits: number } | undefined
  /** reads everything unless all up to `commits` is held */
  catchUp(commits: number): Promise<void>
  take(changed: Changed): Promise<void>
  /** memory is this now, as of `commits` */
  loaded(memory: Memory, commits: number): Told
}

export type Told = Reading & { readonly tell: (change: Touched) => void }

export const createFollowing = (store: Store, { random, report }: Host, app: App): Following => {
  let held: { readonly reading: Told; commits: number } | undefined

  const loaded = (memory: Memory, commits: number): Told => {
    if (held === undefined) return (held = { reading: createReading(memory, report), commits }).reading
    held.commits = commits
    const { reading } = held
    reading.tell(refill(reading.memory, memory))
    return reading
  }
  const readAll = async (): Promise<void> => {
    // What is committed while it is read is told after it, and taken again: entries are put as they are then.
    const commits = await commitsOf(store)
    loaded(await loadMemory(store, random, app), commits)
  }
  return {
    app,
    get held() {
      return held
    },
    catchUp: async commits => {
      if (held === undefined || held.commits < commits) await readAll()
    },
    take: async ({ commits, changes }) => {
      if (held === undefined || commits <= held.commits) return
      if (commits > held.commits + 1) return readAll()
      const { memory, tell } = held.reading
      const { touched, again } = follow(memory, changes)
      if (again === 'all') return readAll()
      for (const table of again) {
        const state = memory.tables.get(table)
        if (state !== undefined) memory.rows.set(table, (await loadTable(store, table, state)).rows)
      }
      held.commits = commits
      tell(touched)
    },
    loaded,
  }
}
