import {
  type ColumnSource,
  decodeDown,
  type Down,
  encodeUp,
  PROTOCOL,
  type SchemaSource,
  type TableSource,
} from '@rejoin/profile'
import { afterEach, describe, expect, it } from 'vitest'
import { crc32 } from '../hostile/crc.ts'
import type { Device } from './device.ts'
import { openRig, type Rig } from './rig.ts'
import { worldSchema } from './world.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

/** The next version: tables as they are made by `change`, those it leaves out are no more. */
const next = (version: number, change: (table: TableSource) => TableSource | undefined): SchemaSource => {
  const tables = worldSchema.tables.flatMap(table => change(table) ?? [])
  const names = new Set(tables.map(({ name }) => name))
  return {
    ...worldSchema,
    version,
    tables,
    roles: (worldSchema.roles ?? []).map(role => ({
      ...role,
      tables: Object.fromEntries(Object.entries(role.tables).filter(([table]) => table === '*' || names.has(table))),
    })),
    relationships: (worldSchema.relationships ?? []).filter(({ from }) => names.has(from.split('.')[0]!)),
  }
}

const columns =
  (table: string, change: (columns: readonly ColumnSource[]) => readonly ColumnSource[]) =>
  (of: TableSource): TableSource =>
    of.name === table ? { ...of, columns: change(of.columns) } : of

const without = (name: string) => columns('workorder', all => all.filter(column => column.name !== name))
const altered = (name: string, change: Partial<ColumnSource>) =>
  columns('workorder', all => all.map(column => (column.name === name ? { ...column, ...change } : column)))

const withOrders = async (strategy?: 'clientWins' | 'serverWins' | 'merge'): Promise<Device> => {
  rig = await openRig(strategy)
  for (const id of ['W1', 'W2', 'W3']) await rig.office.create('workorder', id, order)
  return rig.device('mia')
}

const noted = (device: Device): unknown =>
  device.ledger().map(({ record, status, strategy, mine }) => [record, status, strategy, mine['note']])

describe('a column that comes', () => {
  it('[PR12] is there for who holds all columns, and for others when it is selected; what was unsent goes on', async () => {
    const mia = await withOrders()
    const dora = await rig.device('dora')
    for (const device of [mia, dora]) device.offline()
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await dora.update('workorder', 'W2', { title: 'Valve' })
    await rig.setSchema(
      next(
        2,
        columns('workorder', all => [...all, { name: 'extra', type: 'string' }]),
      ),
    )
    await rig.office.update('workorder', 'W3', { extra: 'new' })
    for (const device of [mia, dora]) await device.online()
    expect(mia.row('workorder', 'W3')).toMatchObject({ extra: 'new' })
    expect(dora.row('workorder', 'W3')?.['extra'] ?? null).toBeNull()
    expect([...mia.entries(), ...dora.entries()]).toEqual([])
    await mia.update('workorder', 'W1', { extra: 'by mia' })
    await rig.setItems('open', [
      {
        table: 'workorder',
        filter: { kind: 'custom', where: { column: 'status', op: 'eq', value: 'open' } },
        columns: ['title', 'status', 'ownerid', 'extra'],
      },
    ])
    await rig.pass(60_000)
    expect(dora.row('workorder', 'W1')).toMatchObject({ extra: 'by mia' })
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ title: 'Valve' })
  })

  it('that is required is asked for where a record is new: the create is refused and names it, given it goes on', async () => {
    const mia = await withOrders()
    mia.offline()
    await mia.create('workorder', 'W4', { title: 'Valve', status: 'open' })
    await mia.update('workorder', 'W4', { note: 'behind it' })
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.setSchema(
      next(
        2,
        columns('workorder', all => [...all, { name: 'urgency', type: 'string', required: true }]),
      ),
    )
    await mia.online()
    expect(mia.entries()).toMatchObject([
      { record: 'W4', state: 'rejected', error: { code: 'invalid', column: 'urgency', message: 'is required' } },
      { record: 'W4', state: 'held' },
    ])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks' })
    await mia.entry('W4').resolve({ urgency: 'high' })
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W4')).toMatchObject({ urgency: 'high', note: 'behind it' })
  })
})

describe('a column that goes', () => {
  it.each(['clientWins', 'serverWins', 'merge'] as const)(
    '%s: what else unsent edits change goes on, and what was written there is told in the ledger',
    async strategy => {
      const mia = await withOrders(strategy)
      mia.offline()
      await mia.update('workorder', 'W1', { title: 'Pump, cellar', note: 'one' })
      await mia.update('workorder', 'W1', { priority: 7 })
      await mia.update('workorder', 'W2', { note: 'two' })
      await mia.update('workorder', 'W2', { title: 'Valve' })
      await mia.create('workorder', 'W4', { title: 'New', status: 'open', note: 'three' })
      await rig.setSchema(next(2, without('note')))
      await mia.online()
      expect(mia.entries()).toEqual([])
      expect(noted(mia)).toEqual(
        expect.arrayContaining([
          ['W1', 'lost', 'schema', 'one'],
          ['W2', 'lost', 'schema', 'two'],
          ['W4', 'lost', 'schema', 'three'],
        ]),
      )
      expect(noted(mia)).toHaveLength(3)
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Pump, cellar', priority: 7 })
      expect(await rig.office.row('workorder', 'W2')).toMatchObject({ title: 'Valve' })
      expect(await rig.office.row('workorder', 'W4')).toMatchObject({ title: 'New' })
      await mia.crash()
      await rig.calm()
      expect(noted(mia)).toHaveLength(3)
      // The back office heard of it too, and that nothing is left to be done.
      expect((await rig.office.refused()).map(({ record, resolved }) => [record, resolved]).toSorted()).toEqual([
        ['W1', true],
        ['W2', true],
        ['W4', true],
      ])
      await expect(mia.ledger()[0]!.restore()).rejects.toMatchObject({ code: 'unknown-column', column: 'note' })
      await rig.agree()
    },
  )

  it('a group goes on as one, without what it wrote there', async () => {
    const mia = await withOrders()
    mia.offline()
    await mia.rejoin.group(group => {
      group.table('workorder').update('W1', { title: 'Both', note: 'one' })
      group.table('workorder').update('W2', { title: 'Both' })
      group.table('annotation').create({ annotationid: 'N1', subject: 'Both', workorder: 'W1' })
    })
    await mia.update('workorder', 'W2', { priority: 5 })
    await rig.setSchema(next(2, without('note')))
    await mia.online()
    expect(mia.entries()).toEqual([])
    expect(noted(mia)).toEqual([['W1', 'lost', 'schema', 'one']])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Both' })
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ title: 'Both', priority: 5 })
    expect(await rig.office.row('annotation', 'N1')).toMatchObject({ subject: 'Both' })
  })

  it('what the relay had taken before, the answer to which was lost, is neither done again nor told as lost', async () => {
    const mia = await withOrders()
    mia.line.hold('down')
    await mia.update('workorder', 'W1', { title: 'Pump, cellar', note: 'one' })
    await rig.calm()
    mia.offline()
    mia.line.release('down')
    const head = await rig.head()
    await rig.setSchema(next(2, without('note')))
    await mia.online()
    expect(mia.entries()).toEqual([])
    expect(mia.ledger()).toEqual([])
    expect(await rig.head()).toBe(head)
  })

  it('what waits for its user keeps waiting as it is, and goes on without the column when he sends it again', async () => {
    const mia = await withOrders()
    await rig.office.update('workorder', 'W1', { status: 'closed' })
    await rig.setRules([
      {
        name: 'closed',
        table: 'workorder',
        on: ['update'],
        when: { column: 'status', op: 'eq', value: 'closed' },
        message: 'is closed',
      },
    ])
    await rig.calm()
    await mia.update('workorder', 'W1', { title: 'Pump, cellar', note: 'one' })
    await rig.calm()
    expect(mia.entries()).toMatchObject([{ state: 'rejected', error: { code: 'rule' } }])
    await rig.setSchema(next(2, without('note')))
    await rig.pass(60_000)
    expect(mia.entries()).toMatchObject([{ state: 'rejected', error: { code: 'rule' } }])
    expect(mia.entry().changes['note']?.[1]).toBe('one')
    await rig.setRules([])
    await rig.pass(60_000)
    await mia.entry().retry()
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(noted(mia)).toEqual([['W1', 'lost', 'schema', 'one']])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Pump, cellar' })
  })

  it('a create of nothing else is its author to give up: it is refused, names the column, and is not sent for ever', async () => {
    rig = await openRig()
    const mia = await rig.device('mia')
    mia.offline()
    await mia.create('annotation', 'N1', { text: 'nothing else' })
    await rig.setSchema(
      next(
        2,
        columns('annotation', all => all.filter(({ name }) => name !== 'text')),
      ),
    )
    await mia.online()
    await rig.pass(60_000)
    expect(mia.entries()).toMatchObject([{ state: 'rejected', error: { code: 'invalid', column: 'text' } }])
    const { length } = mia.line.frames.filter(({ message }) => message.type === 'push')
    expect(length).toBe(1)
    await mia.discard()
    await rig.calm()
    expect(mia.entries()).toEqual([])
  })
})

describe('a column that changes', () => {
  it('its name: its id stays, so the edit goes on; the app reads and writes it by its new name, the old one is refused by name', async () => {
    const mia = await withOrders()
    mia.offline()
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.setSchema(next(2, altered('note', { id: 'note', name: 'report' })))
    // Nobody here has heard of it.
    await mia.update('workorder', 'W1', { note: 'leaks again' })
    await mia.online()
    expect(mia.entries()).toEqual([])
    expect(mia.ledger()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ report: 'leaks again' })
    expect(mia.row('workorder', 'W1')).toMatchObject({ report: 'leaks again' })
    await expect(mia.update('workorder', 'W1', { note: 'old code' })).rejects.toMatchObject({
      code: 'unknown-column',
      table: 'workorder',
      column: 'note',
    })
    expect(mia.entries()).toEqual([])
    await mia.update('workorder', 'W1', { report: 'new code' })
    await rig.calm()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ report: 'new code' })
  })

  it('its type: the edit becomes a refusal that names it, shows what was written, and goes on corrected', async () => {
    const mia = await withOrders()
    mia.offline()
    await mia.update('workorder', 'W1', { note: '17' })
    await mia.update('workorder', 'W2', { title: 'Valve' })
    await rig.setSchema(next(2, altered('note', { type: 'integer' })))
    await mia.online()
    expect(mia.entries()).toMatchObject([
      {
        record: 'W1',
        state: 'rejected',
        error: { code: 'invalid', column: 'note' },
        changes: { note: ['as installed', '17'] },
      },
    ])
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ title: 'Valve' })
    await mia.entry().resolve({ note: 17 })
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 17 })
  })

  it('narrowed to less than was written: the same', async () => {
    const mia = await withOrders()
    mia.offline()
    await mia.update('workorder', 'W1', { title: 'A title of many words' })
    await rig.setSchema(next(2, altered('title', { maxLength: 10 })))
    await mia.online()
    expect(mia.entries()).toMatchObject([{ state: 'rejected', error: { code: 'invalid', column: 'title' } }])
    await mia.entry().resolve({ title: 'Short' })
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Short' })
  })
})

describe('a table that goes', () => {
  it('its rows leave; unsent edits of it are refused where their user sees them, and can be exported and given up; others go on', async () => {
    const mia = await withOrders('clientWins')
    await rig.office.create('annotation', 'N1', { subject: 'Keys', workorder: 'W1', ownerid: 'mia' })
    await rig.calm()
    mia.offline()
    await mia.update('annotation', 'N1', { text: 'at neighbour' })
    await mia.create('annotation', 'N2', { subject: 'Dog', workorder: 'W1', ownerid: 'mia' })
    await mia.update('annotation', 'N2', { text: 'bites' })
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await mia.rejoin.drafts.keep('form', { table: 'annotation', record: 'N1', values: { text: 'later' } })
    await rig.setSchema(next(2, table => (table.name === 'annotation' ? undefined : table)))
    await rig.setItems(
      'everything',
      ['workorder', 'account'].map(table => ({ table, filter: { kind: 'all' } as const })),
    )
    await mia.online()
    await rig.pass(60_000)
    expect(mia.status()).toBe('live')
    expect(mia.entries().map(({ record, state, error }) => [record, state, error?.message])).toEqual([
      ['N1', 'rejected', 'there is no such table'],
      ['N2', 'rejected', 'there is no such table'],
      ['N2', 'rejected', 'there is no such table'],
    ])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks' })
    await mia.entry('N1').retry()
    await rig.calm()
    expect(mia.entry('N1')).toMatchObject({ state: 'rejected' })
    await expect(mia.entry('N1').resolve({ text: 'still' })).rejects.toMatchObject({ code: 'unknown-table' })
    await expect(mia.rejoin.drafts.submit('form')).rejects.toMatchObject({ code: 'unknown-table' })
    expect(mia.rejoin.drafts.get('form')).toBeDefined()
    expect(mia.rejoin.outbox.export()).toContain('at neighbour')
    await mia.crash()
    await rig.calm()
    expect(mia.entries()).toHaveLength(3)
    while (mia.entries().length > 0) await mia.discard()
    await rig.calm()
    expect(mia.entries()).toEqual([])
    await mia.rejoin.drafts.drop('form')
    await mia.rejoin.signOut()
  })
})

describe('versions', () => {
  it('a profile published in the middle of an upload: everything arrives, in order and once', async () => {
    const mia = await withOrders()
    mia.offline()
    for (let nr = 1; nr <= 30; nr++) await mia.rejoin.table('workorder').run('raise', 'W1', { by: 1 })
    await mia.update('workorder', 'W2', { note: 'leaks' })
    let pushes = 0
    mia.line.watch(({ message }) => {
      // The relay has it, and publishes before it has answered.
      if (message.type === 'push' && pushes++ === 0)
        void rig.setItems('everything', [{ table: 'workorder', filter: { kind: 'all' } }])
      return 'deliver'
    })
    await mia.online()
    await rig.pass(60_000)
    expect(mia.status()).toBe('live')
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ priority: 31 })
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ note: 'leaks' })
    expect(mia.rows('account')).toEqual([])
  })

  it('a schema put in the middle of an upload: the rest of each edit arrives, once', async () => {
    const mia = await withOrders()
    mia.offline()
    for (let nr = 1; nr <= 20; nr++) await mia.update('workorder', 'W1', { title: `Pump ${nr}`, note: `note ${nr}` })
    let pushes = 0
    mia.line.watch(({ message }) => {
      if (message.type === 'push' && pushes++ === 0) void rig.setSchema(next(2, without('note')))
      return 'deliver'
    })
    await mia.online()
    await rig.pass(60_000)
    expect(mia.status()).toBe('live')
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Pump 20' })
  })

  it('a device that was away for two of them takes both at once', async () => {
    const mia = await withOrders()
    mia.offline()
    await mia.update('workorder', 'W1', { note: 'leaks', priority: 7, title: 'Pump, cellar' })
    const renamed = altered('note', { id: 'note', name: 'report' })
    await rig.setSchema(next(2, renamed))
    await rig.setSchema(next(3, table => without('priority')(renamed(table))))
    await mia.online()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ report: 'leaks', title: 'Pump, cellar' })
    expect(mia.ledger()).toMatchObject([{ strategy: 'schema', mine: { prio: 7 } }])
    expect(mia.row('workorder', 'W1')).toMatchObject({ report: 'leaks' })
    await rig.agree()
  })

  it('an app too old for the environment is refused with the least release; its unsent work survives the update, and goes', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    let release = 2
    const mia = await rig.device('mia', { release: () => release })
    mia.offline()
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.setSettings({ leastReleases: { proofs: 3, another: 9 } })
    await mia.online()
    await rig.pass(60_000)
    expect(mia.status()).toBe('offline')
    const message = 'release 2 of proofs is too old: this environment takes 3 and later'
    expect(mia.fault()).toMatchObject({ code: 'version', message, fix: expect.stringContaining('update') })
    expect(mia.rejoin.status.current).toMatchObject({ state: 'error', causes: [{ code: 'version', message }] })
    expect(mia.entries()).toMatchObject([{ state: 'waiting' }])
    const asked = mia.line.frames.length
    await rig.pass(600_000)
    expect(mia.line.frames).toHaveLength(asked)
    release = 3
    await mia.reopen()
    await rig.calm()
    expect(mia.status()).toBe('live')
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks' })
  })

  it('a program of another protocol is refused before anything of it is read, and told which one is understood', async () => {
    rig = await openRig()
    const heard: Down[] = []
    const codes: number[] = []
    const session = rig.relay.core.connect({
      send: frame => void heard.push(decodeDown(frame)),
      close: code => void codes.push(code),
      buffered: () => 0,
    })
    const frame = encodeUp({ type: 'ping' }).slice()
    frame[0] = 0
    const body = frame.length - 4
    new DataView(frame.buffer).setUint32(body, crc32(frame.subarray(0, body)))
    await session.receive(frame)
    expect(codes).toEqual([4426])
    const message = `protocol 0 is not understood here, ${PROTOCOL} is`
    expect(heard).toMatchObject([{ type: 'refusal', reason: 'version', message, fix: 'update the program' }])
  })

  it('one that is connected when the least release is raised is told within seconds, and an app that names none is too old', async () => {
    rig = await openRig()
    const mia = await rig.device('mia')
    await rig.setSettings({ leastReleases: { proofs: 1 } })
    await rig.pass(5_000)
    expect(mia.status()).toBe('offline')
    expect(mia.fault()).toMatchObject({ code: 'version' })
    await rig.setSettings({ leastReleases: {} })
    await mia.online()
    expect(mia.fault()).toBeUndefined()
  })
})
