import { defineCommand, strategies, type StrategyName } from '@rejoin/profile'
import { afterEach, describe, expect, it } from 'vitest'
import { complete, raise, ring } from './commands.ts'
import { openRig, type Rig } from './rig.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

describe('named actions', () => {
  it('[LW2] work offline beside the others: seen at once, kept through a crash, run by the relay once it hears of them', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    const done = mia.rejoin.table('workorder').query({ where: { status: 'done' } })
    await mia.create('workorder', 'W2', { title: 'Valve', status: 'open', ownerid: 'mia' })
    await mia.rejoin.table('workorder').run(complete, 'W1', { note: 'dry again' })
    await mia.rejoin.table('workorder').run('complete', 'W2', { note: 'new seal' })
    await mia.update('workorder', 'W2', { note: 'two new seals' })
    expect(done.current.map(({ workorderid }) => workorderid)).toEqual(['W1', 'W2'])
    expect(mia.row('workorder', 'W1')).toMatchObject({ ...order, status: 'done', note: 'dry again' })
    await mia.crash()
    expect(mia.row('workorder', 'W2')).toMatchObject({ status: 'done', note: 'two new seals' })
    expect(mia.entries().map(({ kind, command }) => [kind, command])).toEqual([
      ['create', undefined],
      ['command', { name: 'complete', args: { note: 'dry again' } }],
      ['command', { name: 'complete', args: { note: 'new seal' } }],
      ['update', undefined],
    ])
    await mia.online()
    expect(mia.entries()).toEqual([])
    const billed = { status: 'done', remark: 'to be billed' }
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, ...billed, note: 'dry again' })
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ ...billed, note: 'two new seals' })
    expect(mia.row('workorder', 'W1')).toMatchObject(billed)
    await rig.agree()
  })

  it.each(Object.keys(strategies) as StrategyName[])(
    '[LW2] %s: an action runs on the record as it stands, and both sides can look up what its author saw instead',
    async strategy => {
      rig = await openRig(strategy)
      await rig.office.create('workorder', 'W1', order)
      const mia = await rig.device('mia')
      mia.offline()
      await mia.rejoin.table('workorder').run(raise, 'W1', { by: 2 })
      await mia.rejoin.table('workorder').run(raise, 'W1', { by: 3 })
      expect(mia.row('workorder', 'W1')).toMatchObject({ priority: 6 })
      await rig.office.update('workorder', 'W1', { priority: 10, title: 'Pump 2' })
      await mia.online()
      const becomes = { ...order, title: 'Pump 2', priority: 15 }
      expect(mia.entries()).toEqual([])
      expect(await rig.office.row('workorder', 'W1')).toMatchObject(becomes)
      expect(mia.row('workorder', 'W1')).toMatchObject(becomes)
      const versions = { strategy: 'command', status: 'applied' }
      expect(await rig.office.ledger('W1')).toMatchObject([
        { ...versions, changes: { priority: [3, 6] } },
        { ...versions, changes: { priority: [1, 3] } },
      ])
      expect(mia.rejoin.ledger.why('workorder', 'W1')).toMatchObject([versions, versions])
      await rig.agree()
    },
  )

  it('[LW2] an action counts once, though frames come twice, answers are lost, the device dies and old frames come again', async () => {
    rig = await openRig('merge', { seed: 7 })
    await rig.office.create('workorder', 'W1', order)
    const devices = [await rig.device('mia'), await rig.device('ana'), await rig.device('ben')]
    let expected = 1
    for (let round = 1; round <= 4; round++) {
      for (const [at, device] of devices.entries()) {
        device.offline()
        for (let by = 1; by <= 3; by++) {
          await device.rejoin.table('workorder').run(raise, 'W1', { by: by + at })
          await device.rejoin.table('workorder').run(ring, 'W1', {})
          expected += by + at + 1
        }
        let answers = 0
        device.line.watch(({ direction, message }) =>
          direction === 'up'
            ? message.type === 'push'
              ? 'twice'
              : 'deliver'
            : message.type === 'changes' && message.answers.length > 0 && answers++ === 0
              ? 'cut'
              : 'deliver',
        )
        await device.online()
        await device.crash()
        device.line.watch(undefined)
        await device.online()
        for (const { direction, message, bytes } of [...device.line.frames]) {
          if (direction === 'up' && message.type === 'push') device.line.inject(bytes)
        }
        await rig.calm()
      }
    }
    for (const device of devices) {
      await device.online()
      expect(device.entries()).toEqual([])
      expect(device.row('workorder', 'W1')).toMatchObject({ priority: expected })
    }
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ priority: expected })
    await rig.agree()
  })

  it('[LW2] an action of a group takes effect with it or not at all', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.rejoin.group(group => {
      group.table('workorder').run(raise, 'W1', { by: 4 })
      group.table('workorder').run(complete, 'W2', { note: 'dry' })
    })
    await rig.office.update('workorder', 'W2', { status: 'closed' })
    await mia.online()
    expect(mia.entries().map(({ error }) => [error?.code, error?.rule])).toEqual([
      ['group', undefined],
      ['rule', 'closed'],
    ])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject(order)
    await rig.office.update('workorder', 'W2', { status: 'open' })
    await mia.entry('W2').retry()
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ priority: 5 })
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ status: 'done' })
    await rig.agree()
  })

  it('[LW2] what a step refuses on the device is not saved; arguments and names are checked there', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', { ...order, status: 'done' })
    const mia = await rig.device('mia')
    mia.offline()
    const orders = mia.rejoin.table('workorder')
    const place = { table: 'workorder', record: 'W1' }
    await expect(orders.run(complete, 'W1', { note: 'dry' })).rejects.toMatchObject({
      ...place,
      code: 'rule',
      rule: 'done',
      column: 'status',
    })
    await expect(orders.run('complete', 'W1')).rejects.toMatchObject({ ...place, code: 'invalid' })
    await expect(orders.run('finish', 'W1')).rejects.toMatchObject({ ...place, code: 'unknown-command' })
    await expect(orders.run(raise, 'W9', { by: 1 })).rejects.toMatchObject({ code: 'not-found' })
    expect(mia.entries()).toEqual([])
    expect(mia.row('workorder', 'W1')).toMatchObject({ status: 'done' })
  })

  it('[LW2] an action the relay does not know is rejected by name; one it refuses goes again with other arguments', async () => {
    const modest = defineCommand({
      table: 'workorder',
      name: 'raise',
      args: [{ name: 'by', type: 'integer', required: true }],
      run: (row, { by }) =>
        by > 5
          ? { refuse: 'too-much', message: 'at most 5 at a time' }
          : { set: { priority: Number(row['priority']) + by } },
    })
    rig = await openRig('clientWins', { commands: [modest] })
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const mia = await rig.device('mia')
    await mia.rejoin.table('workorder').run(complete, 'W1', { note: 'dry' })
    await mia.rejoin.table('workorder').run(raise, 'W2', { by: 9 })
    await rig.calm()
    expect(mia.entries()).toMatchObject([
      { record: 'W1', error: { code: 'invalid', message: 'the relay knows no command complete of workorder' } },
      { record: 'W2', error: { code: 'rule', rule: 'too-much', message: 'at most 5 at a time' } },
    ])
    // Meanwhile the record moved on: what waits is shown on it, and recorded on it when it goes again.
    await rig.office.update('workorder', 'W2', { priority: 20 })
    await rig.calm()
    expect(mia.row('workorder', 'W2')).toMatchObject({ priority: 29 })
    mia.offline()
    await mia.entry('W2').resolve({ by: 5 })
    expect(mia.entry('W2')).toMatchObject({ command: { args: { by: 5 } }, changes: { priority: [20, 25] } })
    await mia.discard('W1')
    await mia.online()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ priority: 25 })
    expect(await rig.office.row('workorder', 'W1')).toMatchObject(order)
    await rig.agree()
  })
})
