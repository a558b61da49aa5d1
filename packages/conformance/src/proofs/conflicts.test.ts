import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'

/** One record changed on both sides while the device was away: what each setting makes of it, on every side. */

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', cost: 90, ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

describe('conflict detection', () => {
  it.each(['clientWins', 'serverWins', 'merge'] as const)(
    '[CF1] a conflict is of the record, not of the column, and only of what changed since both last agreed (%s)',
    async strategy => {
      rig = await openRig(strategy)
      await rig.office.create('workorder', 'W1', order)
      await rig.office.create('workorder', 'W2', order)
      await rig.office.create('workorder', 'W3', order)
      const mia = await rig.device('mia')
      mia.offline()
      await mia.update('workorder', 'W1', { note: 'leaks' })
      await mia.update('workorder', 'W2', { note: 'leaks' })
      await rig.office.update('workorder', 'W1', { priority: 5 })
      await rig.office.update('workorder', 'W3', { priority: 5 })
      await mia.online()
      expect(mia.ledger().map(({ record }) => record)).toEqual(['W1'])
      expect((await rig.office.ledger()).map(({ record }) => record)).toEqual(['W1'])
      // They agree again: what comes now is no conflict, whoever changes what, seen before it is answered.
      await rig.office.update('workorder', 'W1', { priority: 7 })
      await rig.calm()
      await mia.update('workorder', 'W1', { note: 'repaired' })
      await rig.calm()
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ priority: 7, note: 'repaired' })
      expect(mia.ledger()).toHaveLength(1)
      expect(await rig.office.ledger()).toHaveLength(1)
      await rig.agree()
    },
  )

  it('[CF2] an environment in which nobody has set anything has conflict detection No: the device wins', async () => {
    rig = await openRig(undefined)
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    const welcome = mia.line.frames.flatMap(({ message }) => (message.type === 'welcome' ? [message.strategy] : []))
    expect(welcome).toEqual(['clientWins'])
    mia.offline()
    await mia.update('workorder', 'W1', { status: 'done' })
    await rig.office.update('workorder', 'W1', { status: 'cancelled' })
    await mia.online()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'done' })
    expect(mia.row('workorder', 'W1')).toMatchObject({ status: 'done' })
  })

  it('[CF3] No: the record as the device had it stands on both sides and on every other device, and no error is shown', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    const watching = await rig.device('olga')
    mia.offline()
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.office.update('workorder', 'W1', { status: 'cancelled', priority: 5, title: 'Pump, cellar' })
    await mia.online()
    const expected = { ...order, note: 'leaks' }
    expect(await rig.office.row('workorder', 'W1')).toMatchObject(expected)
    expect(mia.row('workorder', 'W1')).toMatchObject(expected)
    expect(watching.row('workorder', 'W1')).toMatchObject(expected)
    expect(mia.entries()).toEqual([])
    expect(mia.mark('workorder', 'W1')).toBeUndefined()
    expect(mia.fault()).toBeUndefined()
    expect(await rig.office.refused()).toEqual([])
    await rig.agree()
  })

  it("[CF3] No: what the device cannot hold is none of its record: columns hidden from it stay the office's", async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const ana = await rig.device('ana')
    ana.offline()
    await ana.update('workorder', 'W1', { note: 'leaks' })
    await rig.office.update('workorder', 'W1', { status: 'cancelled', cost: 250, remark: 'bad payer' })
    await ana.online()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({
      ...order,
      note: 'leaks',
      cost: 250,
      remark: 'bad payer',
    })
    await rig.agree()
  })

  it("[CF4] Yes: the server's record overwrites the device's, by itself, and the device can name the conflict", async () => {
    rig = await openRig('serverWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    const watching = await rig.device('olga')
    mia.offline()
    await mia.update('workorder', 'W1', { status: 'done', note: 'leaks' })
    expect(mia.row('workorder', 'W1')).toMatchObject({ status: 'done', note: 'leaks' })
    await rig.office.update('workorder', 'W1', { status: 'cancelled' })
    await mia.online()
    const expected = { ...order, status: 'cancelled' }
    expect(mia.row('workorder', 'W1')).toMatchObject(expected)
    expect(await rig.office.row('workorder', 'W1')).toMatchObject(expected)
    expect(watching.row('workorder', 'W1')).toMatchObject(expected)
    expect(mia.entries()).toEqual([])
    expect(mia.mark('workorder', 'W1')).toBeUndefined()
    expect(mia.ledger()).toMatchObject([{ table: 'workorder', record: 'W1', status: 'lost', strategy: 'serverWins' }])
    await rig.agree()
  })

  it("[CF5] Yes: edits of different columns of one record still conflict, and the device's is without effect", async () => {
    rig = await openRig('serverWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.office.update('workorder', 'W1', { priority: 5 })
    await mia.online()
    const expected = { ...order, priority: 5 }
    expect(mia.row('workorder', 'W1')).toMatchObject(expected)
    expect(await rig.office.row('workorder', 'W1')).toMatchObject(expected)
    expect(mia.ledger()).toMatchObject([{ record: 'W1', status: 'lost' }])
    await rig.agree()
  })

  it("[CF5] Yes: two devices that changed different columns conflict too, and the one that came first is the server's", async () => {
    rig = await openRig('serverWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    const olga = await rig.device('olga')
    mia.offline()
    olga.offline()
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await olga.update('workorder', 'W1', { priority: 5 })
    await olga.online()
    await mia.online()
    for (const device of [mia, olga]) expect(device.row('workorder', 'W1')).toMatchObject({ ...order, priority: 5 })
    expect(mia.ledger()).toHaveLength(1)
    expect(olga.ledger()).toEqual([])
    await rig.agree()
  })
})

describe('what a conflict leaves behind', () => {
  it.each(['clientWins', 'serverWins', 'merge'] as const)(
    '[CF6] both versions, who, when and by which strategy can be looked up on the device and in the office (%s)',
    async strategy => {
      rig = await openRig(strategy)
      await rig.office.create('workorder', 'W1', order)
      const mia = await rig.device('mia')
      mia.offline()
      await rig.pass(3_600_000)
      const at = rig.time.now()
      await mia.update('workorder', 'W1', { status: 'done', note: 'leaks' })
      await rig.office.update('workorder', 'W1', { status: 'cancelled', priority: 5 })
      await rig.pass(3_600_000)
      await mia.online()
      const result = {
        clientWins: { ...order, status: 'done', note: 'leaks' },
        serverWins: { ...order, status: 'cancelled', priority: 5 },
        merge: { ...order, status: 'done', note: 'leaks', priority: 5 },
      }[strategy]
      // Only a strategy that judges whole records keeps them; the others keep what was changed, laid over the rest.
      const mine = strategy === 'clientWins' ? order : {}
      const [kept, ...others] = await rig.office.ledger('W1')
      expect(others).toEqual([])
      expect(kept).toMatchObject({
        strategy,
        status: strategy === 'serverWins' ? 'lost' : 'applied',
        author: 'mia',
        device: mia.id(),
        changes: { status: ['open', 'done'], note: ['as installed', 'leaks'] },
        mine: { values: { ...mine, status: 'done', note: 'leaks' }, deleted: false },
        theirs: { values: { ...order, status: 'cancelled', priority: 5 }, deleted: false },
        result: { values: result, deleted: false },
      })
      expect(kept!.against).toHaveLength(1)
      expect(kept!.at).toBeGreaterThanOrEqual(at + 3_600_000)
      const [own, ...more] = mia.ledger()
      expect(more).toEqual([])
      expect(own).toMatchObject({ edit: kept!.edit, record: 'W1', strategy, status: kept!.status })
      expect(own!.at).toBeGreaterThanOrEqual(at)
      expect(own!.mine).toMatchObject({ ...order, status: 'done', note: 'leaks' })
      expect(own!.against).toMatchObject([{ author: { id: 'olga', name: 'Olga' }, at: rig.time.now() - 3_601_000 }])
      expect(own!.result).toMatchObject(result)
      // Both versions survive a restart of the device.
      await mia.reopen()
      expect(mia.ledger()).toHaveLength(1)
    },
  )

  it("[CF6] the device keeps the other side's version too, whether it won or lost", async () => {
    for (const strategy of ['clientWins', 'serverWins'] as const) {
      rig = await openRig(strategy)
      await rig.office.create('workorder', 'W1', order)
      const mia = await rig.device('mia')
      mia.offline()
      await mia.update('workorder', 'W1', { status: 'done' })
      await rig.office.update('workorder', 'W1', { status: 'cancelled', priority: 5 })
      await mia.online()
      expect(mia.ledger()[0]!.theirs, strategy).toMatchObject({ status: 'cancelled', priority: 5 })
      expect(mia.ledger()[0]!.against, strategy).toHaveLength(1)
      if (strategy === 'clientWins') await rig.close()
    }
  })
})

describe('deletes, and creates that meet', () => {
  it("[CF7] No: an update of a record the office deleted re-creates it with the device's values", async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.office.remove('workorder', 'W1')
    expect(await rig.office.row('workorder', 'W1')).toBeUndefined()
    await mia.online()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, note: 'leaks' })
    expect(mia.row('workorder', 'W1')).toMatchObject({ ...order, note: 'leaks' })
    expect(mia.entries()).toEqual([])
    expect(mia.ledger()).toMatchObject([{ status: 'applied', theirs: undefined, result: { ...order, note: 'leaks' } }])
    expect(await rig.office.ledger('W1')).toMatchObject([
      { status: 'applied', theirs: { deleted: true }, result: { deleted: false } },
    ])
    await rig.agree()
  })

  it('[CF7] Yes: a record the office deleted stays deleted, on the device too, and the lost values can be looked up', async () => {
    rig = await openRig('serverWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.office.remove('workorder', 'W1')
    await mia.online()
    expect(await rig.office.row('workorder', 'W1')).toBeUndefined()
    expect(mia.row('workorder', 'W1')).toBeUndefined()
    expect(mia.entries()).toEqual([])
    expect(mia.mark('workorder', 'W1')).toBeUndefined()
    expect(mia.ledger()).toMatchObject([{ record: 'W1', kind: 'update', status: 'lost', strategy: 'serverWins' }])
    expect(mia.ledger()[0]).toMatchObject({ mine: { note: 'leaks' }, theirs: undefined, result: undefined })
    await rig.agree()
  })

  it.each(['clientWins', 'serverWins'] as const)(
    '[CF7] who knows of the delete cannot update: "Record not found", and nothing is saved (%s)',
    async strategy => {
      rig = await openRig(strategy)
      await rig.office.create('workorder', 'W1', order)
      const mia = await rig.device('mia')
      await rig.office.remove('workorder', 'W1')
      await rig.calm()
      await expect(mia.update('workorder', 'W1', { note: 'leaks' })).rejects.toMatchObject({
        code: 'not-found',
        table: 'workorder',
        record: 'W1',
        message: expect.stringMatching(/not found/i) as unknown,
      })
      expect(mia.entries()).toEqual([])
    },
  )

  it("[CF8] No: the device's delete of a record the office changed deletes it everywhere; both versions are kept", async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    const watching = await rig.device('olga')
    mia.offline()
    await mia.remove('workorder', 'W1')
    await rig.office.update('workorder', 'W1', { status: 'cancelled' })
    await mia.online()
    expect(await rig.office.row('workorder', 'W1')).toBeUndefined()
    expect(mia.row('workorder', 'W1')).toBeUndefined()
    expect(watching.row('workorder', 'W1')).toBeUndefined()
    expect(mia.ledger()).toMatchObject([{ record: 'W1', kind: 'delete', status: 'applied' }])
    await rig.agree()
  })

  it("[CF8] Yes: the office's change survives the device's delete, and the record is back on the device", async () => {
    rig = await openRig('serverWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.remove('workorder', 'W1')
    expect(mia.row('workorder', 'W1')).toBeUndefined()
    await rig.office.update('workorder', 'W1', { status: 'cancelled' })
    await mia.online()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, status: 'cancelled' })
    expect(mia.row('workorder', 'W1')).toMatchObject({ ...order, status: 'cancelled' })
    expect(mia.entries()).toEqual([])
    expect(mia.ledger()).toMatchObject([{ record: 'W1', status: 'lost' }])
    await rig.agree()
  })

  it('[OB9] regression, "mine" for a record that had left the scope was asked again without end: the device says that it cannot be answered so', async () => {
    rig = await openRig('ask')
    await rig.office.create('workorder', 'W1', { title: 'Pump', status: 'open' })
    const dora = await rig.device('dora')
    dora.offline()
    await dora.update('workorder', 'W1', { title: 'Pump, cellar' })
    await rig.office.update('workorder', 'W1', { status: 'done' })
    await dora.online()
    for (const answer of ['mine', { title: 'Pump, roof' }] as const) {
      await expect(dora.entry().resolve(answer)).rejects.toMatchObject({
        code: 'not-found',
        table: 'workorder',
        record: 'W1',
        fix: expect.stringMatching(/'theirs'/) as unknown,
      })
    }
    expect(dora.entries()).toMatchObject([{ record: 'W1', state: 'held', question: { theirsDeleted: false } }])
    // Back in scope, it is there to be seen, and an answer counts.
    await rig.office.update('workorder', 'W1', { status: 'open' })
    await rig.calm()
    await dora.entry().resolve('mine')
    await rig.calm()
    expect(dora.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Pump, cellar', status: 'open' })
    await rig.agree()
  })

  it('[OB9] [CF16] regression, "mine" over a delete was asked again without end: the record is created again', async () => {
    rig = await openRig('ask')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.office.remove('workorder', 'W1')
    await mia.online()
    expect(mia.entries()).toMatchObject([{ record: 'W1', state: 'held', question: { theirsDeleted: true } }])
    await mia.entry().resolve('mine')
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, note: 'leaks' })
    await rig.agree()
  })

  it.each(['clientWins', 'serverWins', 'merge', 'ask'] as const)(
    '[CF9] a create with an id that exists is refused "Record already exists", whatever the strategy (%s)',
    async strategy => {
      rig = await openRig(strategy)
      const mia = await rig.device('mia')
      mia.offline()
      await mia.create('workorder', 'W1', { title: 'Mine', ownerid: 'mia' })
      await rig.office.create('workorder', 'W1', order)
      await mia.online()
      expect(mia.entries()).toMatchObject([
        {
          table: 'workorder',
          record: 'W1',
          kind: 'create',
          state: 'rejected',
          error: { code: 'exists', message: 'Record already exists' },
        },
      ])
      expect(mia.mark('workorder', 'W1')).toBe('error')
      expect(await rig.office.row('workorder', 'W1')).toMatchObject(order)
      expect(await rig.office.refused()).toMatchObject([
        { record: 'W1', kind: 'create', author: 'mia', code: 'exists' },
      ])
      await mia.discard()
      expect(mia.entries()).toEqual([])
      expect(mia.row('workorder', 'W1')).toMatchObject(order)
      await rig.agree()
    },
  )
})
