import { type Position, readFlat, unpackEnvelope } from '@rejoin/profile'
import type { Committed } from '../commit/committer.ts'
import type { Changed } from '../commit/submission.ts'
import { keyOf, type Storage, type StoredRecord, type View } from '../storage/storage.ts'

/**
 * What the sessions of this relay have been told: everything up to `known`. A commit of its own that follows on that is
 * told as it is. Where another relay over the same database has committed in between, or alone, what changed since is
 * read from storage and told first, so that `at` in a message never runs ahead of what the device was given.
 */
export interface News {
  /** a commit of this relay; told in commit order, and before its promise resolves */
  tell(committed: Committed): Promise<void> | undefined
  /** looks for commits of other relays; where storage fails, the next look finds them */
  look(): Promise<void>
  /** runs while nothing is told. @param known what everybody has been told up to */
  alone(job: (known: Position) => Promise<void>): Promise<void>
}

export interface NewsParts {
  readonly storage: Storage
  /** what has been told at the start */
  readonly known: Position
  /** tables that some session holds rows of */
  readonly tables: () => ReadonlySet<string>
  /** at once, or after some reading: then nothing else is told before it is done */
  readonly deliver: (committed: Committed) => Promise<void> | undefined
  /** more has changed than is told row by row: sessions catch up by themselves */
  readonly flood: () => void
  /** sessions cannot be told what they must be: storage failed, or was restored to another history */
  readonly lost: (why: unknown) => void
}

/** Rows told one by one. */
const FLOOD = 2_000

export const createNews = ({ storage, tables, deliver, flood, lost, ...parts }: NewsParts): News => {
  let { known } = parts
  let work: Promise<void> | undefined

  const inTurn = async (job: () => Promise<void>): Promise<void> => {
    const before = work
    const done = (async () => {
      await before
      await job()
    })()
    const settled = done.catch(() => undefined)
    work = settled
    try {
      await done
    } finally {
      if (work === settled) work = undefined
    }
  }

  /** Tells everything since `known`, with the answers of a commit of this relay where it was one. */
  const tellSince = async (own: Committed | undefined): Promise<void> => {
    const since = known
    const { head, changed, standing, same } = await storage.snapshot(async view => ({
      head: view.head,
      same: (await view.commitOf(since.rev)) === since.commit,
      changed: view.head.rev === since.rev ? [] : await changedSince(view, since.rev, tables()),
      standing: await view.records([...(own?.standing.values() ?? [])]),
    }))
    known = head
    if (!same) return lost(new Error('the database was restored to another history'))
    if (changed === undefined) flood()
    if (own === undefined && head.rev === since.rev) return
    await deliver({
      head,
      from: since.rev,
      changed: changed ?? [],
      answers: own?.answers ?? new Map(),
      standing: new Map(standing.map(row => [keyOf(row), elsewhere(row, since.rev)])),
    })
  }

  return {
    tell: committed => {
      const follows = committed.from === known.rev
      if (!follows || work !== undefined) {
        return inTurn(async () => (committed.from === known.rev ? tellOwn(committed) : tellSince(committed))).catch(
          lost,
        )
      }
      const telling = tellOwn(committed)
      return telling === undefined ? undefined : inTurn(() => telling).catch(lost)
    },
    look: () => inTurn(() => tellSince(undefined)),
    alone: job => inTurn(() => job(known)),
  }

  function tellOwn(committed: Committed): Promise<void> | undefined {
    known = committed.head
    return deliver(committed)
  }
}

/** @returns undefined where there are too many */
const changedSince = async (
  view: View,
  since: number,
  tables: ReadonlySet<string>,
): Promise<readonly Changed[] | undefined> => {
  const rows = await Promise.all([...tables].map(table => view.since(table, since, FLOOD)))
  const changed = rows.flat()
  return changed.length >= FLOOD ? undefined : changed.map(row => elsewhere(row, since))
}

/** A row as another relay left it. What it was before is not kept; which columns moved since is. */
const elsewhere = ({ table, id, rev, purged, envelope }: StoredRecord, since: number): Changed => {
  const row = { table, id, rev, before: undefined, envelope }
  if (purged) return { ...row, after: { fields: {}, deleted: true }, moved: () => true }
  const { columns, bytes, recent } = unpackEnvelope(envelope)
  const isNew = recent[0] !== undefined && recent[0].rev > since
  return { ...row, after: readFlat(bytes), moved: column => (columns[column] ?? 0) > since, isNew }
}
