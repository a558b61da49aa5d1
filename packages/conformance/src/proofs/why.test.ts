import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', cost: 90, ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

describe('"why did my value change?"', () => {
  it.each([
    ['clientWins', undefined, 'leaks', 'olga', 'mia'],
    ['merge', undefined, 'leaks', 'olga', 'mia'],
    ['byTitle', undefined, 'leaks', 'olga', 'mia'],
    ['serverWins', undefined, 'dry', 'mia', 'olga'],
    ['ask', 'mine', 'leaks', 'olga', 'mia'],
    ['ask', 'theirs', 'dry', 'mia', 'olga'],
  ] as const)(
    '[CF16] %s (%s), ending with "%s": %s, who lost it, sees it on her device, who and what replaced it, and brings it back in one action',
    async (strategy, answer, note, loser, winner) => {
      rig = await openRig(strategy, { strategies: [{ name: 'byTitle', decide: () => 'merged' }] })
      await rig.office.create('workorder', 'W1', order)
      const mia = await rig.device('mia')
      const olga = await rig.device('olga')
      const [lost, won] = loser === 'mia' ? [mia, olga] : [olga, mia]
      mia.offline()
      await mia.update('workorder', 'W1', { note: 'leaks' })
      const mine = mia.entry().id
      await olga.update('workorder', 'W1', { note: 'dry', priority: 5 })
      await rig.calm()
      await mia.online()
      if (answer !== undefined) await mia.entry().resolve(answer)
      await rig.calm()
      expect(lost.row('workorder', 'W1')).toMatchObject({ note })
      const given = note === 'leaks' ? 'dry' : 'leaks'
      // The relay names who; of the column that was asked about and no other.
      const asked = await lost.rejoin.online.why('workorder', 'W1', 'note')
      expect(asked[0]).toMatchObject({
        ...(answer === 'mine' ? {} : { edit: mine, strategy }),
        status: loser === 'mia' ? 'lost' : 'applied',
        by: { id: winner, name: winner === 'mia' ? 'Mia' : 'Olga' },
        of: { id: loser, name: loser === 'mia' ? 'Mia' : 'Olga' },
        became: { note },
        lost: { note: given },
        columns: ['note'],
        at: rig.time.now() - (answer === 'mine' ? 1_000 : 2_000),
      })
      // The device knows what it was told, without a link and after it was opened again.
      lost.offline()
      await lost.reopen()
      const [told] = lost.rejoin.ledger.why('workorder', 'W1', 'note')
      // Of what its user chose to give up there is nothing to tell.
      if (answer === 'theirs') expect(told).toBeUndefined()
      else
        expect(told).toMatchObject({
          status: loser === 'mia' ? 'lost' : 'replaced',
          mine: { note: given },
          result: { note },
          against: [{ device: won.id() }],
        })
      expect(lost.rejoin.ledger.why('workorder', 'W1', 'title')).toEqual([])
      expect(lost.rejoin.ledger.why('workorder', 'W2', 'note')).toEqual([])
      await lost.online()
      // Later work in other columns stays as it is.
      await won.update('workorder', 'W1', { title: 'Pump, cellar' })
      await rig.calm()
      const why = (await lost.rejoin.online.why('workorder', 'W1', 'note'))[0]
      await why!.restore()
      expect(lost.entries()).toMatchObject([{ kind: 'update', changes: { note: [note, given] } }])
      await rig.calm()
      expect(lost.entries()).toEqual([])
      const back = { title: 'Pump, cellar', note: given }
      expect([won.row('workorder', 'W1'), await rig.office.row('workorder', 'W1')]).toMatchObject([back, back])
      // And by what the device itself was told: the other one has lost his value to that now.
      const [again] = won.rejoin.ledger.why('workorder', 'W1', 'note')
      expect(again).toMatchObject({ status: 'replaced', mine: { note }, result: { note: given } })
      await again!.restore()
      await rig.calm()
      expect(lost.row('workorder', 'W1')).toMatchObject({ title: 'Pump, cellar', note })
      // In the office: both versions, by whom each of them was.
      const entry = (await rig.office.ledger('W1')).find(({ edit }) => edit === mine)
      expect(entry).toMatchObject({
        strategy,
        author: 'mia',
        mine: { values: { note: 'leaks' } },
        theirs: { values: { note: 'dry' } },
        others: [{ author: 'olga' }],
      })
      await rig.agree()
    },
  )

  it('[CF16] found by a review: a value that was saved before somebody came back and won is told of on the device that had it', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    const olga = await rig.device('olga')
    olga.offline()
    await olga.update('workorder', 'W1', { status: 'done' })
    // The answer to Mia's save is lost, and comes only after Olga has won.
    mia.line.hold('down')
    await mia.update('workorder', 'W1', { note: 'mia typed this' })
    await rig.calm()
    mia.offline()
    mia.line.release('down')
    await olga.online()
    await mia.online()
    await rig.calm()
    expect(mia.row('workorder', 'W1')).toMatchObject({ note: 'as installed', status: 'done' })
    expect(mia.entries()).toEqual([])
    // Conflicts of her own edits she has none.
    expect(mia.ledger()).toEqual([])
    const [told] = mia.rejoin.ledger.why('workorder', 'W1', 'note')
    expect(told).toMatchObject({
      status: 'replaced',
      mine: { note: 'mia typed this' },
      theirs: { note: 'as installed' },
      against: [{ device: olga.id() }],
    })
    expect(await mia.rejoin.online.why('workorder', 'W1', 'note')).toMatchObject([
      { strategy: 'clientWins', by: { id: 'olga' }, of: { id: 'mia' }, lost: { note: 'mia typed this' } },
      { by: { id: 'mia' }, of: { id: 'olga' }, became: { note: 'mia typed this' }, lost: { note: 'as installed' } },
      { kind: 'create', by: { id: 'olga' }, became: { note: 'as installed' } },
    ])
    await told!.restore()
    await rig.calm()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'mia typed this', status: 'done' })
    await rig.agree()
  })

  it.each(['told by the device', 'asked of the relay'] as const)(
    '[CF16] found by a review: what lost to a delete is brought back by creating the record again (%s)',
    async way => {
      rig = await openRig('serverWins')
      await rig.office.create('workorder', 'W1', order)
      const mia = await rig.device('mia')
      mia.offline()
      await mia.update('workorder', 'W1', { note: 'leaks' })
      await rig.office.remove('workorder', 'W1')
      await mia.online()
      expect(mia.row('workorder', 'W1')).toBeUndefined()
      const [why] = await mia.rejoin.online.why('workorder', 'W1', 'note')
      expect(why).toMatchObject({
        strategy: 'serverWins',
        by: { id: 'olga' },
        of: { id: 'mia' },
        lost: { note: 'leaks' },
      })
      expect(why!.became).toBeUndefined()
      await (way === 'asked of the relay' ? why! : mia.ledger()[0]!).restore()
      expect(mia.entries()).toMatchObject([{ kind: 'create', record: 'W1' }])
      await rig.calm()
      expect(mia.entries()).toEqual([])
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, note: 'leaks' })
      await rig.agree()
    },
  )

  it('[CF16] [OM8] without a link, or in offline mode, the relay is not asked, and that is said', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    const asked = mia.asked
    mia.offline()
    await rig.pass(1_000)
    await expect(mia.rejoin.online.why('workorder', 'W1', 'note')).rejects.toMatchObject({ code: 'offline' })
    expect(mia.asked).toBe(asked)
  })

  it('[CF16] [SE1] tells nobody of what he may not read: a hidden column, a record of others, who changed only that', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', { ...order, ownerid: 'south' })
    await rig.officeOf('dora').update('workorder', 'W1', { cost: 250 })
    await rig.office.update('workorder', 'W2', { note: 'dry' })
    await rig.office.update('workorder', 'W2', { ownerid: 'north' })
    const ana = await rig.device('ana')
    await expect(ana.rejoin.online.why('workorder', 'W1', 'cost')).rejects.toMatchObject({ code: 'unknown-column' })
    const whole = await ana.rejoin.online.why('workorder', 'W1')
    expect(whole).toMatchObject([{ kind: 'create', by: { id: 'olga' } }])
    expect(JSON.stringify(whole)).not.toMatch(/dora|250|cost/)
    // W2 came to her team after that: what it said before she could read it is not hers to know.
    expect(await ana.rejoin.online.why('workorder', 'W2')).toEqual([])
    await rig.office.update('workorder', 'W2', { ownerid: 'south' })
    await expect(ana.rejoin.online.why('workorder', 'W2')).rejects.toMatchObject({ code: 'not-found' })
    await expect(ana.rejoin.online.why('workorder', 'none')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('[CF16] a value of a record that the device does not hold is brought back online', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', { ...order, status: 'closed' })
    await rig.office.update('workorder', 'W1', { note: 'dry' })
    // Dora's device has open work orders only.
    const dora = await rig.device('dora')
    const [why] = await dora.rejoin.online.why('workorder', 'W1', 'note')
    await why!.restore()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'as installed' })
    expect(dora.entries()).toEqual([])
    const [created] = (await dora.rejoin.online.why('workorder', 'W1')).toReversed()
    await expect(created!.restore()).rejects.toMatchObject({ code: 'settled' })
  })

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
