import { defineCommand, strategies, type StrategyName } from '@rejoin/profile'
import { describe, expect, it } from 'vitest'
import { ana, bo, createDevice, openRelay, type Relay } from './commit.fixture.ts'

const job = { title: 'Pump', status: 'open', ownerid: 'ana' }
const work = defineCommand({
  table: 'job',
  name: 'work',
  args: [{ name: 'hours', type: 'number', required: true }],
  run: (row, { hours }) =>
    row['status'] === 'closed'
      ? { refuse: 'closed', message: 'is closed', column: 'status' }
      : { set: { hours: Number(row['hours'] ?? 0) + hours, cost: 10 } },
})
const open = (name: StrategyName = 'clientWins'): Promise<Relay> => openRelay(name, 5 * 256, { commands: [work] })
const run = (hours: unknown, name = 'work') => ({ command: { name, args: { hours } as never } })

describe('commands', () => {
  it.each(Object.keys(strategies) as StrategyName[])(
    '[LW2] %s: run on the record as it stands, once, whatever their author showed',
    async name => {
      const relay = await open(name)
      await relay.online('J1', 'create', job)
      const device = createDevice(relay, ana, 1)
      await device.pull('J1')
      const edit = device.edit('J1', 'command', { hours: 2 }, run(2))
      await relay.online('J1', 'update', { hours: 40, title: 'Valve' })
      const [first, again] = await device.push(edit, edit)
      expect(first!.answer).toMatchObject({ status: 'applied', rev: 3, conflict: 'command' })
      expect(again!.answer).toEqual(first!.answer)
      // A column its author may neither read nor write is the command's own affair.
      const fields = { ...job, title: 'Valve', hours: 42, cost: 10 }
      expect((await relay.content('J1'))!.fields).toEqual(fields)
      expect(await relay.ledger()).toMatchObject([
        { strategy: 'command', kind: 'command', mine: { fields: { hours: 2 } }, result: { fields } },
      ])
      expect(await relay.edit(edit.id)).toMatchObject({ command: { name: 'work', args: { hours: 2 } } })
    },
  )

  it('leave no trace in the ledger where they did what their author saw', async () => {
    const relay = await open()
    await relay.online('J1', 'create', { ...job, cost: 10 })
    const device = createDevice(relay, ana, 1)
    await device.pull('J1')
    const [first, second] = await device.push(
      device.edit('J1', 'command', { hours: 2 }, run(2)),
      device.edit('J1', 'command', { hours: 5 }, run(3)),
    )
    expect([first!.answer, second!.answer]).toEqual([
      { status: 'applied', rev: 2 },
      { status: 'applied', rev: 3 },
    ])
    expect(await relay.ledger()).toEqual([])
  })

  it('may show nothing: what they do is known to the relay alone', async () => {
    const relay = await open()
    await relay.online('J1', 'create', job)
    const device = createDevice(relay, ana, 1)
    await device.pull('J1')
    const silent = { ...device.edit('J1', 'command', {}, run(2)), update: new Uint8Array([0, 0]) }
    expect((await device.push(silent))[0]!.answer).toMatchObject({ status: 'applied' })
    expect((await relay.content('J1'))!.fields).toMatchObject({ hours: 2 })
  })

  it.each([
    ['a relay that does not know one names it', run(1, 'rest'), 'invalid', 'the relay knows no command rest of job'],
    ['arguments that do not fit', run('two'), 'invalid', 'command work, argument hours must be a finite number'],
    ['no command at all', {}, 'invalid', 'a command names what it runs'],
  ])('are refused: %s', async (_, part, code, message) => {
    const relay = await open()
    await relay.online('J1', 'create', job)
    const device = createDevice(relay, ana, 1)
    await device.pull('J1')
    const [refused] = await device.push(device.edit('J1', 'command', { hours: 2 }, part))
    expect(refused!.answer).toEqual({ status: 'rejected', code, message })
    expect((await relay.content('J1'))!.fields).toEqual(job)
  })

  it('are refused by their handler, with its reason, and to who may not write the record', async () => {
    const relay = await open()
    await relay.online('J1', 'create', { ...job, status: 'closed' })
    await relay.online('J2', 'create', { ...job, ownerid: 'bo' })
    const device = createDevice(relay, ana, 1)
    for (const id of ['J1', 'J2']) await device.pull(id)
    const [closed, foreign] = await device.push(
      device.edit('J1', 'command', { hours: 2 }, run(2)),
      device.edit('J2', 'command', { hours: 2 }, run(2)),
    )
    const said = { status: 'rejected', code: 'rule', rule: 'closed', message: 'is closed', column: 'status' }
    expect(closed!.answer).toEqual(said)
    expect(foreign!.answer).toMatchObject({ code: 'not-permitted' })
  })

  it('meet a deleted record as not found, whoever deleted it', async () => {
    const relay = await open()
    await relay.online('J1', 'create', job)
    const device = createDevice(relay, ana, 1)
    await device.pull('J1')
    const edit = device.edit('J1', 'command', { hours: 2 }, run(2))
    await relay.online('J1', 'delete', {})
    expect((await device.push(edit))[0]!.answer).toMatchObject({ status: 'rejected', code: 'not-found' })
  })

  it('whose handler throws are refused, and the bug is told; other edits of the commit take effect', async () => {
    const bug = new Error('no')
    const broken = defineCommand({
      table: 'job',
      name: 'work',
      run: () => {
        throw bug
      },
    })
    const relay = await openRelay('clientWins', 5 * 256, { commands: [broken] })
    await relay.online('J1', 'create', job)
    await relay.online('J2', 'create', job)
    const device = createDevice(relay, bo, 1)
    for (const id of ['J1', 'J2']) await device.pull(id)
    const failing = device.edit('J1', 'command', { hours: 2 }, { command: { name: 'work', args: {} } })
    const [failed, fine] = await device.push(failing, device.edit('J2', 'update', { hours: 1 }))
    expect(failed).toMatchObject({ answer: { code: 'other', message: 'the command work failed' } })
    expect(failed!.suspicious).toBeUndefined()
    expect(fine!.answer).toMatchObject({ status: 'applied' })
    expect(relay.bugs).toEqual([bug])
  })
})
