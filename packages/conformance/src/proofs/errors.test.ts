import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'
import { shortTitles } from './world.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

describe('errors', () => {
  it('[ER1] each kind of refusal says code, table, record, action, values, time and user, on the device and in the office', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('annotation', 'N1', { subject: 'Key', text: 'under the mat', ownerid: 'north' })
    // Ben's device cannot know how large it is: the remark is hidden from him.
    await rig.office.create('workorder', 'W3', { ...order, remark: 'r'.repeat(400 * 1024) })
    const ben = await rig.device('ben')
    ben.offline()
    await rig.pass(60_000)
    const at = rig.time.now()
    await ben.update('workorder', 'W1', { status: 'done' })
    await ben.update('annotation', 'N1', { text: 'at neighbour' })
    await ben.create('workorder', 'W2', { title: 'Mine', ownerid: 'ben' })
    await ben.update('workorder', 'W3', { note: 'x'.repeat(200 * 1024) })
    await ben.create('workorder', 'W4', { title: 'Valve on the roof', ownerid: 'ben' })
    await rig.office.update('workorder', 'W1', { ownerid: 'south' })
    await rig.office.create('workorder', 'W2', order)
    await rig.setSchema(shortTitles)
    await ben.online()
    const common = { state: 'rejected', at, author: 'ben' }
    const text = expect.stringMatching(/.../) as unknown
    expect(ben.entries()).toMatchObject([
      {
        ...common,
        table: 'workorder',
        record: 'W1',
        kind: 'update',
        changes: { status: ['open', 'done'] },
        error: { code: 'not-found', message: 'Record not found' },
      },
      {
        ...common,
        table: 'annotation',
        record: 'N1',
        kind: 'update',
        changes: { text: ['under the mat', 'at neighbour'] },
        error: { code: 'not-permitted', message: text },
      },
      {
        ...common,
        table: 'workorder',
        record: 'W2',
        kind: 'create',
        changes: { title: [null, 'Mine'] },
        error: { code: 'exists', message: 'Record already exists' },
      },
      { ...common, table: 'workorder', record: 'W3', kind: 'update', error: { code: 'too-large', message: text } },
      {
        ...common,
        table: 'workorder',
        record: 'W4',
        kind: 'create',
        changes: { title: [null, 'Valve on the roof'] },
        error: { code: 'invalid', message: text, column: 'title' },
      },
    ])
    const refused = await rig.office.refused()
    expect(refused).toHaveLength(5)
    for (const { id, record, kind } of ben.entries()) {
      const known = refused.find(({ edit }) => edit === id)
      expect(known).toMatchObject({ record, kind, author: 'ben', device: ben.id(), at, message: text })
    }
    expect(refused.map(({ code }) => code).toSorted()).toEqual([
      'exists',
      'invalid',
      'not-found',
      'not-permitted',
      'too-large',
    ])
  })

  it('[LW5] regression, a long text was taken for an attack: an edit too large is refused where it is made, with its column', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    for (const id of ['W2', 'W3', 'W4', 'W5']) {
      const novel = mia.create('workorder', id, { title: 'Novel', note: 'x'.repeat(300 * 1024) })
      await expect(novel).rejects.toMatchObject({ code: 'too-large', table: 'workorder', record: id, column: 'note' })
      await rig.pass(5_000)
    }
    await mia.update('workorder', 'W1', { status: 'done' })
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(mia.row('workorder', 'W2')).toBeUndefined()
    expect(mia.status()).toBe('live')
    expect(mia.line.frames.filter(({ message }) => message.type === 'refusal')).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'done' })
  })

  it('[ER1] a conflict is a kind of its own: the question under "ask" says what both knew, both records, the edit\'s values, time and user', async () => {
    rig = await openRig('ask')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    const at = rig.time.now()
    await mia.update('workorder', 'W1', { status: 'done' })
    await rig.office.update('workorder', 'W1', { note: 'leaks' })
    await mia.online()
    expect(mia.entries()).toMatchObject([
      {
        state: 'held',
        table: 'workorder',
        record: 'W1',
        kind: 'update',
        author: 'mia',
        at,
        changes: { status: ['open', 'done'] },
        question: {
          base: order,
          mine: { ...order, status: 'done' },
          mineDeleted: false,
          theirs: { ...order, note: 'leaks' },
          theirsDeleted: false,
          changedBy: { note: { author: { id: 'olga', name: 'Olga' } } },
        },
      },
    ])
    expect(mia.mark('workorder', 'W1')).toBe('error')
    await mia.entry().resolve('theirs')
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, note: 'leaks' })
    await rig.agree()
  })

  it('[ER2] retry sends again: refused again it is an error still, and success clears the error, its mark and what it held', async () => {
    rig = await openRig('merge')
    await rig.office.create('annotation', 'N1', { subject: 'Key', text: 'under the mat', ownerid: 'north' })
    const ben = await rig.device('ben')
    ben.offline()
    await ben.update('annotation', 'N1', { text: 'at neighbour' })
    await ben.update('annotation', 'N1', { subject: 'Keys' })
    await ben.online()
    const [first] = ben.entries()
    expect(first).toMatchObject({ state: 'rejected', error: { code: 'not-permitted' } })
    expect(ben.mark('annotation', 'N1')).toBe('error')
    await ben.entry().retry()
    await rig.calm()
    const [again, behind] = ben.entries()
    expect(again).toMatchObject({ state: 'rejected', error: first!.error, changes: first!.changes, at: first!.at })
    expect(behind).toMatchObject({ state: 'held', heldBy: again!.id })
    expect(ben.mark('annotation', 'N1')).toBe('error')
    // Away, a retry waits like any other work, and says no error in the meantime.
    ben.offline()
    await ben.entry().retry()
    expect(ben.entries()).toMatchObject([{ state: 'waiting' }, { state: 'waiting' }])
    expect(ben.mark('annotation', 'N1')).toBe('pending')
    await rig.office.update('annotation', 'N1', { ownerid: 'ben' })
    await ben.online()
    expect(ben.entries()).toEqual([])
    expect(ben.mark('annotation', 'N1')).toBeUndefined()
    expect(await rig.office.row('annotation', 'N1')).toMatchObject({ subject: 'Keys', text: 'at neighbour' })
    expect(await rig.revOf('annotation', 'N1')).toBe(4)
    await rig.agree()
  })

  it('[ER1] what fails by a bug of the application is of the kind "other", and says the same as any other refusal', async () => {
    const broken = (): never => {
      throw new Error('a bug')
    }
    rig = await openRig('clientWins', { rules: [broken], expectedBug: error => (error as Error).message === 'a bug' })
    const mia = await rig.device('mia')
    mia.offline()
    const at = rig.time.now()
    await mia.create('workorder', 'W1', { title: 'Valve', ownerid: 'mia' })
    await mia.online()
    const common = { record: 'W1', kind: 'create', author: 'mia', at }
    expect(mia.entries()).toMatchObject([
      {
        ...common,
        table: 'workorder',
        state: 'rejected',
        changes: { title: [null, 'Valve'] },
        error: { code: 'other', message: 'the rule broken failed' },
      },
    ])
    expect(await rig.officeOf('mia').refused()).toMatchObject([
      { ...common, edit: mia.entry().id, device: mia.id(), code: 'other', message: 'the rule broken failed' },
    ])
  })

  it("[ER3] connection errors are nobody's entry's: it stays pending through all of them, and goes when the line is back", async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    const waiting = () => {
      expect(mia.entries()).toMatchObject([{ record: 'W1', state: 'waiting' }])
      expect(mia.entries()[0]!.error).toBeUndefined()
      expect(mia.mark('workorder', 'W1')).toBe('pending')
    }
    mia.offline()
    await mia.update('workorder', 'W1', { status: 'done' })
    // No way to the relay, for hours of tries.
    await rig.pass(3 * 3_600_000)
    expect(mia.status()).not.toBe('live')
    waiting()
    // The line breaks at every frame a session begins with, one after the other.
    for (const lost of ['hello', 'welcome', 'synced', 'push', 'changes'] as const) {
      mia.line.watch(({ message }) => (message.type === lost ? 'cut' : 'deliver'))
      mia.reach()
      await rig.pass(120_000)
      waiting()
    }
    mia.line.watch(undefined)
    // The relay ends every session: it is busy, or stops.
    mia.line.hold('up')
    await mia.online()
    for (const session of rig.relay.core.sessions()) session.close('busy', 'the relay is stopping', 'come back later')
    await rig.still()
    waiting()
    mia.line.release('up')
    await mia.crash()
    await rig.pass(60_000)
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, status: 'done' })
    expect(await rig.revOf('workorder', 'W1')).toBe(2)
    await rig.agree()
  })

  it('[ER3] a sign-in that is refused is a matter of the connection: said as such, the entry stays as it is', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { status: 'done' })
    rig.signIns(false)
    await mia.online()
    await rig.pass(60_000)
    expect(mia.status()).toBe('offline')
    expect(mia.fault()).toMatchObject({ code: 'unauthenticated' })
    expect(mia.entries()).toMatchObject([{ state: 'waiting' }])
    expect(mia.mark('workorder', 'W1')).toBe('pending')
    rig.signIns(true)
    await mia.online()
    expect(mia.fault()).toBeUndefined()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'done' })
  })
})
