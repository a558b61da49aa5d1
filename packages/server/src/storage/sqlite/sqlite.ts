import { sqlite } from '@rejoin/profile'
import { StorageFault } from '../fault.ts'
import type { Storage } from '../storage.ts'
import { commitOnce } from './commit.ts'
import { MEMORY, openWriter, type Writer } from './connection.ts'
import { fileSnapshots, memorySnapshots } from './snapshots.ts'
import { guarded } from './sqlite-fault.ts'
import { sqliteView } from './view.ts'

export interface SqliteOptions {
  /** a file, created if it is missing, or ':memory:' */
  readonly path: string
  /** 16 random hex digits; names the environment when the database is created */
  readonly newId: () => string
  /** the size the file may grow to; a commit that needs more fails with the fault `full` */
  readonly maxBytes?: number
}

export interface SqliteStorage extends Storage {
  /** the id of the environment, given when the database was created */
  readonly environment: string
  /**
   * Writes the file anew, so that none of its pages holds what was overwritten or deleted before; SQLite leaves that in
   * place. Takes as long as copying the file, and commits wait. Fails with `busy` while a snapshot is open.
   */
  scrub(): Promise<void>
}

/**
 * An environment in one SQLite file (WAL; each commit is synced to the disk before it resolves) or in memory.
 * Throws a `StorageFault` if the file cannot be used, and leaves it as it was.
 */
export const openSqliteStorage = async ({ path, newId, maxBytes }: SqliteOptions): Promise<SqliteStorage> => {
  const writer = guarded(path, () => openWriter({ path, newId, maxBytes }))
  const snapshots = path === MEMORY ? memorySnapshots(writer) : fileSnapshots(path)
  let queue: Promise<unknown> = Promise.resolve()
  let closing: Promise<void> | undefined

  const refuseIfClosed = (): void => {
    if (closing !== undefined) throw new StorageFault('other', `database ${path}`, 'it is closed', 'open it again')
  }

  return {
    environment: writer.environment,

    async snapshot(read) {
      refuseIfClosed()
      const snapshot = guarded(path, () => snapshots.begin())
      try {
        return await read(sqliteView(snapshot.head, use => guarded(path, () => use(snapshot.reads()))))
      } finally {
        snapshot.end()
      }
    },

    async commit(wanted, decide) {
      refuseIfClosed()
      const done = queue.then(() =>
        guarded(path, () => {
          snapshots.beforeCommit()
          return commitOnce(writer, wanted, decide)
        }),
      )
      queue = done.catch(() => undefined) // its caller hears of it
      return done
    },

    async createIndexes(statements) {
      refuseIfClosed()
      const done = queue.then(() =>
        guarded(path, () => {
          snapshots.beforeCommit()
          for (const statement of statements(sqlite)) writer.db.exec(statement)
          // looks at some rows of each index only: enough to choose by
          writer.db.exec('pragma analysis_limit = 1000; analyze')
          snapshots.afterIndexing()
        }),
      )
      queue = done.catch(() => undefined) // its caller hears of it
      return done
    },

    async scrub() {
      refuseIfClosed()
      const done = queue.then(() => guarded(path, () => scrubOnce(writer, path)))
      queue = done.catch(() => undefined)
      return done
    },

    close() {
      closing ??= queue.then(() => {
        snapshots.close()
        writer.db.close()
      })
      return closing
    },
  }
}

const scrubOnce = ({ db }: Writer, path: string): void => {
  db.exec('vacuum')
  if (path === MEMORY) return
  const [left] = db.pragma('wal_checkpoint(truncate)') as { readonly busy: number }[]
  if (left?.busy === 0) return
  throw new StorageFault('busy', `database ${path}`, 'it is being read', 'try again in a moment')
}
