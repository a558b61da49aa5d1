import Database from 'better-sqlite3'
import { StorageFault } from '../fault.ts'

/** Names the failures of disk, file and other processes; errors of our own SQL stay what they are: bugs. */
export const asFault = (error: unknown, path: string): unknown => {
  if (!(error instanceof Database.SqliteError)) return error
  const at = `database ${path}`
  const { code, message } = error
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE')
    return new StorageFault(
      'full',
      at,
      'no room to write',
      'free disk space or raise its limit; nothing was written, reads go on',
      error,
    )
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code))
    return new StorageFault('busy', at, 'another process is writing', 'stop the other process or try again', error)
  if (/^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ|IOERR_DATA|IOERR_CORRUPTFS)/.test(code))
    return new StorageFault(
      'damaged',
      at,
      message,
      'restore the latest backup; keep the damaged file for a rescue',
      error,
    )
  if (/^SQLITE_(READONLY|PERM)/.test(code))
    return new StorageFault(
      'other',
      at,
      'it is read-only',
      'give the relay the right to write the file and its directory',
      error,
    )
  if (code.startsWith('SQLITE_CANTOPEN'))
    return new StorageFault('other', at, 'it cannot be opened', 'check the path and the rights on its directory', error)
  if (/^SQLITE_(IOERR|NOMEM|TOOBIG)/.test(code))
    return new StorageFault(
      'other',
      at,
      `${message} (${code})`,
      'check the disk and the system log, then start again',
      error,
    )
  return error
}

/** Runs `work` and throws what it throws as a fault where it is one. */
export const guarded = <T>(path: string, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    throw asFault(error, path)
  }
}
