import { afterEach, describe, expect, it } from 'vitest'
import { weightOf } from './line.ts'
import { openRig, type Rig } from './rig.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

describe('local work', () => {
  it('[LW1] reads come from the local database: connected or not they are the same, and no frame goes out for them', async () => {
    rig = await openRig('clientWins')
    for (let n = 1; n <= 20; n++) await rig.office.create('workorder', `W${n}`, { ...order, priority: n })
    await rig.office.create('account', 'A1', { name: 'Smith', city: 'Bergen' })
    const mia = await rig.device('mia')
    const read = () => [
      mia.row('workorder', 'W7'),
      mia.row('workorder', 'nowhere'),
      mia.rows('workorder'),
      mia.rows('workorder', { where: { priority: 3 } }),
      mia.rows('account', { where: { city: 'Bergen' } }),
      mia.rows('annotation'),
    ]
    const sent = weightOf(mia.line.frames, 'up')
    const connected = read()
    await rig.calm()
    expect(weightOf(mia.line.frames, 'up')).toBe(sent)
    expect(connected[0]).toMatchObject({ ...order, priority: 7 })
    expect(connected[2]).toHaveLength(20)
    mia.offline()
    await rig.calm()
    expect(read()).toEqual(connected)
    // Opened again without any network it still reads the same.
    await mia.reopen()
    expect(read()).toEqual(connected)
    expect(weightOf(mia.line.frames, 'up')).toBe(sent)
  })

  it('[LW2] create, read, update and delete work offline, and the relay has all of it afterwards', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.create('workorder', 'W3', { title: 'Valve', priority: 4, ownerid: 'mia' })
    expect(mia.row('workorder', 'W3')).toMatchObject({ title: 'Valve', priority: 4, ownerid: 'mia' })
    await mia.update('workorder', 'W1', { status: 'done', note: null })
    expect(mia.row('workorder', 'W1')).toMatchObject({ ...order, status: 'done', note: null })
    await mia.remove('workorder', 'W2')
    expect(mia.row('workorder', 'W2')).toBeUndefined()
    expect(mia.rows('workorder').map(({ workorderid }) => workorderid)).toEqual(['W1', 'W3'])
    // Nothing of it has left, and it survives the program.
    expect(await rig.office.row('workorder', 'W3')).toBeUndefined()
    await mia.crash()
    expect(mia.rows('workorder').map(({ workorderid }) => workorderid)).toEqual(['W1', 'W3'])
    await mia.online()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, status: 'done', note: null })
    expect(await rig.office.row('workorder', 'W2')).toBeUndefined()
    expect(await rig.office.row('workorder', 'W3')).toMatchObject({ title: 'Valve', priority: 4, ownerid: 'mia' })
    expect(mia.entries()).toEqual([])
    await rig.agree()
  })

  it.each(['before it leaves', 'on its way', 'with its answer under way'] as const)(
    '[LW3] an edit under way when the link drops is saved and sent later, once (%s)',
    async when => {
      rig = await openRig('clientWins')
      await rig.office.create('workorder', 'W1', order)
      const mia = await rig.device('mia')
      if (when === 'on its way') mia.line.watch(({ message }) => (message.type === 'push' ? 'cut' : 'deliver'))
      if (when === 'with its answer under way') {
        mia.line.watch(({ direction, message }) =>
          direction === 'down' && message.type === 'changes' ? 'cut' : 'deliver',
        )
      }
      const saving = mia.update('workorder', 'W1', { status: 'done' })
      if (when === 'before it leaves') mia.offline()
      await saving
      await rig.calm()
      expect(mia.status()).toBe('offline')
      expect(mia.row('workorder', 'W1')).toMatchObject({ status: 'done' })
      expect(mia.entries()).toHaveLength(1)
      expect(mia.entries()[0]).toMatchObject({ state: 'waiting' })
      mia.line.watch(undefined)
      // It comes back by itself.
      mia.reach()
      await rig.pass(60_000)
      expect(mia.entries()).toEqual([])
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, status: 'done' })
      expect(await rig.revOf('workorder', 'W1')).toBe(2)
      await rig.agree()
    },
  )

  it('[LW4] an edit made while connected goes the same way, through the outbox, and is sent at once', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    const seen: string[][] = []
    mia.rejoin.outbox.subscribe(entries => seen.push(entries.map(({ record, state }) => `${record} ${state}`)))
    const at = rig.time.now()
    await mia.update('workorder', 'W1', { status: 'done' })
    await rig.still()
    // No time had to pass for it.
    expect(rig.time.now()).toBe(at)
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'done' })
    expect(seen[0]).toEqual(['W1 waiting'])
    expect(seen.at(-1)).toEqual([])
    const [push] = mia.line.frames.filter(({ message }) => message.type === 'push')
    expect(push?.message).toMatchObject({
      edits: [{ table: 'workorder', record: 'W1', kind: 'update', author: 'mia' }],
    })
    // The same edit offline leaves the device as the same message.
    mia.offline()
    await mia.update('workorder', 'W1', { status: 'open' })
    await mia.online()
    const [, later] = mia.line.frames.filter(({ message }) => message.type === 'push')
    expect(later?.message).toMatchObject({
      edits: [{ table: 'workorder', record: 'W1', kind: 'update', author: 'mia' }],
    })
  })

  it('[LW5] offline, an id that exists, an unknown column and a wrong type are refused with the column named; nothing is saved', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    const wrong: readonly (readonly [Promise<unknown>, object])[] = [
      [
        mia.create('workorder', 'W1', { title: 'Again' }),
        { code: 'exists', table: 'workorder', record: 'W1', column: 'workorderid' },
      ],
      [mia.create('workorder', 'W2', { title: 'Valve', colour: 'red' }), { table: 'workorder', column: 'colour' }],
      [mia.create('workorder', 'W3', { title: 7 }), { code: 'invalid', table: 'workorder', column: 'title' }],
      [
        mia.create('workorder', 'W4', { title: 'Valve', priority: 'high' }),
        { code: 'invalid', table: 'workorder', column: 'priority' },
      ],
      [
        mia.create('workorder', 'W5', { title: 'x'.repeat(101) }),
        { code: 'invalid', table: 'workorder', column: 'title' },
      ],
      [mia.create('workorder', 'W6', { status: 'open' }), { table: 'workorder', column: 'title' }],
      [mia.update('workorder', 'W1', { priority: 1.5 }), { code: 'invalid', table: 'workorder', column: 'priority' }],
      [mia.create('vehicle', 'V1', { title: 'Van' }), { code: 'unknown-table', table: 'vehicle' }],
    ]
    for (const [refused, fault] of wrong) await expect(refused).rejects.toMatchObject({ name: 'RejoinFault', ...fault })
    for (const [refused] of wrong) {
      const fault = await refused.catch((error: unknown) => error as Error)
      expect((fault as Error).message).not.toBe('')
    }
    // One it made itself exists too.
    await mia.create('workorder', 'W7', { title: 'Valve' })
    await expect(mia.create('workorder', 'W7', { title: 'Valve' })).rejects.toMatchObject({ code: 'exists' })
    expect(mia.entries().map(({ record }) => record)).toEqual(['W7'])
    expect(mia.rows('workorder').map(({ workorderid }) => workorderid)).toEqual(['W1', 'W7'])
    await mia.reopen()
    expect(mia.entries().map(({ record }) => record)).toEqual(['W7'])
  })

  it('[LW6] a record created offline can be edited, related to and deleted before it was ever sent', async () => {
    rig = await openRig('clientWins')
    const mia = await rig.device('mia')
    mia.offline()
    await mia.create('workorder', 'W1', { title: 'Valve', ownerid: 'mia' })
    await mia.update('workorder', 'W1', { status: 'open', title: 'Valve, roof' })
    await mia.create('annotation', 'N1', { subject: 'Key at neighbour', workorder: 'W1', ownerid: 'mia' })
    await mia.create('workorder', 'W2', { title: 'Mistake', ownerid: 'mia' })
    await mia.update('workorder', 'W2', { note: 'never mind' })
    await mia.remove('workorder', 'W2')
    expect(mia.row('workorder', 'W1')).toMatchObject({ title: 'Valve, roof', status: 'open' })
    expect(mia.rows('annotation', { where: { workorder: 'W1' } })).toHaveLength(1)
    expect(mia.row('workorder', 'W2')).toBeUndefined()
    await mia.online()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({
      title: 'Valve, roof',
      status: 'open',
      ownerid: 'mia',
    })
    expect(await rig.office.row('annotation', 'N1')).toMatchObject({ workorder: 'W1' })
    expect(await rig.office.row('workorder', 'W2')).toBeUndefined()
    expect(await rig.office.ledger()).toEqual([])
    await rig.agree()
  })

  it('[LW7] ids made on the device are final: UUIDv7, the same after sync everywhere, and no record twice', async () => {
    rig = await openRig('clientWins')
    const mia = await rig.device('mia')
    const olga = await rig.device('olga')
    mia.offline()
    const ids: string[] = []
    for (let n = 0; n < 20; n++)
      ids.push(await mia.create('workorder', undefined, { title: `Valve ${n}`, ownerid: 'mia' }))
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(rig.time.now())
    }
    expect(new Set(ids).size).toBe(20)
    // Half of the answers are lost with the line: sent again, and still no duplicates.
    let answers = 0
    mia.line.watch(({ direction, message }) =>
      direction === 'down' && message.type === 'changes' && message.answers.length > 0 && answers++ === 0
        ? 'cut'
        : 'deliver',
    )
    await mia.online()
    await mia.online()
    const sorted = ids.toSorted()
    expect((await rig.office.rows('workorder')).map(({ id }) => id)).toEqual(sorted)
    expect(mia.rows('workorder').map(({ workorderid }) => workorderid)).toEqual(sorted)
    expect(olga.rows('workorder').map(({ workorderid }) => workorderid)).toEqual(sorted)
    expect(mia.entries()).toEqual([])
    await rig.agree()
  })

  it('[LW8] a record created offline outside the filter is sent, and is not on the device again until it meets it', async () => {
    rig = await openRig('clientWins')
    const dora = await rig.device('dora')
    dora.offline()
    await dora.create('workorder', 'W1', { title: 'Closed at once', status: 'done' })
    expect(dora.row('workorder', 'W1')).toMatchObject({ title: 'Closed at once' })
    await dora.online()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Closed at once', status: 'done' })
    expect(dora.entries()).toEqual([])
    expect(dora.row('workorder', 'W1')).toBeUndefined()
    await dora.refresh()
    expect(dora.row('workorder', 'W1')).toBeUndefined()
    await rig.office.update('workorder', 'W1', { status: 'open' })
    await rig.calm()
    expect(dora.row('workorder', 'W1')).toMatchObject({ title: 'Closed at once', status: 'open' })
    await rig.agree()
  })

  it('[LW9] lists, filters and conditions on a row see local edits at once, before anything was sent', async () => {
    rig = await openRig('clientWins')
    for (let n = 1; n <= 4; n++) await rig.office.create('workorder', `W${n}`, { ...order, priority: n })
    const mia = await rig.device('mia')
    mia.offline()
    const open = mia.rejoin.table('workorder').query({ where: { status: 'open' } })
    const told: string[][] = []
    open.subscribe(rows => told.push(rows.map(row => String(row['workorderid']))))
    const ids = () => open.current.map(row => row['workorderid'])
    expect(ids()).toEqual(['W1', 'W2', 'W3', 'W4'])
    await mia.update('workorder', 'W2', { status: 'done' })
    expect(ids()).toEqual(['W1', 'W3', 'W4'])
    await mia.create('workorder', 'W0', { title: 'Valve', status: 'open' })
    expect(ids()).toEqual(['W0', 'W1', 'W3', 'W4'])
    await mia.remove('workorder', 'W4')
    expect(ids()).toEqual(['W0', 'W1', 'W3'])
    expect(told).toEqual([
      ['W1', 'W3', 'W4'],
      ['W0', 'W1', 'W3', 'W4'],
      ['W0', 'W1', 'W3'],
    ])
    expect(mia.rows('workorder', { where: { status: 'done' } }).map(row => row['workorderid'])).toEqual(['W2'])
    expect(mia.row('workorder', 'W2')).toMatchObject({ status: 'done' })
    expect(mia.line.frames.filter(({ message }) => message.type === 'push')).toEqual([])
    await mia.online()
    expect(ids()).toEqual(['W0', 'W1', 'W3'])
  })
})
