import type { Committed } from '../commit/committer.ts'
import { limits } from './limits.ts'

/**
 * Commits that happen while a device is brought up to date. They wait in memory, so only so much of them: where more
 * has happened they are forgotten, and the device catches up once more, from storage.
 */
export interface Missed {
  add(committed: Committed): void
  /** too much was missed to be told one by one; nothing is kept any more */
  readonly flooded: boolean
  /** in commit order */
  readonly commits: readonly Committed[]
}

export const createMissed = (): Missed => {
  let commits: Committed[] = []
  let rows = 0
  let bytes = 0
  let flooded = false
  return {
    add: committed => {
      if (flooded) return
      commits.push(committed)
      rows += 1 + committed.changed.length
      for (const { envelope } of committed.changed) bytes += envelope.length
      flooded = rows > limits.missedRows || bytes > limits.missedBytes
      if (flooded) commits = []
    },
    get flooded() {
      return flooded
    },
    get commits() {
      return commits
    },
  }
}
