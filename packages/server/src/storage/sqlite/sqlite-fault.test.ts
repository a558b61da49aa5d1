import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FaultError } from '@rejoin/profile'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StorageFault, type StorageFaultCode } from '../fault.ts'
import { put, record } from '../storage.fixture.ts'
import { asFault } from './sqlite-fault.ts'
import { openSqliteStorage, type SqliteStorage } from './sqlite.ts'

describe('SQLite faults', () => {
  let directory: string
  let path: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rejoin-fault-'))
    path = join(directory, 'relay.db')
  })
  afterEach(() => rm(directory, { recursive: true }))

  const open = (maxBytes?: number): Promise<SqliteStorage> =>
    openSqliteStorage({ path, newId: () => '0123456789abcdef', ...(maxBytes === undefined ? {} : { maxBytes }) })

  const faultOf = async (work: Promise<unknown>): Promise<StorageFault> => {
    const error = await work.then(
      () => 'nothing failed',
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(StorageFault)
    return error as StorageFault
  }

  const expectFault = async (work: Promise<unknown>, code: StorageFaultCode, words: string): Promise<void> => {
    const fault = await faultOf(work)
    expect(fault).toBeInstanceOf(FaultError)
    expect([fault.code, fault.message]).toEqual([code, expect.stringContaining(words)])
    expect(fault.faults[0]).toMatchObject({
      code: `storage-${code}`,
      fix: fault.fix,
      at: expect.stringContaining(directory),
    })
    expect(fault.fix).not.toBe('')
  }

  const filled = async (): Promise<void> => {
    const storage = await open()
    await put(storage, ...Array.from({ length: 200 }, (_, n) => (rev: number) => record('order', `r${n}`, rev)))
    await storage.close()
  }

  it('keeps the id of the environment from the first opening on', async () => {
    const first = await open()
    await first.close()
    const again = await openSqliteStorage({ path, newId: () => 'another' })
    expect([first.environment, again.environment]).toEqual(['0123456789abcdef', '0123456789abcdef'])
    await again.close()
  })

  it('refuses a database of a newer version and leaves every byte of it alone', async () => {
    await filled()
    const newer = new Database(path)
    newer.pragma('user_version = 99')
    newer.close()
    const before = await readFile(path)
    await expectFault(open(), 'newer', 'version 99')
    expect((await readFile(path)).equals(before)).toBe(true)
    expect((await readdir(directory)).filter(name => name.endsWith('.db'))).toEqual(['relay.db'])
  })

  it('refuses a newer version whose number is still in the log of a killed relay', async () => {
    await filled()
    const newer = new Database(path)
    newer.pragma('user_version = 99')
    const files = await Promise.all(['', '-wal'].map(async end => [end, await readFile(path + end)] as const))
    newer.close()
    for (const [end, bytes] of files) await writeFile(path + end, bytes)
    await expectFault(open(), 'newer', 'version 99')
    for (const [end, bytes] of files) expect((await readFile(path + end)).equals(bytes), `relay.db${end}`).toBe(true)
  })

  it('refuses a file that is no database, and keeps it', async () => {
    const text = 'Dear diary, this is not a database. '.repeat(100)
    await writeFile(path, text)
    await expectFault(open(), 'damaged', 'not a database')
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('refuses the SQLite file of another program, and keeps it', async () => {
    const other = new Database(path)
    other.exec('create table bookmark (url text)')
    other.close()
    const before = await readFile(path)
    await expectFault(open(), 'other', 'another program')
    expect((await readFile(path)).equals(before)).toBe(true)
  })

  it('takes an empty file for a new database', async () => {
    await writeFile(path, '')
    const storage = await open()
    expect(await put(storage, rev => record('order', 'r1', rev))).toBe(1)
    await storage.close()
  })

  it('says so when the directory is missing', async () => {
    path = join(directory, 'nowhere', 'relay.db')
    await expectFault(open(), 'other', 'does not exist')
  })

  it('reports pages that were overwritten as damage', async () => {
    await filled()
    const bytes = await readFile(path)
    bytes.fill(0xa5, 8_192)
    await writeFile(path, bytes)
    const use = async (): Promise<unknown> => {
      const storage = await open()
      try {
        return await storage.snapshot(view => view.page('order', '', 500))
      } finally {
        await storage.close()
      }
    }
    await expectFault(use(), 'damaged', 'malformed')
  })

  it('fails a commit that finds no room, whole; reads go on, and so do commits once there is room', async () => {
    const storage = await open(400_000)
    const fat = (n: number) => (rev: number) =>
      record('order', `r${rev}-${n}`, rev, { envelope: new Uint8Array(20_000) })
    let acked = 0
    const fill = async (): Promise<never> => {
      for (;;) acked = await put(storage, fat(1), fat(2), fat(3))
    }
    await expectFault(fill(), 'full', 'no room')
    expect(acked).toBeGreaterThan(0)
    const seen = await storage.snapshot(async view => [view.head.rev, (await view.page('order', '', 999)).length])
    expect(seen).toEqual([acked, acked])
    await storage.close()
    const roomier = await open(4_000_000)
    expect(await put(roomier, fat(1))).toBe(acked + 1)
    await roomier.close()
  })

  it('writes the file anew without what was overwritten, but not while somebody reads what was', async () => {
    const storage = await open()
    await put(storage, rev => record('order', 'r1', rev, { json: '{"note": "canary"}' }))
    await put(storage, rev => record('order', 'r1', rev))
    await storage.snapshot(async view => {
      await view.counts()
      await expectFault(storage.scrub(), 'busy', 'is being read')
    })
    await storage.scrub()
    const bytes = await Promise.all([path, `${path}-wal`].map(file => readFile(file, 'latin1')))
    expect(bytes.join('')).not.toContain('canary')
    expect(await storage.snapshot(view => view.page('order', '', 2))).toEqual([record('order', 'r1', 2)])
    await storage.close()
  })

  it('reports another process that holds the write lock as busy, and commits once it let go', async () => {
    const storage = await open()
    const other = new Database(path)
    other.exec('begin immediate')
    await expectFault(
      put(storage, rev => record('order', 'r1', rev)),
      'busy',
      'another process',
    )
    other.exec('rollback')
    other.close()
    expect(await put(storage, rev => record('order', 'r1', rev))).toBe(1)
    await storage.close()
  })

  it.each<[string, StorageFaultCode]>([
    ['SQLITE_FULL', 'full'],
    ['SQLITE_IOERR_SHMSIZE', 'full'],
    ['SQLITE_BUSY_SNAPSHOT', 'busy'],
    ['SQLITE_LOCKED', 'busy'],
    ['SQLITE_CORRUPT_INDEX', 'damaged'],
    ['SQLITE_NOTADB', 'damaged'],
    ['SQLITE_READONLY_DBMOVED', 'other'],
    ['SQLITE_CANTOPEN_ISDIR', 'other'],
    ['SQLITE_IOERR_FSYNC', 'other'],
  ])('takes %s for the fault %s', (sqlite, code) => {
    const fault = asFault(new Database.SqliteError('text', sqlite), path)
    expect(fault).toBeInstanceOf(StorageFault)
    expect((fault as StorageFault).code).toBe(code)
  })

  it('leaves errors of our own SQL what they are: bugs', () => {
    const bug = new Database.SqliteError('text', 'SQLITE_CONSTRAINT_PRIMARYKEY')
    expect(asFault(bug, path)).toBe(bug)
  })

  // root may write everything
  it.skipIf(process.getuid?.() === 0)('names a file it may not write', async () => {
    await filled()
    await chmod(path, 0o400)
    await expectFault(open(), 'other', 'read-only')
  })
})
