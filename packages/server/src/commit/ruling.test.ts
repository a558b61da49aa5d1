import { strategies, type StrategyName } from '@rejoin/profile'
import { describe, expect, it } from 'vitest'
import type { CodeRule } from '../rules/code-rule.ts'
import type { Rule } from '../rules/rule.ts'
import { ana, bo, createDevice, openRelay } from './commit.fixture.ts'

const job = { title: 'Pump', status: 'open', ownerid: 'ana' }
const closed: Rule = {
  name: 'closed',
  table: 'job',
  on: ['update', 'delete'],
  when: { column: 'status', op: 'eq', value: 'closed' },
  message: 'the job is closed',
}
const names = Object.keys(strategies) as StrategyName[]

describe('rules', () => {
  it.each(names)(
    '[CF10] %s: an edit of a record that was closed meanwhile is rejected and changes nothing',
    async name => {
      const relay = await openRelay(name, 5 * 256, { settings: { rules: [closed] } })
      await relay.online('J1', 'create', job)
      const device = createDevice(relay, ana, 1)
      await device.pull('J1')
      const edits = [device.edit('J1', 'update', { hours: 2 }), device.edit('J1', 'update', { hours: 3 })]
      await relay.online('J1', 'update', { status: 'closed' })
      const [refused, held] = await device.push(...edits)
      const rejection = { status: 'rejected', code: 'rule', rule: 'closed', message: 'the job is closed' }
      expect(refused!.answer).toEqual(rejection)
      expect(held!.answer).toEqual({ status: 'held', by: edits[0]!.id })
      expect(await relay.content('J1')).toMatchObject({ fields: { ...job, status: 'closed' }, rev: 2 })
      expect(await relay.edit(edits[0]!.id)).toMatchObject({ outcome: rejection, changes: { hours: [null, 2] } })
      expect(await relay.ledger()).toEqual([])
      const other = createDevice(relay, bo, 2)
      await other.pull('J1')
      const [removed] = await other.push(other.edit('J1', 'delete', {}))
      expect(removed!.answer).toEqual(rejection)
    },
  )

  it('[CF10] judge online writes the same way', async () => {
    const relay = await openRelay('clientWins', 5 * 256, { settings: { rules: [closed] } })
    await relay.online('J1', 'create', { ...job, status: 'closed' })
    expect((await relay.online('J1', 'update', { hours: 1 })).answer).toMatchObject({ code: 'rule', rule: 'closed' })
    expect((await relay.online('J1', 'delete', {})).answer).toMatchObject({ code: 'rule', rule: 'closed' })
    expect(await relay.content('J1')).toMatchObject({ deleted: false, rev: 1 })
  })

  it('refuse no edit that would change nothing: both sides may have closed the record', async () => {
    const relay = await openRelay('clientWins', 5 * 256, { settings: { rules: [closed] } })
    await relay.online('J1', 'create', job)
    const device = createDevice(relay, ana, 1)
    await device.pull('J1')
    const edit = device.edit('J1', 'update', { status: 'closed' })
    await relay.online('J1', 'update', { status: 'closed' })
    expect((await device.push(edit))[0]!.answer).toMatchObject({ status: 'applied' })
  })

  it('[CF10] may be about some columns only, those an image would bring back among them', async () => {
    const settled: Rule = { ...closed, name: 'settled', on: ['update'], columns: ['hours', 'cost'] }
    const relay = await openRelay('clientWins', 5 * 256, { settings: { rules: [settled] } })
    await relay.online('J1', 'create', { ...job, hours: 1 })
    const device = createDevice(relay, ana, 1)
    await device.pull('J1')
    const edit = device.edit('J1', 'update', { title: 'Valve' })
    await relay.online('J1', 'update', { hours: 2, status: 'closed' })
    // Its author's whole record would set the hours back.
    const [refused] = await device.push(edit)
    expect(refused!.answer).toMatchObject({ code: 'rule', rule: 'settled', column: 'hours' })
    device.drop('J1')
    await device.pull('J1')
    const [taken] = await device.push(device.edit('J1', 'update', { title: 'Valve' }))
    expect(taken!.answer).toMatchObject({ status: 'applied' })
  })

  it('may ask who the author is', async () => {
    const mine: Rule = {
      ...closed,
      name: 'own',
      on: ['update'],
      when: { column: 'ownerid', op: 'ne-userid' },
      message: 'is not yours',
    }
    const relay = await openRelay('clientWins', 5 * 256, { settings: { rules: [mine] } })
    await relay.online('J1', 'create', job)
    expect((await relay.online('J1', 'update', { hours: 1 }, bo)).answer).toMatchObject({ code: 'rule', rule: 'own' })
    expect((await relay.online('J1', 'update', { hours: 1 }, ana)).answer).toMatchObject({ status: 'applied' })
  })

  it('[CF10] as code see the record before and as it would become, of creates and deletes too', async () => {
    const seen: unknown[] = []
    const longTitle: CodeRule = ({ before, after, kind, columns, person, now }) => {
      seen.push({ kind, before: before?.['title'], after: after?.['title'], columns, who: person.id, now })
      return after?.['title'] === 'no' ? { message: 'is too short', column: 'title' } : undefined
    }
    const relay = await openRelay('serverWins', 5 * 256, { rules: [longTitle] })
    const device = createDevice(relay, ana, 1)
    await device.push(device.edit('J1', 'create', { title: 'Pump', ownerid: 'ana' }))
    await device.pull('J1')
    const edit = device.edit('J1', 'update', { title: 'no' })
    await relay.online('J1', 'update', { hours: 1 })
    // It would lose its conflict; what it wants is forbidden all the same.
    expect((await device.push(edit))[0]!.answer).toEqual({
      status: 'rejected',
      code: 'rule',
      rule: 'longTitle',
      message: 'is too short',
      column: 'title',
    })
    await relay.online('J1', 'delete', {})
    expect(seen).toEqual([
      { kind: 'create', before: undefined, after: 'Pump', columns: ['title', 'ownerid'], who: 'ana', now: 1_000 },
      { kind: 'update', before: 'Pump', after: 'Pump', columns: ['hours'], who: 'bo', now: 1_000 },
      { kind: 'update', before: 'Pump', after: 'no', columns: ['title'], who: 'ana', now: 1_000 },
      { kind: 'delete', before: 'Pump', after: undefined, columns: [], who: 'bo', now: 1_000 },
    ])
  })

  it('as code that fail refuse what they should have judged, and their bug is told', async () => {
    const bug = new Error('no such column')
    const relay = await openRelay('clientWins', 5 * 256, {
      rules: [
        function careless() {
          throw bug
        },
      ],
    })
    const said = await relay.online('J1', 'create', job)
    expect(said.answer).toEqual({ status: 'rejected', code: 'other', message: 'the rule careless failed' })
    expect(said.suspicious).toBeUndefined()
    expect(relay.bugs).toEqual([bug])
  })
})
