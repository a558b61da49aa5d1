import { type CloseReason, type Compare, encodeDown, type Scope } from '@rejoin/profile'
import type { Lens } from '../live/linked.ts'
import { createPresence } from '../scope/presence.ts'
import type { Storage } from '../storage/storage.ts'
import { compare } from './comparing.ts'
import { type Bucket, fullBucket, limits, take } from './limits.ts'
import type { RowLists } from './row-list.ts'

/**
 * Questions of a device about what it holds: answered one at a time, beside everything else it is told, and never with
 * rows of a scope that is in force no more (SE1).
 */
export interface Questions {
  ask(question: Compare): Promise<void>
  /** records of which the device is told meanwhile, by `keyOf`: what a question has read of them may be older */
  told(keys: Iterable<string>): void
  /** the same where it could be of any record */
  toldAnything(): void
}

export interface QuestionsParts {
  readonly storage: Storage
  readonly lens: Lens
  readonly lists: RowLists
  readonly pause: () => Promise<void>
  readonly now: () => number
  /** the one in force; undefined where there is none any more */
  readonly scope: () => Scope | undefined
  readonly send: (frame: Uint8Array) => void
  readonly sendCounted: (frame: Uint8Array) => void
  readonly room: () => Promise<void>
  readonly close: (reason: CloseReason, message: string, fix: string) => void
  readonly fail: (error: unknown) => void
}

export const createQuestions = (parts: QuestionsParts): Questions => {
  const { storage, lens, lists, pause, now, send, sendCounted } = parts
  let waiting = 0
  let answering: Promise<void> = Promise.resolve()
  let read: Bucket = fullBucket(limits.comparedBurst, now())
  /** of what the device may have been told since a question began to read some rows */
  let heard: { readonly keys: Set<string>; anything: boolean } | undefined

  const watch = (): ((key: string) => boolean) => {
    const since = { keys: new Set<string>(), anything: false }
    heard = since
    return key => since.anything || since.keys.has(key)
  }

  const count = (rows: number): void => {
    const { comparedPerSecond, comparedBurst } = limits
    const left = take(read, Math.min(rows, comparedBurst), comparedPerSecond, comparedBurst, now())
    if (left === undefined) parts.close('busy', 'comparing read too many rows', 'come back later')
    else read = left
  }

  const answer = async (question: Compare): Promise<void> => {
    const scope = parts.scope()
    const part = scope?.tables.get(question.table)
    if (scope === undefined || part === undefined) {
      return send(encodeDown({ type: 'compared', table: question.table, differing: [] }))
    }
    const check = (): void => {
      if (parts.scope() !== scope) throw new ScopeChanged()
    }
    const room = async (): Promise<void> => {
      await parts.room()
      check()
    }
    const presence = createPresence(scope, lens)
    const run = { storage, scope, presence, lists, pause, read: count, send, sendCounted, room, check, watch }
    try {
      await compare(run, part, question)
    } catch (error) {
      if (!(error instanceof ScopeChanged)) throw error
      parts.close('busy', 'what this device may hold has changed', 'connect again')
    } finally {
      heard = undefined
    }
  }

  return {
    ask: question => {
      if (waiting >= limits.comparing) {
        parts.close('limits', 'too many questions at once', 'wait for answers')
        return answering
      }
      waiting++
      answering = answering
        .then(() => answer(question))
        .catch(parts.fail)
        .finally(() => {
          waiting--
        })
      return answering
    },
    told: keys => {
      for (const key of keys) heard?.keys.add(key)
    },
    toldAnything: () => {
      if (heard !== undefined) heard.anything = true
    },
  }
}

class ScopeChanged extends Error {}
