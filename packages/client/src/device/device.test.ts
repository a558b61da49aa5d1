import type { Confirmed } from '@rejoin/profile'
import { describe, expect, it } from 'vitest'
import { answers, at, confirmed, openScript, rowChange, type Script, welcome } from './device.fixture.ts'
import { RejoinFault } from './fault.ts'

const opened = async (
  rows: Readonly<Record<string, Confirmed>> = { A: confirmed('A', 5, { title: 'pump', hours: 2 }) },
): Promise<Script> => {
  const script = await openScript()
  await script.greet(rows)
  script.heard()
  return script
}

describe('local work', () => {
  it('[LW1] reads come from the local database, connected or not', async () => {
    const script = await opened()
    const row = { taskid: 'A', title: 'pump', hours: 2, done: null, part: null }
    expect(script.device.table('task').get('A')).toEqual(row)
    await script.lose()
    expect(script.device.link.current.state).toBe('offline')
    expect(script.device.table('task').get('A')).toEqual(row)
    expect(script.heard()).toEqual([])
  })

  it('[LW2] creates, updates and deletes work without a relay and survive the end of the program', async () => {
    const script = await opened()
    await script.lose()
    script.device.disconnect()
    const tasks = script.device.table('task')
    const id = await tasks.create({ title: 'new' })
    await tasks.update('A', { hours: 7 })
    await tasks.update(id, { done: true })
    await tasks.delete('A')
    script.disk.crash()
    const { device } = await openScript(script.disk)
    expect(device.table('task').get(id)).toMatchObject({ title: 'new', done: true })
    expect(device.table('task').get('A')).toBeUndefined()
    expect(device.outbox.current.map(({ kind, record }) => [kind, record])).toEqual([
      ['create', id],
      ['update', 'A'],
      ['update', id],
      ['delete', 'A'],
    ])
  })

  it('[LW4] an edit made while connected is saved first and sent at once', async () => {
    const script = await opened()
    await script.device.table('task').update('A', { hours: 3 })
    await script.settle()
    expect(script.pushed()).toMatchObject([
      { record: 'A', changes: { hours: [2, 3] }, base: at(5), image: { title: 'pump', hours: 3, done: null } },
    ])
  })

  it('[LW5] an existing id, an unknown column and a wrong type are refused locally, and nothing is saved', async () => {
    const script = await opened()
    const tasks = script.device.table('task')
    const wrong = { title: 'x', hours: 'many' } as unknown as { title: string }
    await expect(tasks.create({ taskid: 'A', title: 'again' })).rejects.toMatchObject({ code: 'exists', record: 'A' })
    await expect(tasks.create({ title: 'x', colour: 1 } as { title: string })).rejects.toMatchObject({
      code: 'unknown-column',
      column: 'colour',
    })
    await expect(tasks.create(wrong)).rejects.toMatchObject({ code: 'invalid', column: 'hours' })
    await expect(tasks.create({} as { title: string })).rejects.toMatchObject({ code: 'required', column: 'title' })
    await expect(tasks.update('B', { hours: 1 })).rejects.toMatchObject({ code: 'not-found', record: 'B' })
    await expect(tasks.update('A', { hours: 1, title: null } as never)).rejects.toBeInstanceOf(RejoinFault)
    expect(script.device.outbox.current).toEqual([])
    expect(await script.store.scan('outbox')).toEqual([])
  })

  it('[LW6] a record created offline can be edited, related to and deleted before it was ever sent', async () => {
    const script = await opened()
    await script.lose()
    const tasks = script.device.table('task')
    const id = await tasks.create({ title: 'new' })
    await tasks.update(id, { hours: 1 })
    const child = await tasks.create({ title: 'child', part: id })
    await tasks.delete(id)
    expect(tasks.get(id)).toBeUndefined()
    expect(tasks.get(child)).toMatchObject({ part: id })
  })

  it('[LW11] undo takes back all unsent work on one record, and on no other', async () => {
    const script = await opened({
      A: confirmed('A', 5, { title: 'pump', hours: 2 }),
      B: confirmed('B', 4, { title: 'b' }),
    })
    await script.lose()
    script.device.disconnect()
    const tasks = script.device.table('task')
    const before = tasks.query().current
    await tasks.update('A', { hours: 3 })
    await tasks.update('A', { title: 'other', hours: 4 })
    await tasks.delete('A')
    const id = await tasks.create({ title: 'new' })
    await tasks.update(id, { hours: 1 })
    await tasks.update('B', { hours: 9 })
    await tasks.undo('A')
    expect(tasks.get('A')).toMatchObject({ title: 'pump', hours: 2 })
    await tasks.undo(id)
    expect(tasks.get(id)).toBeUndefined()
    expect(script.device.outbox.current.map(({ record }) => record)).toEqual(['B'])
    await tasks.undo('B')
    expect(tasks.query().current).toEqual(before)
    await expect(tasks.undo('B')).rejects.toMatchObject({ code: 'settled', record: 'B' })
    script.disk.crash()
    const again = await openScript(script.disk)
    expect(again.device.table('task').query().current).toEqual(before)
    await again.greet({})
    expect(again.pushed()).toEqual([])
  })

  it('[LW7] ids made on the device are UUIDv7 in the order they were made, and never repeat', async () => {
    const script = await opened()
    const ids: string[] = []
    for (let i = 0; i < 50; i++) ids.push(await script.device.table('task').create({ title: `t${i}` }))
    expect(new Set(ids).size).toBe(50)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('[LW9] lists see local edits at once, in a stable order by id where none is asked', async () => {
    const script = await opened({
      B: confirmed('B', 6, { title: 'b', hours: 1 }),
      A: confirmed('A', 5, { title: 'a', hours: 2 }),
    })
    const query = script.device.table('task').query({ where: { hours: { ge: 1 } } })
    expect(query.current.map(({ taskid }) => taskid)).toEqual(['A', 'B'])
    const seen: string[][] = []
    query.subscribe(rows => seen.push(rows.map(({ taskid }) => taskid)))
    await script.device.table('task').update('A', { hours: 0 })
    await script.device.table('task').create({ taskid: 'AA', title: 'c', hours: 9 })
    expect(seen).toEqual([['B'], ['AA', 'B']])
    const sorted = script.device.table('task').query({ orderBy: [['hours', 'desc']], limit: 2 })
    expect(sorted.current.map(({ taskid }) => taskid)).toEqual(['AA', 'B'])
  })

  it('resolves a save only when the store has it, and saves nothing where the store is full', async () => {
    let release: (() => void) | undefined
    let full = false
    const script = await openScript(undefined, store => ({
      ...store,
      commit: async (changes, durability) => {
        if (full) throw new Error('full')
        if (changes.some(change => 'put' in change && change.put === 'outbox'))
          await new Promise<void>(resolve => (release = resolve))
        await store.commit(changes, durability)
      },
    }))
    await script.greet()
    await script.lose()
    let saved = false
    const save = script.device
      .table('task')
      .create({ title: 'x' })
      .then(() => (saved = true))
    await script.settle()
    expect([saved, script.device.outbox.current.length]).toEqual([false, 0])
    release!()
    await save
    expect([saved, script.device.outbox.current.length]).toEqual([true, 1])
    full = true
    await expect(script.device.table('task').create({ title: 'y' })).rejects.toThrow('full')
    expect(script.device.outbox.current).toHaveLength(1)
  })

  it('an update that changes nothing makes no edit', async () => {
    const script = await opened()
    await script.device.table('task').update('A', { hours: 2, done: null })
    expect(script.device.outbox.current).toEqual([])
  })
})

describe('the outbox', () => {
  it('[OB1] every action is logged in order with its time on the device', async () => {
    const script = await opened()
    await script.lose()
    await script.device.table('task').update('A', { hours: 3 })
    await script.pass(1_000)
    await script.device.table('task').create({ title: 'later' })
    const [first, second] = script.device.outbox.current
    expect(first).toMatchObject({ kind: 'update', record: 'A', changes: { hours: [2, 3] } })
    expect(second!.at - first!.at).toBe(1_000)
  })

  it('[OB2] a changed record carries the mark until the relay has accepted it; an unchanged one does not', async () => {
    const script = await opened({ A: confirmed('A', 5, { title: 'a' }), B: confirmed('B', 6, { title: 'b' }) })
    const tasks = script.device.table('task')
    await tasks.update('A', { hours: 3 })
    await script.settle()
    expect([tasks.mark('A'), tasks.mark('B')]).toEqual(['pending', undefined])
    const [edit] = script.pushed()
    await script.say(
      rowChange('A', confirmed('A', 7, { title: 'a', hours: 3 }), [
        { edit: edit!.id, answer: { status: 'applied', rev: 7 } },
      ]),
    )
    expect(tasks.mark('A')).toBeUndefined()
    expect(script.device.outbox.current).toEqual([])
  })

  it('[OB5] a record whose entry was refused holds its own later entries and nobody else', async () => {
    const script = await opened({ A: confirmed('A', 5, { title: 'a' }), B: confirmed('B', 6, { title: 'b' }) })
    const tasks = script.device.table('task')
    await tasks.update('A', { hours: 1 })
    await script.settle()
    const [edit] = script.pushed()
    await script.say(
      answers({ edit: edit!.id, answer: { status: 'rejected', code: 'rule', message: 'closed', column: 'hours' } }),
    )
    await tasks.update('A', { done: true })
    await tasks.update('B', { hours: 2 })
    await script.settle()
    expect(script.pushed().map(({ record }) => record)).toEqual(['B'])
    expect(script.device.outbox.current).toMatchObject([
      { record: 'A', state: 'rejected', error: { message: 'closed', column: 'hours' } },
      { record: 'A', state: 'held', heldBy: edit!.id },
      { record: 'B' },
    ])
  })

  it('[OB7] entries that refer to a record whose create was refused are held and say what holds them', async () => {
    const script = await opened()
    const tasks = script.device.table('task')
    await tasks.create({ taskid: 'N', title: 'new' })
    await script.settle()
    const [create] = script.pushed()
    await script.say(
      answers({ edit: create!.id, answer: { status: 'rejected', code: 'not-permitted', message: 'no' } }),
    )
    await tasks.update('A', { part: 'N' })
    await script.settle()
    expect(script.pushed()).toEqual([])
    expect(script.device.outbox.current[1]).toMatchObject({ record: 'A', state: 'held', heldBy: create!.id })
    await script.device.outbox.current[0]!.retry()
    await script.settle()
    // What refers to it goes behind it, once it is there.
    const [again, ...more] = script.pushed()
    expect([again, more]).toMatchObject([{ record: 'N', amends: create!.id }, []])
    await script.say(answers({ edit: again!.id, answer: { status: 'applied', rev: 8 } }))
    expect(script.pushed()).toMatchObject([{ record: 'A' }])
  })

  it('[OB9] resolve sends corrected values and amends the refused entry', async () => {
    const script = await opened()
    await script.device.table('task').update('A', { hours: 99, done: true })
    await script.settle()
    const [edit] = script.pushed()
    await script.say(
      answers({
        edit: edit!.id,
        answer: { status: 'rejected', code: 'invalid', message: 'too many', column: 'hours' },
      }),
    )
    await script.device.outbox.current[0]!.resolve({ hours: 8 })
    await script.settle()
    const [again] = script.pushed()
    expect(again).toMatchObject({ amends: edit!.id, changes: { hours: [2, 8], done: [null, true] } })
    expect(script.device.table('task').get('A')).toMatchObject({ hours: 8, done: true })
  })

  it('[LW11] undo of unsent work: a create disappears, an update reverts, a delete returns', async () => {
    const script = await opened({
      A: confirmed('A', 5, { title: 'a', hours: 2 }),
      B: confirmed('B', 6, { title: 'b' }),
    })
    await script.lose()
    script.device.disconnect()
    const tasks = script.device.table('task')
    const id = await tasks.create({ title: 'new' })
    await tasks.update('A', { hours: 3 })
    await tasks.delete('B')
    for (const entry of script.device.outbox.current) await entry.discard()
    expect([tasks.get(id), tasks.get('A')?.hours, tasks.get('B')?.title]).toEqual([undefined, 2, 'b'])
    expect(script.device.outbox.current).toEqual([])
    await script.greet({ A: confirmed('A', 5, { title: 'a', hours: 2 }), B: confirmed('B', 6, { title: 'b' }) })
    expect(script.heard().map(({ type }) => type)).toEqual(['hello'])
  })

  it('[OB10] an entry that had left is withdrawn, and the user is told where that came too late', async () => {
    const script = await opened()
    await script.device.table('task').update('A', { hours: 3 })
    await script.settle()
    const [edit] = script.pushed()
    const late: string[] = []
    script.device.late.subscribe(edits => late.push(...edits))
    await script.device.outbox.current[0]!.discard()
    await script.settle()
    expect(script.heard()).toEqual([{ type: 'withdraw', edits: [edit!.id] }])
    expect(script.device.outbox.current).toEqual([])
    expect(script.device.table('task').get('A')).toMatchObject({ hours: 2 })
    await script.say(
      rowChange('A', confirmed('A', 6, { title: 'pump', hours: 3 }), [
        { edit: edit!.id, answer: { status: 'applied', rev: 6 } },
      ]),
    )
    expect(late).toEqual([edit!.id])
    expect(script.device.table('task').get('A')).toMatchObject({ hours: 3 })
    // The structs of the withdrawn edit may exist or not: its client id is never used again.
    await script.device.table('task').update('A', { hours: 4 })
    expect((await script.store.get('authored', 'task/A')) as unknown).toMatchObject({ index: 1 })
  })

  it('[OB14] the queue can be paused by named reasons and goes on when the last one ends', async () => {
    const script = await opened()
    script.device.outbox.pause('manual')
    script.device.outbox.pause('metered')
    await script.device.table('task').update('A', { hours: 3 })
    script.device.outbox.resume('manual')
    await script.settle()
    expect(script.pushed()).toEqual([])
    script.device.outbox.resume('metered')
    await script.settle()
    expect(script.pushed()).toHaveLength(1)
  })

  it('[OB14] a named pause outlives the device that was closed or crashed, until somebody resumes', async () => {
    const script = await opened()
    script.device.outbox.pause('until the office has looked')
    script.device.outbox.pause('metered')
    script.device.outbox.resume('metered')
    await script.device.table('task').update('A', { hours: 3 })
    script.disk.crash()
    const again = await openScript(script.disk)
    expect(again.device.outbox.paused.current).toEqual(['until the office has looked'])
    await again.greet({ A: confirmed('A', 5, { title: 'pump', hours: 2 }) })
    expect(again.pushed()).toEqual([])
    again.device.outbox.resume('until the office has looked')
    await again.settle()
    expect(again.pushed()).toHaveLength(1)
    again.disk.crash()
    expect((await openScript(script.disk)).device.outbox.paused.current).toEqual([])
  })

  it('[OB13] a group travels in one push, or stays on the device whole where one edit of it is wrong', async () => {
    const script = await opened()
    await script.device.group(group => {
      const id = group.table('task').create({ title: 'child' })
      group.table('task').update('A', { part: id })
    })
    await script.settle()
    const edits = script.pushed()
    expect(new Set(edits.map(({ group }) => group)).size).toBe(1)
    expect(edits).toHaveLength(2)
    await expect(
      script.device.group(group => {
        group.table('task').create({ title: 'other' })
        group.table('task').update('missing', { hours: 1 })
      }),
    ).rejects.toMatchObject({ code: 'not-found' })
    expect(script.device.outbox.current).toHaveLength(2)
  })
})

describe('a session', () => {
  it('[FS5] edits go up while pages are still coming, and nothing before welcome', async () => {
    const script = await openScript()
    await script.greet()
    await script.lose()
    await script.device.table('task').create({ title: 'x' })
    await script.pass(60_000)
    expect(script.heard().filter(({ type }) => type === 'push')).toEqual([])
    await script.say(welcome(1))
    expect(script.pushed()).toHaveLength(1)
    expect(script.device.link.current.state).toBe('catching-up')
  })

  it('what was unanswered when the line broke is sent again under the same id', async () => {
    const script = await opened()
    await script.device.table('task').update('A', { hours: 3 })
    await script.settle()
    const [edit] = script.pushed()
    await script.lose()
    await script.pass(60_000)
    await script.say(welcome(5))
    expect(script.pushed().map(({ id }) => id)).toEqual([edit!.id])
  })

  it('resync records the whole chain again under fresh ids and a fresh client id', async () => {
    const script = await opened()
    await script.device.table('task').update('A', { hours: 3 })
    await script.device.table('task').update('A', { hours: 4 })
    await script.settle()
    const edits = script.pushed()
    await script.say(answers(...edits.map(({ id }) => ({ edit: id, answer: { status: 'resync' } as const }))))
    const again = script.pushed()
    expect(again.map(({ amends }) => amends)).toEqual(edits.map(({ id }) => id))
    expect(again[1]!.after).toBe(again[0]!.id)
    expect(again.map(({ changes }) => changes)).toEqual(edits.map(({ changes }) => changes))
  })

  it('[DS13] a difference is found by its fingerprint, asked about, repaired and counted', async () => {
    const script = await openScript()
    script.device.connect()
    await script.settle()
    await script.say(
      welcome(5),
      {
        type: 'page',
        table: 'task',
        start: at(5),
        columnSet: '*',
        after: '',
        last: true,
        rows: 0,
        packed: new Uint8Array(),
      },
      {
        type: 'synced',
        at: at(5),
        tables: [{ table: 'task', rows: 1, fingerprint: '00112233445566778899aabbccddeeff' }],
      },
    )
    expect(script.heard().find(({ type }) => type === 'compare')).toMatchObject({
      table: 'task',
      leaves: [{ depth: 0, rows: [] }],
    })
    expect(script.device.ready).toBe(false)
    const { at: _, ...change } = rowChange('A', confirmed('A', 5, { title: 'found' })) as Extract<
      ReturnType<typeof rowChange>,
      { type: 'changes' }
    >
    await script.say(change, { type: 'compared', table: 'task', differing: [] })
    expect(script.device.table('task').get('A')).toMatchObject({ title: 'found' })
    expect(script.device.stats.repaired).toBe(1)
    expect(script.device.ready).toBe(true)
  })

  it('[FS6] while a table is downloaded again the previous set is read; the switch comes with the last page', async () => {
    const script = await opened()
    await script.lose()
    await script.pass(60_000)
    const page = {
      type: 'page',
      table: 'task',
      start: at(9),
      columnSet: '*',
      rows: 0,
      packed: new Uint8Array(),
    } as const
    await script.say(welcome(9), { ...page, after: 'a', last: false })
    expect(script.device.table('task').get('A')).toMatchObject({ title: 'pump' })
    await script.say({ ...page, after: 'b', last: true })
    expect(script.device.table('task').get('A')).toBeUndefined()
  })

  it('[DS14] a row that left keeps its unsent edits in view until they are settled', async () => {
    const script = await opened()
    script.device.outbox.pause('manual')
    await script.device.table('task').update('A', { hours: 3 })
    await script.say({
      type: 'changes',
      at: at(6),
      rows: [],
      gone: [{ table: 'task', id: 'A', why: 'left' }],
      answers: [],
    })
    expect(script.device.table('task').get('A')).toMatchObject({ title: 'pump', hours: 3 })
    expect(script.device.fingerprint()['task']!.rows).toBe(0)
    script.device.outbox.resume('manual')
    await script.settle()
    const [edit] = script.pushed()
    await script.say({
      ...answers({ edit: edit!.id, answer: { status: 'applied', rev: 7 } }),
      gone: [{ table: 'task', id: 'A', why: 'left' }],
    } as never)
    expect(script.device.table('task').outOfScope('A')).toBeGreaterThan(0)
    expect(script.device.table('task').get('A')).toMatchObject({ title: 'pump', hours: 3 })
    await script.pass(25 * 3_600_000)
    expect(script.device.table('task').get('A')).toBeUndefined()
    expect(script.device.table('task').missing('A')).toBe('left')
    expect(script.device.outbox.current).toEqual([])
  })

  it('comes back after a lost line with growing pauses, and not at all where it was replaced', async () => {
    const script = await opened()
    await script.lose()
    expect(script.lines).toBe(1)
    await script.pass(500)
    expect(script.lines).toBe(2)
    await script.lose(4409)
    await script.pass(600_000)
    expect(script.lines).toBe(2)
    expect(script.device.link.current).toMatchObject({ state: 'offline', fault: { code: 'replaced' } })
  })

  it('regression, sessions that end soon after they were live were followed by the next at once: their pauses grow, until one stays or the relay decides over an edit', async () => {
    const script = await opened()
    const row = { A: confirmed('A', 5, { title: 'pump', hours: 2 }) }
    const flapFor = async (ms: number): Promise<number> => {
      const before = script.lines
      for (let passed = 0; passed < ms; passed += 250) {
        if (script.device.link.current.state === 'connecting') await script.greet(row)
        if (script.device.link.current.state === 'live') await script.lose()
        await script.pass(250)
      }
      while (script.device.link.current.state === 'offline') await script.pass(250)
      await script.greet(row)
      expect(script.device.link.current.state).toBe('live')
      return script.lines - before
    }
    const comesBackWithin500 = async (): Promise<boolean> => {
      const before = script.lines
      await script.lose()
      await script.pass(500)
      return script.lines > before
    }
    expect(await flapFor(60_000)).toBeLessThan(20)
    await script.pass(10_000)
    expect(await comesBackWithin500()).toBe(true)
    expect(await flapFor(60_000)).toBeLessThan(20)
    await script.device.table('task').update('A', { hours: 3 })
    await script.settle()
    const [edit] = script.pushed()
    await script.say(answers({ edit: edit!.id, answer: { status: 'rejected', code: 'rule', message: 'closed' } }))
    expect(await comesBackWithin500()).toBe(true)
  })

  it('asks after 20 s of silence whether the line is alive, and gives it up after two more', async () => {
    const script = await opened()
    await script.pass(20_000)
    expect(script.heard()).toEqual([{ type: 'ping' }])
    await script.say({ type: 'pong', time: 0 })
    for (let silence = 0; silence < 3; silence++) await script.pass(20_000)
    expect(script.device.link.current.state).toBe('offline')
  })
})
