import { packEnvelope, packRows } from '@rejoin/profile'
import { describe, expect, it } from 'vitest'
import { at, confirmed, openScript, type Script, welcome } from '../device/device.fixture.ts'
import { shelves } from '../store/store.ts'

const rows = {
  A: confirmed('A', 5, { title: 'pump', hours: 2 }),
  B: confirmed('B', 4, { title: 'valve' }),
}

const atWork = async (): Promise<Script> => {
  const script = await openScript()
  await script.greet(rows)
  script.device.disconnect()
  const tasks = script.device.table('task')
  await tasks.update('A', { hours: 3 })
  await tasks.create({ taskid: 'N', title: 'new' })
  await script.device.drafts.keep('note', { table: 'task', values: { title: 'later' } })
  return script
}

const ids = ({ device }: Script): readonly string[] =>
  device
    .table('task')
    .query()
    .current.map(({ taskid }) => taskid)

const kept = async ({ store }: Script): Promise<readonly string[]> => {
  const found = await Promise.all(shelves.map(async shelf => ((await store.scan(shelf)).length > 0 ? [shelf] : [])))
  return found.flat()
}

describe('clearing', () => {
  it('[CA4] records go, unsent work and drafts stay, and the next sync brings the records back under it', async () => {
    const script = await atWork()
    await script.device.cache.clear()
    expect(ids(script)).toEqual(['A', 'N'])
    expect(await script.store.scan('page')).toEqual([])
    expect(script.device.cache.current).toEqual({ state: 'none' })
    expect(script.device.ready).toBe(false)
    script.disk.crash()
    const again = await openScript(script.disk)
    expect(ids(again)).toEqual(['A', 'N'])
    expect(again.device.drafts.get('note')).toBeDefined()
    expect(again.device.outbox.current).toHaveLength(2)
    await again.greet(rows)
    expect(again.heard()[0]).toMatchObject({ type: 'hello', holdings: [] })
    expect(ids(again)).toEqual(['A', 'B', 'N'])
    expect(again.device.table('task').get('A')).toMatchObject({ title: 'pump', hours: 3 })
  })

  it('[CA4] before the first sync has completed, too, open lists and counts are told that records went', async () => {
    const script = await openScript()
    const { device } = script
    device.connect()
    await script.settle()
    const packed = packRows(Object.entries(rows).map(([id, record]) => ({ id, envelope: packEnvelope(record) })))
    await script.say(
      { ...welcome(5), time: script.relayTime() },
      { type: 'plan', tables: [{ table: 'task', rows: 2 }] },
      { type: 'page', table: 'task', start: at(5), columnSet: '*', after: 'z', last: true, rows: 2, packed },
    )
    const open = device.table('task').query({ where: { title: { ne: 'none' } } })
    const count = device.table('task').count({})
    const told: unknown[] = []
    open.subscribe(now => told.push(now.length))
    count.subscribe(now => told.push(now))
    expect([device.ready, open.current.length, count.current]).toEqual([false, 2, 2])
    await device.cache.clear()
    expect([open.current, count.current, told]).toEqual([[], 0, [0, 0]])
  })

  it('[CA4] unsent work stays readable as a whole where no image of the record goes with it', async () => {
    const script = await openScript()
    await script.greet(rows, { strategy: 'merge' })
    script.device.disconnect()
    await script.device.table('task').update('A', { hours: 3 })
    await script.device.cache.clear()
    expect(script.device.table('task').get('A')).toMatchObject({ title: 'pump', hours: 3 })
    script.disk.crash()
    expect((await openScript(script.disk)).device.table('task').get('A')).toMatchObject({ title: 'pump', hours: 3 })
  })

  it('[CA4] with an export or a discard confirmed unsent work goes too; a file that lacks some is refused', async () => {
    const script = await atWork()
    const file = script.device.outbox.export()
    await script.device.table('task').update('B', { hours: 1 })
    await expect(script.device.cache.clear({ unsent: { file } })).rejects.toMatchObject({ code: 'unsent' })
    await expect(script.device.cache.clear({ unsent: { file: 'my notes' } })).rejects.toMatchObject({ code: 'invalid' })
    expect(ids(script)).toEqual(['A', 'B', 'N'])
    await script.device.cache.clear({ unsent: { file: script.device.outbox.export() } })
    expect(ids(script)).toEqual([])
    expect(script.device.outbox.current).toEqual([])
    expect(await script.store.scan('overlay')).toEqual([])
    const other = await atWork()
    await other.device.cache.clear({ unsent: 'discard' })
    expect(ids(other)).toEqual([])
    expect(other.device.drafts.get('note')).toBeDefined()
  })

  it('[CA5] a reset leaves nothing, and the next opening begins with a first sync as a new device', async () => {
    const script = await openScript()
    await script.greet(rows)
    const { id } = script.device
    await script.device.cache.reset()
    const again = await openScript(script.disk, store => store, { after: 1 })
    expect(again.device.id).not.toBe(id)
    expect(again.device.ready).toBe(false)
    expect(await kept(again)).toEqual(['meta'])
    await again.greet(rows)
    expect(again.heard()[0]).toMatchObject({ type: 'hello', schema: 0, holdings: [] })
    expect(ids(again)).toEqual(['A', 'B'])
  })

  it('[SE4] sign-out wipes everything; unsent work and drafts block it, and the user stays signed in', async () => {
    const script = await openScript()
    await script.greet(rows)
    const { id } = script.device
    await script.device.table('task').update('A', { hours: 3 })
    await script.settle()
    const before = script.lines
    await expect(script.device.signOut()).rejects.toMatchObject({
      code: 'unsent',
      fix: expect.stringContaining('export'),
    })
    expect(ids(script)).toEqual(['A', 'B'])
    await script.settle()
    // What was stopped for it goes on.
    expect(script.lines).toBe(before + 1)
    await script.device.signOut({ unsent: { file: script.device.outbox.export() } })
    expect(ids(script)).toEqual([])
    const store = script.disk.open()
    expect(await store.get('meta', 'device')).not.toBe(id)
    for (const shelf of shelves) expect((await store.scan(shelf)).filter(([key]) => !counters.has(key))).toEqual([])
    await store.close()
    const other = await openScript()
    await other.greet(rows)
    await other.device.drafts.keep('note', { table: 'task', values: {} })
    await expect(other.device.signOut()).rejects.toMatchObject({ code: 'unsent' })
    await other.device.signOut({ unsent: 'discard' })
  })
})

/** say nothing of anybody */
const counters = new Set(['device', 'seq', 'left', 'ids', 'ready'])
