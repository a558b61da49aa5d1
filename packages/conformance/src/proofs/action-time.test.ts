import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'
import { worldSchema } from './world.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

const timed = {
  ...worldSchema,
  version: 2,
  tables: worldSchema.tables.map(table =>
    table.name === 'workorder'
      ? {
          ...table,
          actionTimeColumn: 'done_at',
          columns: [...table.columns, { id: 'doneat', name: 'done_at', type: 'datetime' as const }],
        }
      : table,
  ),
}

const text = (ms: number): string => new Date(ms).toISOString()

describe('the time of an action', () => {
  it.each(['clientWins', 'merge'] as const)(
    '[OB15] is kept in a column where the table has one: when it was done on the device, not when it came (%s)',
    async strategy => {
      rig = await openRig(strategy)
      await rig.setSchema(timed)
      await rig.office.create('workorder', 'W1', order)
      const born = rig.time.now()
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ done_at: text(born) })
      const mia = await rig.device('mia', { clock: -60_000 })
      mia.offline()
      await mia.update('workorder', 'W1', { status: 'done' })
      await mia.create('workorder', 'W2', { title: 'Valve', done_at: text(0) })
      const { id, at } = mia.entry('W1')
      expect(at).toBe(rig.time.now() - 60_000)
      await rig.office.update('workorder', 'W1', { priority: 5 })
      await rig.pass(3 * 3_600_000)
      await mia.online()
      // What was done is said by its device, in conflicts too; when it came, by the relay.
      const [stored] = await rig.stored([id])
      expect(stored).toMatchObject({ at })
      expect(stored!.received).toBeGreaterThanOrEqual(at + 3 * 3_600_000)
      for (const record of ['W1', 'W2'])
        expect(await rig.office.row('workorder', record)).toMatchObject({ done_at: text(at) })
      expect(mia.row('workorder', 'W1')).toMatchObject({ status: 'done', done_at: text(at) })
      await rig.agree()
    },
  )

  it('[OB15] of an edit that lost leaves the record as it was; a clock may be anywhere', async () => {
    rig = await openRig('serverWins')
    await rig.setSchema(timed)
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia', { clock: 8_500 * 366 * 86_400_000 })
    mia.offline()
    await mia.update('workorder', 'W1', { status: 'done' })
    await mia.create('workorder', 'W2', { title: 'Valve' })
    await rig.pass(60_000)
    await rig.office.update('workorder', 'W1', { priority: 5 })
    const at = text(rig.time.now())
    await mia.online()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'open', done_at: at })
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ done_at: '9999-12-31T23:59:59.999Z' })
    await rig.agree()
  })
})
