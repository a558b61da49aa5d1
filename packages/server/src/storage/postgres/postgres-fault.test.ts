import { createServer, connect, type AddressInfo, type Server } from 'node:net'
import { FaultError } from '@rejoin/profile'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StorageFault, type StorageFaultCode } from '../fault.ts'
import { put, record } from '../storage.fixture.ts'
import { administer, ask, startPostgres, type TestDatabase, why } from './postgres.fixture.ts'
import { openPostgresStorage, type PostgresStorage } from './postgres.ts'
import { steps } from './schema.ts'

const postgres = await startPostgres()
afterAll(() => postgres.stop())

describe.skipIf(!postgres.running)(`PostgreSQL faults${why(postgres)}`, () => {
  if (!postgres.running) return
  let database: TestDatabase
  const opened: PostgresStorage[] = []
  beforeEach(async () => {
    database = await postgres.database()
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(storage => storage.close()))
    await database.drop()
  })

  const open = async (url = database.url): Promise<PostgresStorage> => {
    const storage = await openPostgresStorage({ url, newId: () => '0123456789abcdef', connections: 2 })
    opened.push(storage)
    return storage
  }

  const expectFault = async (work: Promise<unknown>, code: StorageFaultCode, words: string): Promise<void> => {
    const fault: unknown = await work.then(
      () => 'nothing failed',
      (reason: unknown) => reason,
    )
    expect(fault).toBeInstanceOf(StorageFault)
    const { code: found, message, fix, faults } = fault as StorageFault
    expect([found, message]).toEqual([code, expect.stringContaining(words)])
    expect(faults[0]).toMatchObject({ code: `storage-${code}`, at: expect.stringContaining('database 127.0.0.1') })
    expect(fix).not.toBe('')
    expect(JSON.stringify(faults)).not.toContain('rejoin@')
  }

  const addressWith = (change: (url: URL) => void): string => {
    const url = new URL(database.url)
    change(url)
    return url.href
  }

  /** A row trigger on records that runs `body` the first `times` times; a sequence counts, for it knows no rollback. */
  const sabotage = (body: string, times: number, when: 'before' | 'at commit' = 'before'): Promise<void> =>
    administer(
      database.url,
      `create sequence tries;
       create function sabotage() returns trigger language plpgsql as $$ begin
         if nextval('tries') <= ${times} then ${body}; end if; return new; end $$;
       ${
         when === 'before'
           ? 'create trigger sabotage before insert or update on rejoin.record for each row execute function sabotage()'
           : `create constraint trigger sabotage after insert or update on rejoin.record deferrable initially deferred
              for each row execute function sabotage()`
       }`,
    )

  const rowsOf = (storage: PostgresStorage): Promise<[number, number]> =>
    storage.snapshot(async view => [view.head.rev, (await view.page('order', '', 999)).length])

  it('keeps the id of the environment, and environments of one database apart', async () => {
    const first = await open()
    const other = await openPostgresStorage({ url: database.url, name: 'other', newId: () => 'fedcba9876543210' })
    opened.push(other)
    await put(first, rev => record('order', 'r1', rev))
    expect([first.environment, other.environment]).toEqual(['0123456789abcdef', 'fedcba9876543210'])
    expect([await rowsOf(first), await rowsOf(other)]).toEqual([
      [1, 1],
      [0, 0],
    ])
    const again = await openPostgresStorage({ url: database.url, newId: () => 'unused' })
    opened.push(again)
    expect(again.environment).toBe(first.environment)
  })

  it('says so when nobody listens there', () =>
    expectFault(open(addressWith(url => (url.port = '1'))), 'unreachable', 'ECONNREFUSED'))

  it('says so when user or password are refused', () =>
    expectFault(open(addressWith(url => (url.password = 'wrong'))), 'other', 'password'))

  it('says so when the database is missing', () =>
    expectFault(open(addressWith(url => (url.pathname = '/nowhere'))), 'other', 'does not exist'))

  it('says so when the address is none', async () => {
    await expect(open('mysql://somewhere')).rejects.toThrow(FaultError)
    await expect(open('somewhere')).rejects.toThrow('no address')
  })

  it('refuses a database of a newer version and touches nothing', async () => {
    await put(await open(), rev => record('order', 'r1', rev))
    await administer(database.url, 'insert into rejoin.migration (step) values (99)')
    const state = (): Promise<unknown> =>
      ask(
        database.url,
        `select (select json_agg(m order by step) from rejoin.migration m) as migrations,
           (select json_agg(e) from rejoin.environment e) as environments,
           (select json_agg(c.relname order by c.relname) from pg_class c
              join pg_namespace n on n.oid = c.relnamespace where nspname = 'rejoin') as tables`,
      )
    const before = await state()
    await expectFault(open(), 'newer', 'version 99')
    expect(await state()).toEqual(before)
  })

  it('refuses a schema of another program, and keeps it', async () => {
    await administer(database.url, 'create schema rejoin; create table rejoin.bookmark (url text)')
    await expectFault(open(), 'other', 'another program')
    expect(await ask(database.url, "select relname from pg_class where relname in ('bookmark', 'record')")).toEqual([
      { relname: 'bookmark' },
    ])
  })

  it('migrates once when several relays start at the same moment', async () => {
    const all = await Promise.all([open(), open(), open()])
    expect(new Set(all.map(({ environment }) => environment)).size).toBe(1)
    expect(await ask(database.url, 'select count(*)::int as steps from rejoin.migration')).toEqual([
      { steps: steps.length },
    ])
  })

  it('fails a commit that finds no room, whole; reads go on, and so do commits once there is room', async () => {
    const storage = await open()
    await put(storage, rev => record('order', 'r1', rev))
    await sabotage("raise exception 'could not extend file: No space left on device' using errcode = '53100'", 1)
    await expectFault(
      put(storage, rev => record('order', 'r2', rev)),
      'full',
      'no room',
    )
    expect(await rowsOf(storage)).toEqual([1, 1])
    expect(await put(storage, rev => record('order', 'r2', rev))).toBe(2)
  })

  it('repeats a transaction that the database undid, deadlock or serialization failure', async () => {
    const storage = await open()
    await sabotage("raise exception 'deadlock detected' using errcode = '40P01'", 2)
    let decided = 0
    await storage.commit({}, ({ head }) => {
      decided++
      return {
        result: 0,
        head: { rev: head.rev + 1, commit: 'c' },
        records: [record('order', 'r1', head.rev + 1)],
      }
    })
    expect([decided, await rowsOf(storage)]).toEqual([3, [1, 1]])
  })

  it('gives up on one that is undone again and again, and says busy', async () => {
    const storage = await open()
    await sabotage("raise exception 'could not serialize' using errcode = '40001'", 1_000)
    await expectFault(
      put(storage, rev => record('order', 'r1', rev)),
      'busy',
      'another transaction',
    )
    expect(await rowsOf(storage)).toEqual([0, 0])
  })

  it('makes lost connections anew: idle ones, and those lost in a transaction', async () => {
    const storage = await open()
    await put(storage, rev => record('order', 'r1', rev))
    await administer(
      database.url,
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    expect(await rowsOf(storage)).toEqual([1, 1])
    await sabotage('perform pg_terminate_backend(pg_backend_pid())', 1)
    expect(await put(storage, rev => record('order', 'r2', rev))).toBe(2)
    expect(await rowsOf(storage)).toEqual([2, 2])
  })

  it('repeats a commit whose connection was lost when the server had undone it', async () => {
    const storage = await open()
    await sabotage('perform pg_terminate_backend(pg_backend_pid())', 1, 'at commit')
    expect(await put(storage, rev => record('order', 'r1', rev))).toBe(1)
    expect(await rowsOf(storage)).toEqual([1, 1])
  })

  it('does not repeat a commit whose answer was lost when the server had carried it out', async () => {
    const cut = await openCutting(database.url)
    const storage = await open(cut.url)
    cut.next()
    let decided = 0
    await storage.commit({}, ({ head }) => {
      decided++
      const rev = head.rev + 1
      return { result: rev, head: { rev, commit: 'c' }, records: [record('order', `r${decided}`, rev)] }
    })
    expect([cut.cuts, decided, await rowsOf(storage)]).toEqual([1, 1, [1, 1]])
    await storage.close()
    cut.close()
  })

  it('lets relays commit beside one another: one line of revisions, none twice, none left out', async () => {
    const relays = [await open(), await open()]
    const revs = await Promise.all(
      Array.from({ length: 60 }, (_, n) => put(relays[n % 2]!, rev => record('order', `r${n}`, rev))),
    )
    expect(revs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1))
  })

  it('wakes the other relay and not itself, and again after its listening connection was lost', async () => {
    const [a, b] = [await open(), await open()]
    const heard = { a: 0, b: 0 }
    // each wakes once when it begins to listen
    await new Promise(resolve => setTimeout(resolve, 200))
    a.wake.onWake(() => heard.a++)
    b.wake.onWake(() => heard.b++)
    for (let rev = 1; rev <= 50; rev++) a.wake.notify(rev)
    await expect.poll(() => heard.b).toBe(1)
    await new Promise(resolve => setTimeout(resolve, 60))
    expect(heard).toEqual({ a: 0, b: 1 })
    await administer(
      database.url,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'rejoin wake'",
    )
    await expect.poll(() => heard.b, { timeout: 4_000 }).toBeGreaterThanOrEqual(2)
    const before = heard.b
    await expect.poll(() => (a.wake.notify(51), heard.b), { timeout: 4_000, interval: 50 }).toBeGreaterThan(before)
  })

  it('keeps text that PostgreSQL refuses, in its order: NUL, the mark of its place, half a character in JSON', async () => {
    const storage = await open()
    const ids = ['a', 'a\0', 'a\0b', 'a\u0001', 'a\u0001\u0001', 'a\u0002', 'ab']
    await put(storage, ...ids.toReversed().map(id => (rev: number) => record('order', id, rev)))
    const rows = await storage.snapshot(view => view.page('order', '', 10))
    expect(rows.map(({ id }) => id)).toEqual(ids)
    expect(rows.map(({ json }) => (JSON.parse(json) as { id: string }).id)).toEqual(ids)
    const half = { json: '{"name": "half \\ud800 a \\\\ud800 character"}' }
    await put(storage, rev => record('order', 'half', rev, half))
    const [found] = await storage.snapshot(view => view.records([{ table: 'order', id: 'half' }]))
    expect(JSON.parse(found!.json)).toEqual({ name: 'half \ufffd a \\ud800 character' })
  })
})

/** A line to the server that can be cut right after a COMMIT went by, before its answer comes back. */
const openCutting = async (url: string) => {
  const target = new URL(url)
  let armed = false
  let cuts = 0
  const server: Server = createServer(down => {
    const up = connect(Number(target.port), target.hostname)
    down.on('error', () => {})
    up.on('error', () => {})
    up.pipe(down)
    down.on('data', (bytes: Buffer) => {
      if (armed && bytes.includes('commit\0')) {
        armed = false
        cuts++
        up.unpipe(down)
        up.end(bytes)
        up.resume()
        return down.destroy()
      }
      up.write(bytes)
    })
    down.on('close', () => up.end())
    up.on('close', () => down.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.href,
    next: () => (armed = true),
    get cuts() {
      return cuts
    },
    close: () => server.close(),
  }
}
