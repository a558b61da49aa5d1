import { createSource } from '@rejoin/client'
import type { ProfileItem, SchemaSource } from '@rejoin/profile'
import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'
import { worldSchema } from './world.ts'

/** Is a record here with all that its profile relates to it? Every reason why not, on the whole path. */

const order = { title: 'Pump', status: 'open', account: 'A1', ownerid: 'north' }
const about = { subject: 'Key', workorder: 'W1', ownerid: 'north' }
const complete = { complete: true }

const all = (table: string, more: Partial<ProfileItem> = {}): ProfileItem => ({
  table,
  filter: { kind: 'all' },
  ...more,
})
const related = (table: string, relationship: string, more: Partial<ProfileItem> = {}): ProfileItem => ({
  table,
  filter: { kind: 'related' },
  relationships: [relationship],
  ...more,
})
/** Accounts and notes are brought by work orders. */
const widened: readonly ProfileItem[] = [
  all('workorder'),
  related('account', 'workorder_account'),
  related('annotation', 'annotation_workorder'),
]
const schema: SchemaSource = {
  ...worldSchema,
  version: 2,
  relationships: [
    ...(worldSchema.relationships ?? []),
    { name: 'workorder_account', from: 'workorder.account', to: 'account' },
  ],
}

let rig: Rig
afterEach(() => rig.close())

const setOut = async (items: readonly ProfileItem[] = widened): Promise<void> => {
  rig = await openRig()
  await rig.setSchema(schema)
  await rig.setItems('everything', items)
  await rig.office.create('account', 'A1', { name: 'Smith' })
  await rig.office.create('workorder', 'W1', order)
  await rig.office.create('annotation', 'N1', about)
}

describe('ready for offline', () => {
  it('a record is complete where all that brings and is brought is here, with and without the network, own work included', async () => {
    await setOut()
    const mia = await rig.device('mia')
    const orders = mia.rejoin.table('workorder')
    const ready = orders.ready('W1')
    expect(ready.current).toEqual(complete)
    mia.offline()
    await mia.update('workorder', 'W1', { status: 'done' })
    await mia.create('workorder', 'W2', { title: 'Valve', account: 'A1', ownerid: 'mia' })
    await mia.create('annotation', 'N2', { ...about, workorder: 'W2' })
    expect(orders.ready('W2').current).toEqual(complete)
    expect(mia.rejoin.table('annotation').ready('N2').current).toEqual(complete)
    await mia.crash()
    expect(mia.rejoin.table('workorder').ready('W1').current).toEqual(complete)
    expect(() => mia.rejoin.table('workorders' as never).ready('W1')).toThrow(/no table/)
  })

  it('what was deleted, or may be read no more, is missing by the lookup that names it; who watches is told', async () => {
    await setOut()
    const mia = await rig.device('mia')
    const ready = mia.rejoin.table('workorder').ready('W1')
    const told: unknown[] = []
    expect(ready.current).toEqual(complete)
    ready.subscribe(now => told.push(now))
    await rig.office.update('workorder', 'W1', { title: 'Pump, again' })
    await rig.calm()
    expect(told).toEqual([])
    await rig.office.remove('account', 'A1')
    await rig.calm()
    const of = { table: 'workorder', record: 'W1' }
    const gone = {
      complete: false,
      missing: [{ table: 'account', record: 'A1', column: 'account', of, why: 'deleted' }],
    }
    expect(ready.current).toEqual(gone)
    expect(told).toEqual([gone])
    await rig.office.remove('workorder', 'W1')
    await rig.calm()
    expect(ready.current).toEqual({ complete: false, missing: [{ ...of, why: 'deleted' }] })
    ready.close()
    // By a right that was lost, and by one that never was: both say the same, whether there is such a record or not.
    await rig.office.create('workorder', 'W2', { ...order, ownerid: 'north' })
    await rig.setItems('everything', [all('annotation'), related('workorder', 'annotation_workorder')])
    for (const [note, workorder] of [['N2', 'W2'] as const, ['N3', 'W3'] as const])
      await rig.office.create('annotation', note, { ...about, workorder })
    const ana = await rig.device('ana')
    const notes = ana.rejoin.table('annotation')
    expect(notes.ready('N2').current).toEqual(complete)
    await rig.office.update('workorder', 'W2', { ownerid: 'south' })
    await rig.calm()
    for (const [note, record] of [['N2', 'W2'] as const, ['N3', 'W3'] as const])
      expect(notes.ready(note).current).toMatchObject({
        missing: [{ table: 'workorder', record, column: 'workorder', why: 'unreadable' }],
      })
  })

  it('what left the selection, and what it never brought, is missing itself; a pinned record brings nothing with it', async () => {
    await setOut()
    const open = { kind: 'custom', where: { column: 'status', op: 'eq', value: 'open' } } as const
    await rig.setItems('everything', [
      { table: 'workorder', filter: open },
      related('annotation', 'annotation_workorder'),
    ])
    await rig.office.create('workorder', 'W2', { ...order, status: 'done' })
    const mia = await rig.device('mia')
    const of = (id: string) => mia.rejoin.table('workorder').ready(id).current
    expect(of('W1')).toEqual(complete)
    await rig.office.update('workorder', 'W1', { status: 'done' })
    await rig.calm()
    expect(of('W1')).toEqual({ complete: false, missing: [{ table: 'workorder', record: 'W1', why: 'left' }] })
    expect(of('W2')).toEqual({ complete: false, missing: [{ table: 'workorder', record: 'W2', why: 'outside' }] })
    await mia.rejoin.pins.add('tomorrow', 'workorder', { ids: ['W2'] })
    expect(mia.row('workorder', 'W2')).toMatchObject({ status: 'done' })
    expect(of('W2')).toMatchObject({ missing: [{ table: 'annotation', column: 'workorder', why: 'outside' }] })
  })

  it('a lookup that the profile relates by, and leaves out, tells nobody what is missing', async () => {
    await setOut([
      all('workorder', { columns: ['title', 'status'] }),
      related('account', 'workorder_account'),
      related('annotation', 'annotation_workorder', { columns: ['subject'] }),
    ])
    const mia = await rig.device('mia')
    const of = { table: 'workorder', record: 'W1' }
    expect(mia.rejoin.table('workorder').ready('W1').current).toEqual({
      complete: false,
      missing: [
        { table: 'account', column: 'account', of, why: 'hidden' },
        { table: 'annotation', column: 'workorder', of, why: 'hidden' },
      ],
    })
  })

  it('before its tables are here nothing is complete: not begun, begun, and without a first sync at all', async () => {
    await setOut()
    await rig.fill(
      'annotation',
      Array.from({ length: 600 }, (_, n) => `M${String(n).padStart(3, '0')}`),
      () => about,
    )
    const mia = await rig.device('mia', { unsynced: true })
    const ready = mia.rejoin.table('workorder').ready('W1')
    const why = () => (ready.current.complete ? [] : ready.current.missing.map(each => [each.table, each.why]))
    expect(why()).toEqual([['workorder', 'not-downloaded']])
    const seen: unknown[] = []
    ready.subscribe(() => seen.push(why()))
    mia.line.hold('down')
    await rig.still()
    while (mia.status() !== 'live') {
      if (!mia.line.step('down')) await rig.still()
      await rig.still()
    }
    mia.line.release('down')
    // Until the relay has compared, it is not known to be all.
    expect(seen).toEqual([
      [
        ['workorder', 'not-downloaded'],
        ['account', 'not-downloaded'],
        ['annotation', 'not-downloaded'],
      ],
      [
        ['account', 'not-downloaded'],
        ['annotation', 'not-downloaded'],
      ],
      [['annotation', 'not-downloaded']],
      [['annotation', 'partial']],
      [['workorder', 'partial']],
      [],
    ])
    expect(mia.rejoin.ready).toBe(true)
  })

  it('what passes bring is still to come, until the pass', async () => {
    await setOut([all('workorder'), all('account', { interval: 60 })])
    const mia = await rig.device('mia')
    await rig.office.create('account', 'A2', { name: 'Jones' })
    await rig.office.create('workorder', 'W2', { ...order, account: 'A2' })
    await rig.calm()
    const ready = mia.rejoin.table('workorder').ready('W2')
    expect(ready.current).toMatchObject({ missing: [{ table: 'account', record: 'A2', why: 'not-downloaded' }] })
    await mia.rejoin.sync.refresh()
    await rig.calm()
    expect(ready.current).toEqual(complete)
    // What is named here first comes when the relay has heard of it; the same word, until it answers.
    await rig.office.create('account', 'A3', { name: 'Berg' })
    await rig.calm()
    mia.offline()
    await mia.update('workorder', 'W2', { account: 'A3' })
    expect(ready.current).toMatchObject({ missing: [{ record: 'A3', why: 'not-downloaded' }] })
  })

  it('expired data is not ready, one record or all of a day', async () => {
    await setOut()
    const mia = await rig.device('mia')
    mia.offline()
    await rig.pass(49 * 3_600_000)
    const orders = mia.rejoin.table('workorder')
    expect(orders.ready('W1').current).toEqual({
      complete: false,
      missing: [{ table: 'workorder', record: 'W1', why: 'expired' }],
    })
    expect(orders.readyAll().current).toEqual({ complete: false, missing: [{ table: 'workorder', why: 'expired' }] })
  })

  it('a document is missing until its text is fetched, where the app keeps documents', async () => {
    await setOut()
    const tables = schema.tables.map(table =>
      table.name === 'annotation'
        ? { ...table, columns: [...table.columns, { name: 'report', type: 'document' as const }] }
        : table,
    )
    await rig.setSchema({ ...schema, version: 3, tables })
    const documents = createSource<ReadonlySet<string>>(new Set(), () => {})
    const mia = await rig.device('mia', { documents })
    const ready = mia.rejoin.table('workorder').ready('W1')
    expect(ready.current).toEqual({
      complete: false,
      missing: [{ table: 'annotation', record: 'N1', column: 'report', why: 'document' }],
    })
    documents.set(new Set(['annotation/N1/report']))
    expect(ready.current).toEqual(complete)
    const plain = await rig.device('mia')
    expect(plain.rejoin.table('workorder').ready('W1').current).toEqual(complete)
  })

  it('a day is ready when all that a query selects is, and its table is here as a whole', async () => {
    await setOut()
    await rig.office.create('account', 'A2', { name: 'Jones' })
    for (const id of ['W2', 'W3']) await rig.office.create('workorder', id, { ...order, account: 'A2' })
    await rig.office.create('workorder', 'W4', { ...order, account: 'A9', status: 'done' })
    const mia = await rig.device('mia')
    const day = mia.rejoin.table('workorder').readyAll({ where: { status: 'open' } })
    expect(day.current).toEqual(complete)
    const told: unknown[] = []
    day.subscribe(now => told.push(now))
    await rig.office.remove('account', 'A2')
    await rig.calm()
    // Said once, though two of the day need it.
    expect(told).toMatchObject([{ complete: false, missing: [{ record: 'A2', of: { record: 'W2' }, why: 'deleted' }] }])
    await mia.update('workorder', 'W2', { status: 'done' })
    expect(day.current).toMatchObject({ missing: [{ record: 'A2', of: { record: 'W3' } }] })
    await mia.update('workorder', 'W3', { account: 'A1' })
    expect(day.current).toEqual(complete)
    await mia.update('workorder', 'W4', { status: 'open' })
    expect(day.current).toMatchObject({ missing: [{ record: 'A9', why: 'unreadable' }] })
    day.close()
    expect(mia.rejoin.table('workorder').readyAll({ where: { status: 'none' } }).current).toEqual(complete)
    const fresh = await rig.device('mia', { unsynced: true })
    expect(fresh.rejoin.table('workorder').readyAll().current).toEqual({
      complete: false,
      missing: [{ table: 'workorder', why: 'not-downloaded' }],
    })
  })
})
