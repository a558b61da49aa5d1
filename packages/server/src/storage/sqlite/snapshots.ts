import type { Position } from '@rejoin/profile'
import { type Connection, copyOf, openReader, type Writer } from './connection.ts'
import { readHead } from './read.ts'
import { prepareReads, type Reads } from './statements.ts'

/** One state of the database, held until it is ended. Ending twice does nothing. */
export interface Snapshot {
  readonly head: Position
  /** throws once the snapshot has ended */
  reads(): Reads
  end(): void
}

export interface Snapshots {
  begin(): Snapshot
  /** called before each write transaction */
  beforeCommit(): void
  /** connections opened from now on plan with the new statistics; those of before go as they become idle */
  afterIndexing(): void
  /** cuts off what is open */
  close(): void
}

/** How many idle reader connections are kept; more are opened on demand, so nested snapshots never wait. */
const IDLE = 4

/**
 * Files: each snapshot is a read transaction of its own connection. The WAL lets commits pass beside it, and cannot be
 * emptied past the oldest open snapshot: one that is held for hours lets the WAL file grow.
 */
export const fileSnapshots = (path: string): Snapshots => {
  const idle: { db: Connection; reads: Reads }[] = []
  const open = new Set<Snapshot>()
  let closed = false
  let indexing = 0
  return {
    begin() {
      const reader = idle.pop() ?? opened(openReader(path))
      const planned = indexing
      let head: Position
      try {
        reader.reads.begin.run()
        head = readHead(reader.reads) // the first read fixes the state
      } catch (error) {
        reader.db.close()
        throw error
      }
      const snapshot: Snapshot = {
        head,
        reads: () => (open.has(snapshot) ? reader.reads : ended()),
        end() {
          if (!open.delete(snapshot)) return
          if (reader.db.inTransaction) reader.reads.rollback.run()
          if (closed || planned < indexing || idle.length >= IDLE) reader.db.close()
          else idle.push(reader)
        },
      }
      open.add(snapshot)
      return snapshot
    },
    beforeCommit() {},
    afterIndexing() {
      indexing++
      for (const reader of idle.splice(0)) reader.db.close()
    },
    close() {
      closed = true
      for (const snapshot of open) snapshot.end()
      for (const reader of idle.splice(0)) reader.db.close()
    },
  }
}

const opened = (db: Connection): { db: Connection; reads: Reads } => ({ db, reads: prepareReads(db) })
const ended = (): never => {
  throw new Error('read after the end of a snapshot')
}

/**
 * Memory: there is one connection, so a snapshot reads it until a commit comes, and then a copy of the whole database,
 * made once for all snapshots open at that moment. Commits never wait for snapshots, so code inside a snapshot may await
 * a commit. The price is that copy; databases in memory are for tests and demonstrations.
 */
export const memorySnapshots = ({ db: main, reads }: Pick<Writer, 'db' | 'reads'>): Snapshots => {
  const present = new Set<Snapshot>()
  const past = new Map<Snapshot, Copy>()
  const leave = (snapshot: Snapshot): void => {
    const copy = past.get(snapshot)
    if (copy === undefined) return
    past.delete(snapshot)
    copy.users -= 1
    if (copy.users === 0) copy.db.close()
  }
  return {
    begin() {
      const snapshot: Snapshot = {
        head: readHead(reads),
        reads: () => (present.has(snapshot) ? reads : (past.get(snapshot)?.reads ?? ended())),
        end() {
          if (!present.delete(snapshot)) leave(snapshot)
        },
      }
      present.add(snapshot)
      return snapshot
    },
    beforeCommit() {
      if (present.size === 0) return
      const copy: Copy = { ...opened(copyOf(main)), users: present.size }
      for (const snapshot of present) past.set(snapshot, copy)
      present.clear()
    },
    afterIndexing() {},
    close() {
      present.clear()
      for (const snapshot of past.keys()) leave(snapshot)
    },
  }
}

interface Copy {
  readonly db: Connection
  readonly reads: Reads
  users: number
}
