import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', cost: 90, ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

describe('"why did my value change?"', () => {
  it.each([
    ['clientWins', 'leaks', 'done'],
    ['merge', 'leaks', 'done'],
    ['serverWins', 'dry', 'open'],
    ['ask', 'dry', 'open'],
    ['ask', 'leaks', 'done'],
  ] as const)(
    '[CF16] %s, ending with "%s": who lost a value sees it, and who and what replaced it, and brings it back in one action',
    async (strategy, note, status) => {
      rig = await openRig(strategy)
      await rig.office.create('workorder', 'W1', order)
      const mia = await rig.device('mia')
      mia.offline()
      await mia.update('workorder', 'W1', { note: 'leaks', status: 'done' })
      const mine = mia.entry().id
      await rig.office.update('workorder', 'W1', { note: 'dry', priority: 5 })
      await mia.online()
      if (strategy === 'ask') {
        expect(mia.entry().question).toMatchObject({ mine: { note: 'leaks' }, theirs: { note: 'dry' } })
        await mia.entry().resolve(note === 'dry' ? 'theirs' : 'mine')
        await rig.calm()
      }
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note, status })
      // In the office: both versions, by whom each of them was.
      const [entry] = await rig.office.ledger('W1')
      expect(entry).toMatchObject({
        edit: mine,
        strategy,
        author: 'mia',
        device: mia.id(),
        mine: { values: { note: 'leaks' } },
        theirs: { values: { note: 'dry' } },
        others: [{ author: 'olga' }],
      })
      // On the device, of any column of the record, whose user did not choose to give it up.
      if (strategy !== 'ask') {
        const { ledger } = mia.rejoin
        const [why] = ledger.why('workorder', 'W1', 'note')
        expect(why).toMatchObject({ edit: mine, mine: { note: 'leaks' }, result: { note } })
        expect(why!.against.map(({ edit }) => edit)).toEqual(entry!.against)
        expect(ledger.why('workorder', 'W1', 'title')).toEqual([])
        expect(ledger.why('workorder', 'W2', 'note')).toEqual([])
      }
      // Later work in other columns stays as it is.
      await rig.office.update('workorder', 'W1', { title: 'Pump, cellar' })
      await rig.calm()
      const lost = note === 'leaks' ? 'theirs' : 'mine'
      if (strategy === 'serverWins') await mia.rejoin.ledger.why('workorder', 'W1', 'note')[0]!.restore()
      else expect(await rig.office.restore(entry!, lost)).toMatchObject({ status: 204 })
      await rig.calm()
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({
        title: 'Pump, cellar',
        note: note === 'leaks' ? 'dry' : 'leaks',
      })
      // And back again.
      expect(await rig.office.restore(entry!, lost === 'mine' ? 'theirs' : 'mine')).toMatchObject({ status: 204 })
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Pump, cellar', note })
      await rig.agree()
    },
  )

  it('[CF16] a record that lost its life to a conflict comes back; nobody restores what he may not read or write', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.remove('workorder', 'W1')
    await rig.office.update('workorder', 'W1', { note: 'dry', cost: 250 })
    await mia.online()
    expect(await rig.office.row('workorder', 'W1')).toBeUndefined()
    const [entry] = await rig.office.ledger('W1')
    expect(await rig.officeOf('cora').restore(entry!, 'theirs')).toMatchObject({ status: 404 })
    expect(await rig.officeOf('rita').restore(entry!, 'theirs')).toMatchObject({ status: 409 })
    expect(await rig.office.restore({ ...entry!, edit: 'another' }, 'theirs')).toMatchObject({ status: 404 })
    expect(await rig.office.restore(entry!, 'theirs')).toMatchObject({ status: 204 })
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, note: 'dry', cost: 250 })
    expect(await rig.officeOf('rita').restore(entry!, 'mine')).toMatchObject({ status: 403 })
    expect(await rig.office.restore(entry!, 'mine')).toMatchObject({ status: 204 })
    expect(await rig.office.row('workorder', 'W1')).toBeUndefined()
    await rig.agree()
  })

  it('[CF15] another strategy applies to conflicts from then on, of edits made before it too; earlier outcomes stand', async () => {
    rig = await openRig('clientWins')
    for (const id of ['W1', 'W2']) await rig.office.create('workorder', id, order)
    const mia = await rig.device('mia')
    mia.offline()
    for (const id of ['W1', 'W2']) await mia.update('workorder', id, { note: 'leaks' })
    for (const id of ['W1', 'W2']) await rig.office.update('workorder', id, { note: 'dry' })
    mia.rejoin.outbox.pause('manual')
    mia.rejoin.outbox.send([mia.entry('W1').id])
    await mia.online()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks' })
    await rig.setStrategy('serverWins')
    mia.rejoin.outbox.resume('manual')
    await rig.calm()
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ note: 'dry' })
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks' })
    expect((await rig.office.ledger()).map(({ record, strategy, status }) => [record, strategy, status])).toEqual([
      ['W2', 'serverWins', 'lost'],
      ['W1', 'clientWins', 'applied'],
    ])
    // Back: what lost under Yes has lost.
    await rig.setStrategy('clientWins')
    await mia.refresh()
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ note: 'dry' })
    expect(mia.entries()).toEqual([])
    await rig.agree()
  })
})
