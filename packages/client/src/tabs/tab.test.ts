import { type Down, encodeDown, packEnvelope } from '@rejoin/profile'
import { describe, expect, it } from 'vitest'
import { at, confirmed, welcome } from '../device/device.fixture.ts'
import { RejoinFault } from '../device/fault.ts'
import type { Connect, SocketHandlers } from '../session/socket.ts'
import { memoryBrowser, type Tab } from './browser.fixture.ts'

const titles = ({ rejoin }: Tab): readonly unknown[] =>
  rejoin
    .table('task')
    .query({ orderBy: 'title' })
    .current.map(({ title }) => title)

describe('a tab that follows', () => {
  it('reads what the leader saves, and the leader what it saves, as soon as the save has resolved', async () => {
    const browser = await memoryBrowser()
    const [one, two] = [await browser.open(), await browser.open()]
    const seen: (readonly unknown[])[] = []
    const query = two.rejoin.table('task').query({ orderBy: 'title' })
    query.subscribe(rows => seen.push(rows.map(({ title }) => title)))
    const id = await one.rejoin.table('task').create({ title: 'by one' })
    await browser.pass(1)
    expect(titles(two)).toEqual(['by one', 'pump'])
    await browser.until(two.rejoin.table('task').update(id, { title: 'by two' }))
    expect(titles(two)).toEqual(['by two', 'pump'])
    expect(titles(one)).toEqual(['by two', 'pump'])
    expect(seen).toEqual([
      ['by one', 'pump'],
      ['by two', 'pump'],
    ])
    expect(two.rejoin.outbox.current.map(({ kind }) => kind)).toEqual(['create', 'update'])
    expect(two.rejoin.table('task').mark(id)).toBe('pending')
    expect(new Set(browser.commits.map(({ tab }) => tab))).toEqual(new Set([0]))
  })

  it('is refused what the leader refuses, in the same words', async () => {
    const browser = await memoryBrowser()
    const [, two] = [await browser.open(), await browser.open()]
    const refused = two.rejoin.table('task').update('none', { hours: 1 })
    await browser.until(refused)
    await expect(refused).rejects.toBeInstanceOf(RejoinFault)
    await expect(refused).rejects.toMatchObject({ code: 'not-found', table: 'task', record: 'none' })
  })

  it('is refused in the same words too what no message can carry from tab to tab', async () => {
    const browser = await memoryBrowser()
    const [one, two] = [await browser.open(), await browser.open()]
    const said = async ({ rejoin }: Tab, value: unknown): Promise<unknown> => {
      const refused = rejoin.table('task').update('A', { title: value as never })
      await browser.until(refused)
      return refused.catch((fault: unknown) => [fault, { ...(fault as RejoinFault) }])
    }
    for (const value of [() => 1, Symbol('x')]) {
      const words = await said(one, value)
      expect(words).toMatchObject([expect.any(RejoinFault), { code: 'invalid', record: 'A', column: 'title' }])
      expect(await said(two, value)).toEqual(words)
    }
    expect(two.rejoin.outbox.current).toEqual([])
  })

  it('acts on the outbox, groups and pauses as the leader does', async () => {
    const browser = await memoryBrowser()
    const [one, two] = [await browser.open(), await browser.open()]
    await browser.until(
      two.rejoin.group(group => {
        group.table('task').create({ title: 'first' })
        group.table('task').create({ title: 'second' })
      }),
    )
    expect(new Set(one.rejoin.outbox.current.map(({ group }) => group)).size).toBe(1)
    two.rejoin.outbox.pause('meeting')
    expect(two.rejoin.outbox.paused.current).toEqual(['meeting'])
    await browser.pass(1)
    expect(one.rejoin.outbox.paused.current).toEqual(['meeting'])
    await browser.until(two.rejoin.outbox.current[0]!.discard())
    expect([one, two].map(({ rejoin }) => rejoin.outbox.current.length)).toEqual([0, 0])
    one.rejoin.outbox.resume('meeting')
    await browser.pass(1)
    expect(two.rejoin.outbox.paused.current).toEqual([])
  })

  it('[OB14] a pause outlives all tabs: the first of the next ones, and those that follow it, are paused', async () => {
    const browser = await memoryBrowser()
    const [one, two] = [await browser.open(), await browser.open()]
    two.rejoin.outbox.pause('meeting')
    await browser.pass(1)
    await browser.until(two.rejoin.close())
    await browser.until(one.rejoin.close())
    const [three, four] = [await browser.open(), await browser.open()]
    expect([three, four].map(({ rejoin }) => rejoin.outbox.paused.current)).toEqual([['meeting'], ['meeting']])
    four.rejoin.outbox.resume('meeting')
    await browser.pass(1)
    expect(three.rejoin.outbox.paused.current).toEqual([])
  })

  it('shows the session of the leader and can end it; a new tab does not bring it back', async () => {
    const browser = await memoryBrowser()
    let lines = 0
    const connect = (): { send: () => void; close: () => void } => {
      lines++
      return { send: () => {}, close: () => {} }
    }
    const one = await browser.open({ wanted: true, connect })
    const two = await browser.open({ wanted: true, connect })
    expect([lines, two.rejoin.link.current.state]).toEqual([1, 'connecting'])
    two.rejoin.disconnect()
    await browser.pass(10)
    expect([one, two].map(({ rejoin }) => rejoin.link.current.state)).toEqual(['offline', 'offline'])
    const three = await browser.open({ wanted: true, connect })
    await browser.until(one.close())
    await browser.pass(10)
    expect([lines, three.rejoin.link.current.state]).toEqual([1, 'offline'])
    three.rejoin.connect()
    await browser.pass(10)
    expect(two.rejoin.link.current.state).toBe('connecting')
  })
})

describe('another tab takes over', () => {
  it('at once from a leader that is closed or has crashed', async () => {
    const browser = await memoryBrowser()
    const [one, two, three] = [await browser.open(), await browser.open(), await browser.open()]
    await browser.until(one.close())
    expect(await browser.until(two.rejoin.table('task').update('A', { hours: 3 }))).toBe(0)
    two.crash()
    expect(await browser.until(three.rejoin.table('task').update('A', { hours: 4 }))).toBe(0)
    expect(three.rejoin.outbox.current.map(({ changes }) => changes['hours'])).toEqual([
      [2, 3],
      [3, 4],
    ])
    expect(browser.commits.filter(({ over }) => over).map(({ tab }) => tab)).toEqual([0, 1, 2])
  })

  it.each(['frozen', 'drowsy'] as const)(
    'within 5 s from a leader that is %s; thawed, it follows, and cannot commit what it had begun',
    async how => {
      const browser = await memoryBrowser()
      const [one, two] = [await browser.open(), await browser.open()]
      await browser.pass(1_000)
      one.freeze(how)
      const saved = two.rejoin.table('task').update('A', { hours: 3 })
      expect(await browser.until(saved)).toBeLessThan(5_000)
      const stale = one.rejoin.table('task').update('A', { done: true })
      one.thaw()
      expect(await browser.until(stale)).toBeLessThan(1_000)
      expect(browser.commits.at(-1)!.tab).toBe(1)
      expect(one.rejoin.table('task').get('A')).toMatchObject({ hours: 3, done: true })
      expect(one.rejoin.outbox.current.map(({ id }) => id)).toEqual(two.rejoin.outbox.current.map(({ id }) => id))
      expect(browser.errors).toEqual([])
    },
  )

  it('a tab opened while the leader is frozen opens within 5 s', async () => {
    const browser = await memoryBrowser()
    const one = await browser.open()
    one.freeze()
    const { tab } = browser.begin()
    expect(await browser.until(tab)).toBeLessThan(5_000)
  })

  it('a save the leader had committed when it crashed is not done twice', async () => {
    let wait = 0
    const browser = await memoryBrowser(() => wait)
    const [one, two] = [await browser.open(), await browser.open()]
    wait = 10
    const saved = two.rejoin.table('task').update('A', { hours: 3 })
    const before = browser.commits.length
    // In the store, and the leader has not heard of it yet.
    while (browser.commits.length === before) await browser.pass(1)
    one.crash()
    await browser.until(saved)
    expect(two.rejoin.outbox.current.map(({ changes }) => changes)).toEqual([{ hours: [2, 3] }])
  })
})

it('[SE4] what one tab signs out is gone in all of them, and none of them comes back by itself', async () => {
  const browser = await memoryBrowser()
  let lines = 0
  const connect = (): { send: () => void; close: () => void } => {
    lines++
    return { send: () => {}, close: () => {} }
  }
  const open = (): Promise<Tab> => browser.open({ wanted: true, connect })
  const [one, two, three] = [await open(), await open(), await open()]
  await browser.until(two.rejoin.signOut())
  await browser.until(one.close())
  await browser.pass(10_000)
  expect(three.rejoin.table('task').get.bind(undefined, 'A')).toThrow(expect.objectContaining({ code: 'not-ready' }))
  expect([three.rejoin.ready, three.rejoin.link.current.state, lines]).toEqual([false, 'offline', 1])
  expect((await browser.disk.scan('overlay')).length + (await browser.disk.scan('page')).length).toBe(0)
})

it('what a tab had done by the leader is forgotten when the tab has ended, and not before', async () => {
  const browser = await memoryBrowser()
  const [one, two, three] = [await browser.open(), await browser.open(), await browser.open()]
  const marks = async (): Promise<number> => (await browser.disk.scan('meta', { from: 'tab:', to: 'tab;' })).length
  await browser.until(two.rejoin.table('task').update('A', { hours: 3 }))
  await browser.until(three.rejoin.table('task').update('A', { hours: 4 }))
  expect(await marks()).toBe(2)
  two.freeze()
  one.crash()
  await browser.pass(60_000)
  expect(await marks()).toBe(2)
  two.crash()
  await browser.pass(10)
  expect(await marks()).toBe(1)
  await browser.until(three.close())
  await browser.until((await browser.open()).rejoin.table('task').update('A', { hours: 5 }))
  expect(await marks()).toBe(0)
})

it('a save of a tab alone is one commit, and leaves no trace of tabs', async () => {
  const browser = await memoryBrowser()
  const one = await browser.open()
  const before = browser.commits.length
  await one.rejoin.table('task').update('A', { hours: 3 })
  expect(browser.commits.length - before).toBe(1)
  expect(await browser.disk.scan('meta', { from: 'tab:', to: 'tab;' })).toEqual([])
  await browser.until(one.close())
})

it('[OM11] regression, tabs stayed blank for whom another user had made room by signing out: they show what is his', async () => {
  const browser = await memoryBrowser()
  let line: SocketHandlers | undefined
  const connect: Connect = handlers => {
    line = handlers
    queueMicrotask(handlers.opened)
    return { send: () => {}, close: () => {} }
  }
  const say = async (...messages: Down[]): Promise<void> => {
    for (const message of messages) line?.message(encodeDown(message))
    await browser.pass(10)
  }
  const [one, two] = [await browser.open({ connect, wanted: true }), await browser.open({ connect })]
  const named = await browser.open({ connect, token: `e30.${btoa(JSON.stringify({ sub: 'ben' }))}.signature` })
  const ben = { ...welcome(1), user: { id: 'ben', name: 'Ben' } }
  await browser.pass(10)
  await say(ben)
  expect([one, two, named].map(titles)).toEqual([[], [], []])
  await browser.until(two.rejoin.signOut({ unsent: 'discard' }))
  const three = await browser.open({ connect })
  three.rejoin.connect()
  await browser.pass(2_000)
  const envelope = packEnvelope(confirmed('B', 1, { title: 'fan' }))
  await say(
    { ...ben, time: browser.now },
    { type: 'changes', at: at(1), rows: [{ table: 'task', id: 'B', envelope }], gone: [], answers: [] },
  )
  expect(three.rejoin.link.current.fault).toBeUndefined()
  expect([one, three, named].map(titles)).toEqual([['fan'], ['fan'], ['fan']])
  expect(browser.errors).toEqual([])
})

it('[OM11] a tab whose token names another user shows nothing and does nothing, and the tabs of the first user go on', async () => {
  const browser = await memoryBrowser()
  const jwt = (sub: string): string => `e30.${btoa(JSON.stringify({ sub }))}.signature`
  const ana = await browser.open({ token: jwt('ana') })
  const ben = await browser.open({ token: jwt('ben') })
  const titles = (tab: typeof ana): unknown[] =>
    tab.rejoin
      .table('task')
      .query()
      .current.map(({ title }) => title)
  expect([titles(ana), titles(ben)]).toEqual([['pump'], []])
  const refused = expect(ben.rejoin.table('task').create({ title: 'new' })).rejects.toMatchObject({ code: 'forbidden' })
  await browser.until(refused)
  await browser.until(ana.rejoin.table('task').update('A', { title: 'motor' }))
  expect([titles(ana), titles(ben)]).toEqual([['motor'], []])
  // Left alone with the store, it leads, and still shows nothing.
  await browser.until(ana.close())
  await browser.pass(10_000)
  expect(titles(ben)).toEqual([])
  await browser.until(ben.close())
  const again = await browser.open({ token: jwt('ana') })
  expect([titles(again), again.rejoin.outbox.current.length]).toEqual([['motor'], 1])
  expect(browser.errors).toEqual([])
})
