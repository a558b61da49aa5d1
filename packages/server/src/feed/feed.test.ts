import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Opened, openRelay } from '../routes/relay.fixture.ts'
import { changesIn, linesOf } from './feed.fixture.ts'

describe('the change feed', () => {
  let opened: Opened
  beforeEach(async () => {
    opened = await openRelay()
  })
  afterEach(() => opened.close())

  const feed = (query = '', user: string | undefined = 'system', headers: Record<string, string> = {}) =>
    opened.ask(user, `/api/feed${query}`, { headers })
  const all = async (query = '') => linesOf(await feed(`?stay=false${query}`)).rest()
  const create = (id: string, values: object, table = 'visit') =>
    opened.ask('olga', `/api/tables/${table}`, { method: 'POST', json: { id, values } })
  const update = (id: string, values: object) =>
    opened.ask('olga', `/api/tables/visit/${id}`, { method: 'PATCH', json: { values } })
  const remove = (id: string) => opened.ask('olga', `/api/tables/visit/${id}`, { method: 'DELETE' })
  const cursor = async () => {
    const beat = (await all()).at(-1)!
    return beat.type === 'beat' ? beat.cursor : 'no beat'
  }

  it('tells every record of every table in its newest state, in order of revision, then where that was', async () => {
    await create('v1', { title: 'first', ownerid: 'fritz' })
    await create('p1', { name: 'bolt' }, 'part')
    await create('v2', { title: 'second', minutes: 5 })
    await update('v1', { state: 'done', minutes: 7 })
    await remove('v2')
    const lines = await all()
    const changes = changesIn(lines)
    expect(changes.map(({ rev, table, id, kind }) => [rev, table, id, kind])).toEqual([
      [2, 'part', 'p1', 'create'],
      [4, 'visit', 'v1', 'update'],
      [5, 'visit', 'v2', 'delete'],
    ])
    expect(changes[0]).toMatchObject({ values: { partid: 'p1', name: 'bolt' }, changed: {}, author: 'olga' })
    expect(changes[1]).toMatchObject({
      values: { visitid: 'v1', title: 'first', state: 'done', minutes: 7, done: null, ownerid: 'fritz' },
      changed: { state: 4, minutes: 4 },
      author: 'olga',
      at: expect.any(Number) as number,
    })
    expect(changes[2]!.values).toBeUndefined()
    const { head } = await opened.relay.core.storage.snapshot(async view => ({ head: view.head }))
    expect(lines.slice(3)).toEqual([{ type: 'beat', cursor: `${head.rev}:${head.commit}` }])
  })

  it('goes on behind any line: what was told before is not told again, and nothing between is missing', async () => {
    for (let n = 1; n <= 9; n++) await create(`v${n}`, { title: `visit ${n}` })
    const whole = changesIn(await all())
    for (const [index, { rev, commit }] of whole.entries()) {
      const rest = changesIn(await all(`&after=${rev}:${commit}`))
      expect(rest).toEqual(whole.slice(index + 1))
    }
    expect(whole).toHaveLength(9)
  })

  it('pages through more rows than one page holds, tables interleaved, each once and in order', async () => {
    const { core } = opened.relay
    const person = core.environment().person('olga')!
    const table = (n: number) => (n % 7 === 0 ? 'part' : 'visit')
    const values = (n: number): Record<string, string> => (n % 7 === 0 ? { name: 'p' } : { title: 't' })
    const columns = (n: number) => {
      const { byName } = core.environment().schema.tables.get(table(n))!
      return Object.fromEntries(Object.entries(values(n)).map(([name, value]) => [byName.get(name)!.id, value]))
    }
    await core.committer.submit(
      Array.from({ length: 700 }, (_, n) => ({
        ...({ from: 'online', kind: 'create', person } as const),
        ...{ id: `e${n}`, table: table(n), record: `r${n}`, values: columns(n) },
      })),
    )
    const changes = changesIn(await all())
    expect(changes.map(({ rev }) => rev)).toEqual(Array.from({ length: 700 }, (_, n) => n + 1))
    expect(new Set(changes.map(({ id }) => id)).size).toBe(700)
  })

  it('stays open and tells what is committed while it is', async () => {
    const lines = linesOf(await feed())
    expect(await lines.toBeat()).toEqual([{ type: 'beat', cursor: '0:' }])
    await create('v1', { title: 'later' })
    expect(changesIn(await lines.toBeat())).toMatchObject([{ id: 'v1', kind: 'create' }])
    await update('v1', { state: 'open' })
    expect(changesIn(await lines.toBeat())).toMatchObject([{ id: 'v1', kind: 'update', changed: { state: 2 } }])
    await lines.leave()
  })

  it('speaks server-sent events where they are asked for, and goes on behind Last-Event-ID', async () => {
    await create('v1', { title: 'one' })
    await create('v2', { title: 'two' })
    const first = await (await feed('?stay=false', 'system', { accept: 'text/event-stream' })).text()
    const [id] = /(?<=id: ).*/.exec(first)!
    expect(first).toMatch(/^id: 1:[0-9a-f]{16}\nevent: change\ndata: \{.*\}\n\n/)
    const headers = { accept: 'text/event-stream', 'last-event-id': id }
    const second = await (await feed('?stay=false', 'system', headers)).text()
    expect(second).not.toContain('"v1"')
    expect(second).toContain('"v2"')
  })

  it('refuses a cursor of another history with what to do, at the start and in mid-stream', async () => {
    await create('v1', { title: 'one' })
    for (const after of ['1:00000000000000aa', '7:00000000000000aa', '7:']) {
      const refused = await feed(`?after=${after}`)
      expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'timeline' }])
    }
    expect((await feed('?after=nonsense')).status).toBe(400)
    const lines = linesOf(await feed())
    await lines.toBeat()
    const { storage } = opened.relay.core
    const { snapshot } = storage
    const restored: typeof snapshot = read => snapshot(view => read({ ...view, commitOf: async () => 'another' }))
    Object.assign(storage, { snapshot: restored })
    await create('v2', { title: 'after the restore' })
    expect(await lines.rest()).toMatchObject([{ type: 'fault', code: 'timeline' }])
  })

  it('keeps to the tables and columns asked for, and lets the cursor pass what it does not tell', async () => {
    await create('v1', { title: 'one', minutes: 3, state: 'open' })
    await update('v1', { minutes: 4, state: 'done' })
    await create('p1', { name: 'bolt' }, 'part')
    const lines = await all('&tables=visit&columns=visit.title,visit.minutes')
    expect(changesIn(lines)).toMatchObject([{ id: 'v1', changed: { minutes: 2 } }])
    expect(Object.keys(changesIn(lines)[0]!.values!)).toEqual(['visitid', 'title', 'minutes'])
    expect(lines.at(-1)).toEqual({ type: 'beat', cursor: await cursor() })
    expect((await feed('?tables=none')).status).toBe(404)
    expect((await feed('?columns=visit.price')).status).toBe(404)
  })

  it('[SE1] is for who has the right to it alone, and hides the columns hidden from him', async () => {
    await create('v1', { title: 'one', price: 12.34 })
    expect((await feed('', 'rita')).status).toBe(403)
    expect((await feed('', 'olga')).status).toBe(403)
    expect((await opened.ask(undefined, '/api/feed')).status).toBe(401)
    expect(JSON.stringify(await all())).not.toContain('12.34')
    const boss = await linesOf(await feed('?stay=false', 'boss')).rest()
    expect(changesIn(boss)[0]!.values).toMatchObject({ price: 12.34 })
  })

  it('ends with a fault when the sign-in does, and tells nothing more', async () => {
    const lines = linesOf(await feed())
    await lines.toBeat()
    opened.skip(13 * 3_600_000)
    await create('v1', { title: 'secret' })
    expect(await lines.rest()).toMatchObject([{ type: 'fault', code: 'unauthenticated' }])
  })

  it('reads no further while nobody takes what it has: a slow reader costs a page', async () => {
    const { core } = opened.relay
    for (let n = 0; n < 5; n++) await create(`v${n}`, { title: 'x'.repeat(80) })
    let reads = 0
    const { snapshot } = core.storage
    Object.assign(core.storage, {
      snapshot: (read: Parameters<typeof snapshot>[0]) => {
        reads++
        return snapshot(read)
      },
    })
    const response = await feed()
    const before = reads
    for (let n = 5; n < 10; n++) await create(`v${n}`, { title: 'y' })
    const quiet = reads
    await new Promise(resolve => setTimeout(resolve, 150))
    expect(reads).toBe(quiet)
    const lines = linesOf(response)
    expect(changesIn(await lines.toBeat())).toHaveLength(10)
    expect(reads).toBeGreaterThan(before)
    await lines.leave()
  })

  it('comes over a real socket line by line, and ends when the relay closes', async () => {
    const { url } = await opened.serve()
    const headers = { authorization: `Bearer ${await opened.issuer.token('system')}` }
    const lines = linesOf(await fetch(`${url}/api/feed`, { headers }))
    await lines.toBeat()
    await create('v1', { title: 'over the wire' })
    expect(changesIn(await lines.toBeat())).toMatchObject([{ id: 'v1' }])
    const closing = opened.close()
    expect(await lines.rest().catch(() => [])).toEqual([])
    await closing
  })
})
