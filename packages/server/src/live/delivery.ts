import type { Committed } from '../commit/committer.ts'
import type { Session } from '../session/session.ts'
import { keyOf, type RecordKey, type Storage, type View } from '../storage/storage.ts'
import type { Audiences } from './audiences.ts'
import { concernsAlone, concernsOf, holdersOf } from './concern.ts'
import { createTelling, nothingTold, pushedOf, type Standing } from './live.ts'
import type { Concern, Concerns } from './notes.ts'
import type { Listener } from './table-audience.ts'

/** A live session with the scope it listens with. */
export interface LiveSession extends Listener {
  readonly session: Session
  /** ms since 1970: when relative dates of its scope mean other rows */
  readonly turns: number
  /** tables of which nothing is pushed to it */
  readonly passed: ReadonlySet<string>
}

/**
 * Tells a commit to the sessions it concerns, and to those whose edits it answers; the others are not even looked at. At
 * once where the changed rows alone say whom; otherwise after the rows around them were read.
 */
export const createDelivery =
  (storage: Storage, audiences: Audiences<LiveSession>, listening: (session: object) => LiveSession | undefined) =>
  (committed: Committed): Promise<void> | undefined => {
    const changed = new Map<string, Standing>(committed.changed.map(row => [keyOf(row), row]))
    const unchanged = [...committed.standing.values()].filter(row => !changed.has(keyOf(row)))
    const all = [...audiences.all()]
    const alone = unchanged.length > 0 ? [undefined] : all.map(audience => concernsAlone(audience, committed.changed))
    if (alone.every(concerns => concerns !== undefined)) {
      tell(committed, listening, { concerns: alone, standing: changed, holds: () => false })
      return undefined
    }
    return storage
      .snapshot(async view => {
        const concerns: Concerns<LiveSession>[] = []
        const holders: ReadonlyMap<string, ReadonlySet<LiveSession>>[] = []
        for (const audience of all) {
          concerns.push(
            concernsAlone(audience, committed.changed) ?? (await concernsOf(view, audience, committed.changed)),
          )
          // of a row that cannot be followed nobody is told: whoever holds it has it as it is
          const held = unchanged.length > 0 ? await holdersOf(view, audience, unchanged) : undefined
          if (held !== undefined) holders.push(held)
        }
        return {
          concerns,
          standing: await withEntered(view, changed, concerns),
          holds: (listener: LiveSession, key: string) => holders.some(held => held.get(key)?.has(listener) === true),
        }
      })
      .then(findings => tell(committed, listening, findings))
  }

interface Findings {
  readonly concerns: readonly Concerns<LiveSession>[]
  /** of every row that is sent */
  readonly standing: ReadonlyMap<string, Standing>
  /** whether a session holds a row that did not change */
  readonly holds: (listener: LiveSession, key: string) => boolean
}

const tell = (
  committed: Committed,
  listening: (session: object) => LiveSession | undefined,
  { concerns, standing, holds }: Findings,
): void => {
  const telling = createTelling(committed.head, standing)
  const hearers = new Map<LiveSession, Concern | undefined>()
  for (const each of concerns) for (const [listener, concern] of each) hearers.set(listener, concern)
  for (const session of committed.answers.keys()) {
    const listener = listening(session)
    if (listener !== undefined && !hearers.has(listener)) hearers.set(listener, undefined)
  }
  for (const [listener, concern] of hearers) {
    const told =
      concern === undefined
        ? nothingTold(committed.head)
        : telling(listener.scope, pushedOf(concern, listener.passed, ownIn(committed, listener)))
    // Asked only where there are answers.
    let held: ReadonlySet<string> | undefined
    const isHeld = (key: string): boolean => (held ??= new Set(concern?.rows.map(keyOf))).has(key)
    listener.session.publish(committed, told, key => isHeld(key) || holds(listener, key))
  }
}

/** Records a session's own edits are about. */
const ownIn = ({ answers }: Committed, { session }: LiveSession): ReadonlySet<string> =>
  new Set(answers.get(session)?.map(({ table, record }) => keyOf({ table, id: record })))

/** Rows that entered somebody's scope without having changed. */
const withEntered = async (
  view: View,
  changed: ReadonlyMap<string, Standing>,
  concerns: readonly Concerns<LiveSession>[],
): Promise<ReadonlyMap<string, Standing>> => {
  const entered = new Map<string, RecordKey>()
  for (const each of concerns) {
    for (const { rows } of each.values())
      for (const key of rows) if (!changed.has(keyOf(key))) entered.set(keyOf(key), key)
  }
  const stored = await view.records([...entered.values()])
  return new Map([...changed, ...stored.map(row => [keyOf(row), row] as const)])
}
