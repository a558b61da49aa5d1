import { describe, expect, it } from 'vitest'
import { at, confirmed, openScript, rowChange, type Script, welcome } from '../device/device.fixture.ts'

interface Stated {
  readonly id: string
  readonly rev: number
  readonly values: Readonly<Record<string, unknown>>
}

/** The relay's online API over these rows. */
const api =
  (rows: Stated[]): typeof fetch =>
  async request => {
    const url = new URL(request as string)
    const [, , , , id] = url.pathname.split('/')
    if (id !== undefined) {
      const found = rows.find(each => each.id === decodeURIComponent(id))
      return found === undefined ? Response.json({ code: 'not-found' }, { status: 404 }) : Response.json(found)
    }
    const title = url.searchParams.get('title')
    const from = url.searchParams.get('after') ?? ''
    const all = rows.filter(each => each.id > from && (title === null || each.values['title'] === title))
    // Two rows a page, so that there are pages.
    const page = all.slice(0, 2)
    return Response.json({ rows: page, ...(all.length > 2 ? { next: page[1]!.id } : {}) })
  }

const stated = (id: string, rev: number, title: string): Stated => ({
  id,
  rev,
  values: { taskid: id, title, hours: rev },
})

const opened = async (rows: Stated[]): Promise<Script> => {
  const script = await openScript(undefined, undefined, { url: 'https://relay.example', fetch: api(rows) })
  await script.greet({ A: confirmed('A', 5, { title: 'pump', hours: 2 }) })
  return script
}

/** what is held is as the relay's */
const synced = ({ device }: Script): Parameters<Script['say']>[0] => ({
  type: 'synced',
  at: at(5),
  tables: Object.entries(device.fingerprint()).map(([table, sum]) => ({ table, ...sum })),
})

const titles = ({ device }: Script): unknown =>
  device
    .table('task')
    .query()
    .current.map(({ taskid, title }) => [taskid, title])

describe('plan ahead', () => {
  it('[OM10] a selection of records is there offline, in lists and by id, beside the scope and out of its fingerprint', async () => {
    const script = await opened([stated('X', 3, 'boiler'), stated('Y', 4, 'valve')])
    const open = script.device.table('task').query({ where: { hours: 3 } })
    let told = 0
    open.subscribe(() => told++)
    expect(open.current).toEqual([])
    const before = script.device.fingerprint()
    await script.device.pins.add('tomorrow', 'task', { ids: ['X', 'nowhere'] })
    expect(told).toBe(1)
    expect(open.current.map(({ taskid }) => taskid)).toEqual(['X'])
    await script.device.offline.turnOn()
    script.disk.crash()
    const again = await openScript(script.disk)
    expect(titles(again)).toEqual([
      ['A', 'pump'],
      ['X', 'boiler'],
    ])
    expect(again.device.table('task').get('X')).toMatchObject({ title: 'boiler', hours: 3, done: null })
    expect(again.device.pins.current).toMatchObject([{ name: 'tomorrow', table: 'task', brought: ['task/X'] }])
    expect(again.device.fingerprint()).toEqual(before)
    await expect(again.device.table('task').update('X', { hours: 9 })).rejects.toMatchObject({
      code: 'pinned',
      record: 'X',
    })
  })

  it('[OM10] a saved view brings all it shows, page by page, and a download brings it up to date', async () => {
    const rows = [stated('V', 1, 'valve'), stated('W', 2, 'valve'), stated('X', 3, 'boiler'), stated('Y', 4, 'valve')]
    const script = await opened(rows)
    await script.device.pins.add('valves', 'task', { where: { title: 'valve' } })
    await script.device.pins.add('mine', 'task', { ids: ['V'] })
    expect(titles(script)).toEqual([
      ['A', 'pump'],
      ['V', 'valve'],
      ['W', 'valve'],
      ['Y', 'valve'],
    ])
    rows.splice(1, 1)
    rows.push(stated('Z', 7, 'valve'))
    await script.device.offline.download()
    expect(titles(script)).toEqual([
      ['A', 'pump'],
      ['V', 'valve'],
      ['Y', 'valve'],
      ['Z', 'valve'],
    ])
    // What another selection still wants stays.
    await script.device.pins.remove('valves')
    expect(titles(script)).toEqual([
      ['A', 'pump'],
      ['V', 'valve'],
    ])
    await script.device.pins.remove('mine')
    expect(titles(script)).toEqual([['A', 'pump']])
  })

  it('[OM10] a record that is in the scope is shown as the scope has it, and one that was deleted is not held up', async () => {
    const script = await opened([stated('A', 4, 'old pump'), stated('X', 3, 'boiler')])
    await script.device.pins.add('both', 'task', { ids: ['A', 'X'] })
    expect(script.device.table('task').get('A')).toMatchObject({ title: 'pump' })
    await script.say(rowChange('X', confirmed('X', 9, { title: 'new boiler' })))
    expect(script.device.table('task').get('X')).toMatchObject({ title: 'new boiler' })
    await script.device.table('task').update('X', { hours: 1 })
    await script.device.table('task').undo('X')
    await script.say({
      type: 'changes',
      at: { rev: 10, commit: '000000000000000a' },
      rows: [],
      gone: [{ table: 'task', id: 'X', why: 'deleted' }],
      answers: [],
    })
    expect(script.device.table('task').get('X')).toBeUndefined()
  })

  it('[SE3] what it brought goes in the commit that tells of other rights, and comes again as far as they reach', async () => {
    const rows = [stated('X', 3, 'boiler'), stated('Y', 4, 'valve')]
    const script = await opened(rows)
    const { device } = script
    await device.pins.add('mine', 'task', { ids: ['X', 'Y'] })
    await script.lose()
    // Of the one he may read no more, of the other one column less.
    rows.splice(0, 2, { id: 'Y', rev: 4, values: { taskid: 'Y', title: 'valve' } })
    await script.pass(60_000)
    const seen: unknown[] = []
    device
      .table('task')
      .query()
      .subscribe(list => seen.push(list.map(({ taskid, hours }) => [taskid, hours])))
    await script.say({ ...welcome(5), time: script.relayTime(), rights: '01' })
    expect(device.table('task').get('X')).toBeUndefined()
    expect(device.table('task').get('Y')).toBeUndefined()
    expect(device.pins.current).toMatchObject([{ name: 'mine', brought: [], due: true }])
    expect((await script.store.scan('pin')).map(([key]) => key)).toEqual(['name:mine'])
    await script.say(synced(script))
    expect(titles(script)).toEqual([
      ['A', 'pump'],
      ['Y', 'valve'],
    ])
    expect(device.table('task').get('Y')).toMatchObject({ hours: null })
    expect(device.pins.current[0]).toEqual(expect.not.objectContaining({ due: true }))
    expect(JSON.stringify(seen)).not.toContain('["Y",4]')
  })

  it('[SE3] what was fetched under other rights than those in force is not kept', async () => {
    const rows = [stated('X', 3, 'boiler')]
    let answer = (): void => {}
    const asked = new Promise<void>(resolve => (answer = resolve))
    const script = await openScript(undefined, undefined, {
      url: 'https://relay.example',
      fetch: async (...request) => {
        const said = await api(rows)(...request)
        await asked
        return said
      },
    })
    await script.greet({ A: confirmed('A', 5, { title: 'pump', hours: 2 }) })
    const adding = script.device.pins.add('mine', 'task', { ids: ['X'] })
    const refused = expect(adding).rejects.toMatchObject({ code: 'refused' })
    await script.lose()
    await script.pass(60_000)
    await script.say({ ...welcome(5), time: script.relayTime(), rights: '01' })
    answer()
    await refused
    expect(script.device.table('task').get('X')).toBeUndefined()
  })

  it('[OM10] it goes with the cache: unreadable when that has expired, removed when it is cleared', async () => {
    const script = await opened([stated('X', 3, 'boiler')])
    await script.device.pins.add('tomorrow', 'task', { ids: ['X'] })
    script.device.disconnect()
    for (let hour = 0; hour < 48; hour++) await script.pass(3_600_000)
    expect(titles(script)).toEqual([])
    await script.greet({ A: confirmed('A', 5, { title: 'pump', hours: 2 }) })
    expect(titles(script)).toEqual([
      ['A', 'pump'],
      ['X', 'boiler'],
    ])
    await script.device.cache.clear()
    expect(titles(script)).toEqual([])
    expect((await script.store.scan('pin')).map(([key]) => key)).toEqual(['name:tomorrow'])
    // The plan stays, and is fetched again at the next contact.
    expect(script.device.pins.current).toMatchObject([{ name: 'tomorrow', brought: [], due: true }])
    await script.greet({ A: confirmed('A', 5, { title: 'pump', hours: 2 }) })
    await script.say(synced(script))
    await script.settle()
    expect(titles(script)).toEqual([
      ['A', 'pump'],
      ['X', 'boiler'],
    ])
  })

  it('[OM10] a plan that brings nothing is a plan all the same, and who watches is told of it', async () => {
    const script = await opened([])
    const told: number[] = []
    script.device.pins.subscribe(pins => told.push(pins.length))
    await script.device.pins.add('empty', 'task', { ids: ['nowhere'] })
    expect(script.device.pins.current).toMatchObject([{ name: 'empty', brought: [] }])
    await script.device.pins.remove('empty')
    expect(told).toEqual([1, 0])
  })
})
