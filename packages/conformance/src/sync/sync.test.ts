import { afterEach, describe, expect, it } from 'vitest'
import { type Field, openField } from './field.fixture.ts'

let field: Field
afterEach(() => field?.close())

describe('a device and a relay', () => {
  it('[OB4] an accepted entry leaves the outbox and the mark disappears', async () => {
    field = await openField()
    const ana = await field.open('ana')
    await ana.firstSync()
    const id = await ana.table('visit').create({ title: 'pump', state: 'open' })
    expect(ana.table('visit').mark(id)).toBe('pending')
    await ana.table('visit').update(id, { state: 'done' })
    await ana.table('visit').update(id, { minutes: 5 })
    await field.quiet(ana)
    expect(ana.outbox.current).toEqual([])
    expect(ana.table('visit').mark(id)).toBeUndefined()
    expect(await field.stored('visit', id)).toEqual({ title: 'pump', state: 'done', minutes: 5 })
    expect(ana.table('visit').get(id)).toMatchObject({ title: 'pump', state: 'done', minutes: 5 })
  })

  it('[DS2] a changed row in scope arrives with its new values', async () => {
    field = await openField()
    const [ana, bo] = [await field.open('ana'), await field.open('bo')]
    await Promise.all([ana.firstSync(), bo.firstSync()])
    const id = await ana.table('visit').create({ title: 'pump', state: 'open' })
    await field.quiet(ana, bo)
    await bo.table('visit').update(id, { state: 'done' })
    await field.quiet(ana, bo)
    expect(ana.table('visit').get(id)).toMatchObject({ state: 'done' })
    expect(ana.fingerprint()).toEqual(bo.fingerprint())
  })

  it('[CF3] no conflict detection: the data on the client device wins, and both sides hold its record', async () => {
    field = await openField()
    const [ana, bo] = [await field.open('ana'), await field.open('bo')]
    await Promise.all([ana.firstSync(), bo.firstSync()])
    const id = await ana.table('visit').create({ title: 'pump', state: 'open', minutes: 1 })
    await field.quiet(ana, bo)
    bo.reachable(false)
    await bo.table('visit').update(id, { state: 'bo was here' })
    await ana.table('visit').update(id, { minutes: 9 })
    await field.quiet(ana)
    bo.reachable(true)
    bo.connect()
    await bo.firstSync()
    await expect.poll(() => bo.link.current.state, { timeout: 5_000 }).toBe('live')
    await field.quiet(ana, bo)
    const row = { title: 'pump', state: 'bo was here', minutes: 1 }
    expect(await field.stored('visit', id)).toEqual(row)
    expect(ana.table('visit').get(id)).toMatchObject(row)
    expect(bo.table('visit').get(id)).toMatchObject(row)
    expect(bo.outbox.current).toEqual([])
    expect(bo.ledger.why('visit', id)).toMatchObject([{ status: 'applied', strategy: 'clientWins' }])
  })

  it('[CF4] conflict detection: the data on the server wins', async () => {
    field = await openField({ strategy: 'serverWins' })
    const [ana, bo] = [await field.open('ana'), await field.open('bo')]
    await Promise.all([ana.firstSync(), bo.firstSync()])
    const id = await ana.table('visit').create({ title: 'pump', state: 'open', minutes: 1 })
    await field.quiet(ana, bo)
    bo.reachable(false)
    await bo.table('visit').update(id, { state: 'bo was here' })
    await bo.table('visit').update(id, { title: 'and here' })
    await ana.table('visit').update(id, { minutes: 9 })
    await field.quiet(ana)
    bo.reachable(true)
    await expect.poll(() => bo.link.current.state, { timeout: 5_000 }).toBe('live')
    await field.quiet(ana, bo)
    const row = { title: 'pump', state: 'open', minutes: 9 }
    expect(await field.stored('visit', id)).toEqual(row)
    expect(bo.table('visit').get(id)).toMatchObject(row)
    expect(bo.ledger.why('visit', id)).toHaveLength(2)
    await bo.table('visit').update(id, { state: 'starts anew' })
    await field.quiet(ana, bo)
    expect(ana.table('visit').get(id)).toMatchObject({ state: 'starts anew' })
  })

  it('[OB6] a rejected entry stays with an error saying where and why; other records go on', async () => {
    field = await openField()
    const ana = await field.open('ana')
    const bo = await field.open('bo')
    await Promise.all([ana.firstSync(), bo.firstSync()])
    const id = '01890000-0000-7000-8000-000000000001'
    ana.reachable(false)
    await bo.table('visit').create({ visitid: id, title: "bo's" })
    await ana.table('visit').create({ visitid: id, title: "ana's" })
    await ana.table('visit').update(id, { minutes: 3 })
    const other = await ana.table('visit').create({ title: 'another' })
    ana.reachable(true)
    await expect.poll(() => ana.link.current.state, { timeout: 5_000 }).toBe('live')
    await field.quiet(ana, bo)
    expect(ana.outbox.current).toMatchObject([
      { record: id, state: 'rejected', error: { code: 'exists' } },
      { record: id, state: 'held', heldBy: ana.outbox.current[0]!.id },
    ])
    expect(await field.stored('visit', other)).toEqual({ title: 'another' })
    expect(ana.table('visit').mark(id)).toBe('error')
    await ana.outbox.current[0]!.discard()
    await field.quiet(ana, bo)
    expect(ana.outbox.current).toEqual([])
    expect(await field.stored('visit', id)).toEqual({ title: "bo's", minutes: 3 })
    expect(ana.table('visit').get(id)).toMatchObject({ title: "bo's", minutes: 3 })
  })

  it('[LW8] a record created offline outside the filter is sent and not synchronised back', async () => {
    field = await openField({ where: 'open' })
    const ana = await field.open('ana')
    await ana.firstSync()
    const id = await ana.table('visit').create({ title: 'elsewhere', state: 'closed' })
    await field.quiet(ana)
    expect(await field.stored('visit', id)).toMatchObject({ title: 'elsewhere' })
    expect(ana.table('visit').get(id)).toBeUndefined()
    expect(ana.table('visit').missing(id)).toBe('left')
  })

  it('[OB11] unsent work survives a crash and takes effect once', async () => {
    field = await openField()
    let ana = await field.open('ana')
    await ana.firstSync()
    ana.reachable(false)
    const ids: string[] = []
    for (let i = 0; i < 250; i++) ids.push(await ana.table('visit').create({ title: `visit ${i}` }))
    ana = await ana.crash()
    expect(ana.outbox.current).toHaveLength(250)
    ana.connect()
    // Cut in the middle of it: what was sent is sent again.
    await new Promise(resolve => setTimeout(resolve, 25))
    ana.cut()
    await expect.poll(() => ana.outbox.current.length, { timeout: 10_000 }).toBe(0)
    await field.quiet(ana)
    const edits = await field.core.storage.snapshot(async view => view.counts())
    expect(edits.get('visit')).toBe(250)
    expect(ana.fingerprint()['visit']!.rows).toBe(250)
    expect(ana.table('visit').query().current).toHaveLength(250)
  })

  it('[FS3] an incomplete first sync continues where it stopped', async () => {
    field = await openField()
    const bo = await field.open('bo')
    await bo.firstSync()
    for (let i = 0; i < 40; i++) {
      await Promise.all(Array.from({ length: 50 }, (_, j) => bo.table('visit').create({ title: `visit ${i} ${j}` })))
    }
    await field.quiet(bo)
    let ana = await field.open('ana')
    const cut = new Promise<void>(resolve => {
      ana.progress.subscribe(({ rows }) => {
        if (rows.done < 600) return
        ana.reachable(false)
        resolve()
      })
    })
    ana.connect()
    await cut
    expect(ana.ready).toBe(false)
    expect(ana.table('visit').query().current).toEqual([])
    ana = await ana.crash()
    const done: number[] = []
    ana.progress.subscribe(({ rows }) => done.push(rows.done))
    await ana.firstSync()
    expect(done.find(rows => rows > 0)).toBeGreaterThanOrEqual(600)
    expect(ana.progress.current).toMatchObject({
      phase: 'done',
      rows: { done: 2000, total: 2000 },
      tables: { done: 2, total: 2 },
    })
    expect(ana.stats.repaired).toBe(0)
    expect(ana.fingerprint()).toEqual(bo.fingerprint())
    expect(ana.table('visit').query().current).toHaveLength(2000)
  })
})
