import type { Told } from '../live/live.ts'
import { limits } from './limits.ts'

/**
 * What a device would have heard while it is brought up to date. It waits in memory, so only so much of it: where more
 * has happened it is forgotten, and the device catches up once more, from storage.
 */
export interface Missed {
  add(told: Told): void
  /** too much was missed to be told one by one; nothing is kept any more */
  readonly flooded: boolean
  /** in commit order */
  readonly news: readonly Told[]
}

export const createMissed = (): Missed => {
  let news: Told[] = []
  let rows = 0
  let bytes = 0
  let flooded = false
  return {
    add: told => {
      if (flooded) return
      news.push(told)
      rows += 1 + told.rows.length + told.gone.length
      for (const { envelope } of told.rows) bytes += envelope.length
      flooded = rows > limits.missedRows || bytes > limits.missedBytes
      if (flooded) news = []
    },
    get flooded() {
      return flooded
    },
    get news() {
      return news
    },
  }
}
