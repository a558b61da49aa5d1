import { afterEach, describe, expect, it } from 'vitest'
import type { Carried } from './line.ts'
import { openRig, type Rig } from './rig.ts'
import { shortTitles } from './world.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }
const pushed = (frames: readonly Carried[]) =>
  frames.flatMap(({ message }) => (message.type === 'push' ? message.edits : []))

let rig: Rig
afterEach(() => rig.close())

describe('the outbox', () => {
  it('[OB1] logs every action made offline, in order, with its time on the device, and keeps it through a crash', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const behind = -40 * 86_400_000
    const mia = await rig.device('mia', { clock: behind })
    mia.offline()
    const times: number[] = []
    const act = async (work: () => Promise<unknown>): Promise<void> => {
      await rig.pass(600_000)
      times.push(rig.time.now() + behind)
      await work()
    }
    await act(() => mia.update('workorder', 'W1', { status: 'done' }))
    await act(() => mia.create('workorder', 'W3', { title: 'Valve' }))
    await act(() => mia.remove('workorder', 'W2'))
    await act(() => mia.update('workorder', 'W1', { note: 'leaks' }))
    // What changes nothing is no action.
    await mia.update('workorder', 'W1', { note: 'leaks' })
    const expected = [
      { table: 'workorder', record: 'W1', kind: 'update', at: times[0], changes: { status: ['open', 'done'] } },
      { table: 'workorder', record: 'W3', kind: 'create', at: times[1], changes: { title: [null, 'Valve'] } },
      { table: 'workorder', record: 'W2', kind: 'delete', at: times[2] },
      { table: 'workorder', record: 'W1', kind: 'update', at: times[3], changes: { note: ['as installed', 'leaks'] } },
    ]
    expect(mia.entries()).toMatchObject(expected)
    expect(mia.entries()).toHaveLength(4)
    await mia.crash()
    expect(mia.entries()).toMatchObject(expected)
    await mia.online()
    expect(mia.entries()).toEqual([])
    // The relay keeps the device's time as information.
    expect(pushed(mia.line.frames).map(({ at }) => at)).toEqual(times)
  })

  it('[OB2] [OB4] a changed record is marked until the server has accepted it, an unchanged one never; then entry and mark are gone', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const mia = await rig.device('mia')
    const marks = () => ['W1', 'W2', 'W3'].map(id => mia.mark('workorder', id))
    expect(marks()).toEqual([undefined, undefined, undefined])
    mia.offline()
    await mia.update('workorder', 'W1', { status: 'done' })
    await mia.create('workorder', 'W3', { title: 'Valve' })
    await mia.update('workorder', 'W2', { status: 'open' })
    expect(marks()).toEqual(['pending', undefined, 'pending'])
    await mia.crash()
    expect(marks()).toEqual(['pending', undefined, 'pending'])
    // Sent, but nothing has been answered: the server has not accepted it as far as anybody knows.
    mia.line.watch(({ direction, message }) => (direction === 'down' && message.type === 'changes' ? 'cut' : 'deliver'))
    await mia.online()
    expect(marks()).toEqual(['pending', undefined, 'pending'])
    expect(mia.entries()).toHaveLength(2)
    mia.line.watch(undefined)
    await mia.online()
    expect(marks()).toEqual([undefined, undefined, undefined])
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'done' })
    await mia.crash()
    expect(mia.entries()).toEqual([])
  })

  it('[OB2] a refused record is marked as an error: the server has not accepted it', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('annotation', 'N1', { subject: 'Key', ownerid: 'north' })
    const ben = await rig.device('ben')
    await ben.update('annotation', 'N1', { text: 'at neighbour' })
    await rig.calm()
    expect(ben.mark('annotation', 'N1')).toBe('error')
    await ben.discard()
    await rig.calm()
    expect(ben.mark('annotation', 'N1')).toBeUndefined()
  })

  it('[OB5] entries of a record arrive in the order they were made, over many pushes and broken lines', async () => {
    rig = await openRig('clientWins')
    for (const id of ['W1', 'W2', 'W3']) await rig.office.create('workorder', id, order)
    const mia = await rig.device('mia')
    mia.offline()
    for (let n = 1; n <= 130; n++)
      for (const id of ['W1', 'W2', 'W3']) await mia.update('workorder', id, { priority: n + 1, note: `${id} ${n}` })
    let answers = 0
    mia.line.watch(({ direction, message }) =>
      direction === 'down' && message.type === 'changes' && message.answers.length > 0 && ++answers % 2 === 0
        ? 'cut'
        : 'deliver',
    )
    for (let times = 0; times < 6; times++) {
      mia.reach()
      await rig.pass(60_000)
    }
    mia.line.watch(undefined)
    await mia.online()
    expect(mia.entries()).toEqual([])
    for (const id of ['W1', 'W2', 'W3']) {
      const edits = [
        ...new Map(
          pushed(mia.line.frames)
            .filter(({ record }) => record === id)
            .map(edit => [edit.id, edit]),
        ).values(),
      ]
      expect(edits.map(({ changes }) => changes['note']![1])).toEqual(
        Array.from({ length: 130 }, (_, n) => `${id} ${n + 1}`),
      )
      const revs = (await rig.stored(edits.map(edit => edit.id))).map(stored =>
        stored?.outcome.status === 'applied' ? stored.outcome.rev : 0,
      )
      expect(revs).toEqual(revs.toSorted((a, b) => a - b))
      expect(revs[0]).toBeGreaterThan(0)
      expect(await rig.office.row('workorder', id)).toMatchObject({ note: `${id} 130` })
    }
    await rig.agree()
  })

  it("[OB5] [OB6] a refused entry stays with where and why; other records' entries go on, those made before and after it", async () => {
    rig = await openRig('clientWins')
    await rig.office.create('annotation', 'N1', { subject: 'Key', text: 'under the mat', ownerid: 'north' })
    await rig.office.create('workorder', 'W1', order)
    const ben = await rig.device('ben')
    ben.offline()
    await ben.update('workorder', 'W1', { status: 'done' })
    await ben.update('annotation', 'N1', { text: 'at neighbour' })
    await ben.create('workorder', 'W2', { title: 'Valve', ownerid: 'ben' })
    await ben.online()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'done' })
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ title: 'Valve' })
    const refused = {
      table: 'annotation',
      record: 'N1',
      kind: 'update',
      state: 'rejected',
      changes: { text: ['under the mat', 'at neighbour'] },
      error: { code: 'not-permitted', message: expect.stringContaining('no right to write') as unknown },
    }
    expect(ben.entries()).toMatchObject([refused])
    expect(await rig.office.row('annotation', 'N1')).toMatchObject({ text: 'under the mat' })
    expect(await rig.office.refused()).toMatchObject([{ record: 'N1', author: 'ben', code: 'not-permitted' }])
    // It stays: through passes, restarts and time.
    await rig.pass(86_400_000)
    await ben.crash()
    await ben.online()
    expect(ben.entries()).toMatchObject([refused])
    await ben.update('workorder', 'W1', { status: 'open' })
    await rig.calm()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'open' })
    expect(ben.entries()).toMatchObject([refused])
    await ben.discard()
    expect(ben.entries()).toEqual([])
    await rig.agree()
  })

  it('[OB6] the message names the column where a column is why', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { title: 'Pump in the cellar' })
    await rig.setSchema(shortTitles)
    await mia.online()
    expect(mia.entries()).toMatchObject([
      {
        record: 'W1',
        state: 'rejected',
        error: { code: 'invalid', column: 'title', message: expect.stringMatching(/10/) as unknown },
      },
    ])
  })

  it.each(['one after the other', 'in one push'] as const)(
    '[OB7] entries behind a refused one, and those that refer to a record whose create was refused, are held and say by what (%s)',
    async how => {
      rig = await openRig('clientWins')
      const mia = await rig.device('mia')
      mia.offline()
      await mia.create('workorder', 'W1', { title: 'Mine', ownerid: 'mia' })
      const make = async () => {
        await mia.update('workorder', 'W1', { status: 'done' })
        await mia.update('workorder', 'W1', { note: 'leaks' })
        await mia.create('annotation', 'N1', { subject: 'Key', workorder: 'W1', ownerid: 'mia' })
        await mia.create('annotation', 'N2', { subject: 'Dog', ownerid: 'mia' })
      }
      await rig.office.create('workorder', 'W1', order)
      if (how === 'in one push') await make()
      await mia.online()
      if (how !== 'in one push') {
        await make()
        await rig.calm()
      }
      const [create, ...held] = mia.entries()
      expect(create).toMatchObject({ record: 'W1', kind: 'create', state: 'rejected', error: { code: 'exists' } })
      expect(held).toMatchObject([
        { record: 'W1', kind: 'update', state: 'held', heldBy: create!.id },
        { record: 'W1', kind: 'update', state: 'held' },
        { record: 'N1', kind: 'create', state: 'held', heldBy: create!.id },
      ])
      const known = mia.entries().map(({ id }) => id)
      expect(held.every(({ heldBy }) => heldBy !== undefined && known.includes(heldBy))).toBe(true)
      // What does not hang on it went on.
      expect(await rig.office.row('annotation', 'N2')).toMatchObject({ subject: 'Dog' })
      expect(await rig.office.row('annotation', 'N1')).toBeUndefined()
      expect(await rig.office.row('workorder', 'W1')).toMatchObject(order)
      await mia.crash()
      await mia.online()
      expect(mia.entries().map(({ state }) => state)).toEqual(['rejected', 'held', 'held', 'held'])
    },
  )

  it('[OB7] what refers to a refused create stays behind it when it is sent again, and is refused again', async () => {
    rig = await openRig('clientWins')
    const mia = await rig.device('mia')
    mia.offline()
    await mia.create('workorder', 'W1', { title: 'Valve on the roof', ownerid: 'mia' })
    await mia.create('annotation', 'N1', { subject: 'Key', workorder: 'W1', ownerid: 'mia' })
    await rig.setSchema(shortTitles)
    await mia.online()
    await mia.entry('W1').retry()
    await rig.calm()
    expect(await rig.office.row('annotation', 'N1')).toBeUndefined()
    expect(mia.entries()).toMatchObject([
      { record: 'W1', state: 'rejected' },
      { record: 'N1', state: 'held', heldBy: mia.entry('W1').id },
    ])
    await mia.discard('W1')
    expect(mia.entries()).toMatchObject([{ record: 'N1', error: { code: 'given-up' } }])
    await mia.discard('N1')
  })

  it('[OB8] a refused entry is never sent again by itself; a retry by the user sends it, and success clears it', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('annotation', 'N1', { subject: 'Key', text: 'under the mat', ownerid: 'north' })
    const ben = await rig.device('ben')
    await ben.update('annotation', 'N1', { text: 'at neighbour' })
    await rig.calm()
    expect(ben.entries()).toMatchObject([{ state: 'rejected' }])
    const before = pushed(ben.line.frames).length
    for (let times = 0; times < 3; times++) {
      ben.offline()
      await rig.pass(600_000)
      await ben.online()
    }
    await ben.crash()
    await ben.online()
    await ben.refresh()
    expect(pushed(ben.line.frames)).toHaveLength(before)
    await ben.entry().retry()
    await rig.calm()
    expect(pushed(ben.line.frames)).toHaveLength(before + 1)
    expect(ben.entries()).toMatchObject([{ state: 'rejected' }])
    await rig.office.update('annotation', 'N1', { ownerid: 'ben' })
    await rig.calm()
    await ben.entry().retry()
    await rig.calm()
    expect(ben.entries()).toEqual([])
    expect(await rig.office.row('annotation', 'N1')).toMatchObject({ text: 'at neighbour', ownerid: 'ben' })
    await rig.agree()
  })

  it('[OB9] resolve corrects the values and sends again: the correction amends the refused entry, and what was held follows', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { title: 'Pump in the cellar', priority: 7 })
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.setSchema(shortTitles)
    await mia.online()
    const [refused, held] = mia.entries()
    expect(refused).toMatchObject({ state: 'rejected', error: { column: 'title' } })
    expect(held).toMatchObject({ state: 'held', heldBy: refused!.id })
    // A correction that is wrong in itself is refused at once, and the entry is as it was.
    await expect(mia.entry().resolve({ title: 5 })).rejects.toMatchObject({ code: 'invalid', column: 'title' })
    expect(mia.entries()).toMatchObject([{ id: refused!.id, state: 'rejected' }, { id: held!.id }])
    await mia.entry().resolve({ title: 'Pump' })
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({
      ...order,
      title: 'Pump',
      priority: 7,
      note: 'leaks',
    })
    const sent = pushed(mia.line.frames)
    expect(sent.some(({ amends }) => amends === refused!.id)).toBe(true)
    expect(mia.mark('workorder', 'W1')).toBeUndefined()
    await rig.agree()
  })

  it('[OB11] an entry whose answer was lost takes effect once, though its user asks for it again meanwhile', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.line.watch(({ direction, message }) => (direction === 'down' && message.type === 'changes' ? 'cut' : 'deliver'))
    await mia.rejoin.table('workorder').run('raise', 'W1', { by: 10 })
    await rig.calm()
    mia.offline()
    await mia.create('workorder', 'W2', { title: 'Valve' })
    expect(mia.entries()).toMatchObject([{ state: 'waiting' }, { state: 'waiting' }])
    // It goes by itself; another one in its place would be another action.
    for (const entry of mia.entries()) await entry.retry()
    await expect(mia.entry('W1').resolve({ by: 20 })).rejects.toMatchObject({ code: 'settled', record: 'W1' })
    await mia.entry('W2').resolve({ title: 'Valve on the roof' })
    mia.line.watch(undefined)
    await mia.online()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ priority: 11 })
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ title: 'Valve on the roof' })
    await rig.agree()
  })

  it('[OB11] the same entry sent any number of times takes effect once, also after others changed the record', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.line.watch(({ message }) => (message.type === 'push' ? 'twice' : 'deliver'))
    await mia.update('workorder', 'W1', { status: 'done' })
    await mia.create('workorder', 'W2', { title: 'Valve' })
    await rig.calm()
    await mia.remove('workorder', 'W2')
    await rig.calm()
    mia.line.watch(undefined)
    expect(rig.applied().filter(({ id }) => id === 'W1')).toHaveLength(2)
    expect(rig.applied().filter(({ id }) => id === 'W2')).toHaveLength(2)
    await rig.office.update('workorder', 'W1', { status: 'cancelled' })
    await rig.office.create('workorder', 'W2', { title: 'Valve, again' })
    await rig.calm()
    const head = await rig.head()
    for (const { message, bytes } of [...mia.line.frames]) if (message.type === 'push') mia.line.inject(bytes)
    await rig.calm()
    expect(await rig.head()).toBe(head)
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'cancelled' })
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ title: 'Valve, again' })
    expect(mia.entries()).toEqual([])
    await rig.agree()
  })
})
