import { strategies, type StrategyName } from '@rejoin/profile'
import type { CodeRule, Rule } from '@rejoin/server'
import { afterEach, describe, expect, it } from 'vitest'
import { complete } from './commands.ts'
import { openRig, type Rig } from './rig.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }
const closed: Rule = {
  name: 'closed',
  table: 'workorder',
  on: ['update', 'delete', 'command'],
  when: { column: 'status', op: 'eq', value: 'closed' },
  message: 'this work order is closed',
}

let rig: Rig
afterEach(() => rig.close())

describe('contradictions', () => {
  it.each(Object.keys(strategies) as StrategyName[])(
    '[CF10] %s: what the other user closed meanwhile is rejected, changes nothing, and waits in the outbox as an error',
    async strategy => {
      rig = await openRig(strategy)
      await rig.setRules([closed])
      for (const id of ['W1', 'W2', 'W3']) await rig.office.create('workorder', id, order)
      const mia = await rig.device('mia')
      mia.offline()
      await mia.update('workorder', 'W1', { note: 'leaks' })
      await mia.update('workorder', 'W1', { priority: 2 })
      await mia.remove('workorder', 'W2')
      await mia.rejoin.table('workorder').run(complete, 'W3', { note: 'dry' })
      for (const id of ['W1', 'W2', 'W3']) await rig.office.update('workorder', id, { status: 'closed' })
      await mia.online()
      const error = { code: 'rule', rule: 'closed', message: 'this work order is closed' }
      expect(mia.entries()).toMatchObject([
        { record: 'W1', kind: 'update', state: 'rejected' },
        { record: 'W1', kind: 'update', state: 'held' },
        { record: 'W2', kind: 'delete', state: 'rejected', error },
        { record: 'W3', kind: 'command', state: 'rejected' },
      ])
      expect(mia.entry('W1').error).toEqual(error)
      for (const id of ['W1', 'W2', 'W3']) {
        expect(await rig.office.row('workorder', id)).toMatchObject({ ...order, status: 'closed' })
        expect(mia.mark('workorder', id)).toBe('error')
      }
      expect(await rig.office.ledger()).toEqual([])
      expect(await rig.office.update('workorder', 'W2', { note: 'by the office' })).toMatchObject({
        status: 409,
        body: { code: 'rule', rule: 'closed', at: 'table workorder, record W2' },
      })
      // Of an order that is open again the edit goes; what its author gives up is as the office has it.
      await rig.setRules([])
      await rig.office.update('workorder', 'W1', { status: 'open' })
      await rig.setRules([closed])
      await mia.online()
      await mia.entry('W1').retry()
      await rig.calm()
      for (const id of ['W2', 'W3']) await mia.discard(id)
      await rig.calm()
      expect(mia.entries()).toEqual([])
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks', priority: 2 })
      await rig.agree()
    },
  )

  it.each(Object.keys(strategies) as StrategyName[])(
    '[CF10] %s: a rule as code forbids the change, of devices and of online writes, by what it would become',
    async strategy => {
      const urgent: CodeRule = ({ table, before, after }) =>
        table === 'workorder' && Number(after?.['priority']) > 5 && before?.['account'] == null
          ? { message: 'nothing without an account is urgent', column: 'priority' }
          : undefined
      rig = await openRig(strategy, { rules: [urgent] })
      await rig.office.create('workorder', 'W1', order)
      const mia = await rig.device('mia')
      mia.offline()
      await mia.update('workorder', 'W1', { priority: 9 })
      await rig.office.update('workorder', 'W1', { note: 'leaks' })
      await mia.online()
      const message = 'nothing without an account is urgent'
      expect(mia.entries()).toMatchObject([
        { state: 'rejected', error: { code: 'rule', rule: 'urgent', message, column: 'priority' } },
      ])
      expect(await rig.office.update('workorder', 'W1', { priority: 7 })).toMatchObject({
        status: 409,
        body: { code: 'rule', rule: 'urgent', at: 'table workorder, record W1, column priority', message },
      })
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, note: 'leaks' })
      await mia.entry().resolve({ priority: 5 })
      await rig.calm()
      expect(mia.entries()).toEqual([])
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ priority: 5 })
      await rig.agree()
    },
  )

  it('[ER1] refused by rule, and a refused action, say code, rule, table, record, action, values, time and user on both sides', async () => {
    rig = await openRig('clientWins')
    await rig.setRules([{ ...closed, on: ['update'], columns: ['note'] }])
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const ana = await rig.device('ana')
    ana.offline()
    await rig.pass(60_000)
    const at = rig.time.now()
    await ana.update('workorder', 'W1', { note: 'leaks' })
    await ana.rejoin.table('workorder').run(complete, 'W2', { note: 'dry' })
    for (const id of ['W1', 'W2']) await rig.office.update('workorder', id, { status: 'closed' })
    await ana.online()
    const common = { state: 'rejected', at, author: 'ana', table: 'workorder' }
    const byRule = { code: 'rule', rule: 'closed', message: 'this work order is closed', column: 'note' }
    const byHandler = { code: 'rule', rule: 'closed', message: 'the work is closed already', column: 'status' }
    const command = { name: 'complete', args: { note: 'dry' } }
    const note = (after: string) => ({ note: ['as installed', after] })
    expect(ana.entries()).toMatchObject([
      { ...common, record: 'W1', kind: 'update', changes: note('leaks'), error: byRule },
      { ...common, record: 'W2', kind: 'command', command, changes: { status: ['open', 'done'] }, error: byHandler },
    ])
    const said = { table: 'workorder', at, author: 'ana', device: ana.id() }
    const byRecord = (await rig.office.refused()).toSorted((a, b) => (a.record < b.record ? -1 : 1))
    expect(byRecord).toMatchObject([
      { ...said, ...byRule, record: 'W1', kind: 'update', changes: note('leaks') },
      { ...said, ...byHandler, record: 'W2', kind: 'command', command, changes: { ...note('dry') } },
    ])
    // Arguments belong to no column that could be hidden: a colleague who may not read all of them sees the name alone.
    const [, seen] = (await rig.officeOf('ben').refused()).toSorted((a, b) => (a.record < b.record ? -1 : 1))
    expect(seen?.command).toEqual({ name: 'complete' })
  })
})
