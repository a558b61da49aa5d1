import { afterEach, describe, expect, it } from 'vitest'
import type { Device } from './device.ts'
import { openRig, type Rig } from './rig.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', cost: 90, ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

/** Mia edits twice while the office, by two people, changes the note and the priority. */
const asked = async (): Promise<Device> => {
  rig = await openRig('ask')
  await rig.office.create('workorder', 'W1', order)
  const mia = await rig.device('mia')
  mia.offline()
  await mia.update('workorder', 'W1', { note: 'leaks' })
  await mia.update('workorder', 'W1', { status: 'done', note: 'leaks badly' })
  await rig.office.update('workorder', 'W1', { note: 'dry' })
  await rig.officeOf('dora').update('workorder', 'W1', { priority: 5, title: 'Pump, cellar' })
  await mia.online()
  return mia
}

describe('the question under "ask"', () => {
  it('[CF12] shows the record as both knew it, as its author saw it, and theirs, by column with who changed it and when', async () => {
    const mia = await asked()
    const [first, second] = mia.entries()
    const at = rig.time.now() - 1_000
    const olga = { author: { id: 'olga', name: 'Olga' }, at }
    const dora = { author: { id: 'dora', name: 'Dora' }, at }
    expect(first).toMatchObject({ state: 'held', record: 'W1' })
    expect(first!.question).toMatchObject({
      base: order,
      mine: { ...order, status: 'done', note: 'leaks badly' },
      mineDeleted: false,
      theirs: { ...order, title: 'Pump, cellar', priority: 5, note: 'dry' },
      theirsDeleted: false,
      changedBy: { note: olga, priority: dora, title: dora },
    })
    expect(Object.keys(first!.question!.changedBy).toSorted()).toEqual(['note', 'priority', 'title'])
    expect(second).toMatchObject({ state: 'held', heldBy: first!.id })
    expect(second!.question).toBeUndefined()
    // A device that is opened again still knows what was asked.
    await mia.reopen()
    expect(mia.entries()[0]!.question).toEqual(first!.question)
  })

  it.each([
    ['mine', 'mine', { ...order, status: 'done', note: 'leaks badly' }],
    ['theirs', 'theirs', { ...order, title: 'Pump, cellar', priority: 5, note: 'dry' }],
    [
      'a mix',
      { note: 'dry', priority: 1 },
      { ...order, title: 'Pump, cellar', priority: 1, note: 'dry', status: 'done' },
    ],
  ] as const)(
    '[CF12] all edits of its chain are one question, answered by %s in one action',
    async (_, answer, become) => {
      const mia = await asked()
      await mia.entry().resolve(answer)
      await rig.calm()
      expect(mia.entries()).toEqual([])
      expect(await rig.office.row('workorder', 'W1')).toMatchObject(become)
      expect(mia.row('workorder', 'W1')).toMatchObject(become)
      expect((await rig.office.refused()).filter(({ resolved }) => !resolved)).toEqual([])
      await rig.agree()
    },
  )

  it.each([
    ['mine', 'mine', undefined],
    ['theirs', 'theirs', { ...order, note: 'dry' }],
    ['values', { status: 'done' }, { ...order, note: 'dry', status: 'done' }],
  ] as const)('[CF12] a delete that met a change is asked about, and answered by %s', async (_, answer, become) => {
    rig = await openRig('ask')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.remove('workorder', 'W1')
    await rig.office.update('workorder', 'W1', { note: 'dry' })
    await mia.online()
    expect(mia.entry().question).toMatchObject({ base: order, mineDeleted: true, theirs: { note: 'dry' } })
    await mia.entry().resolve(answer)
    await rig.calm()
    expect(mia.entries()).toEqual([])
    const row = await rig.office.row('workorder', 'W1')
    if (become === undefined) expect(row).toBeUndefined()
    else expect(row).toMatchObject(become)
    await rig.agree()
  })

  it('[CF12] a change that met a delete says who deleted the record; answered by values it is created again', async () => {
    rig = await openRig('ask')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.office.remove('workorder', 'W1')
    await mia.online()
    expect(mia.entry().question).toMatchObject({
      base: order,
      mine: { ...order, note: 'leaks' },
      theirsDeleted: true,
      deletedBy: { author: { id: 'olga', name: 'Olga' } },
    })
    await mia.entry().resolve({ status: 'done' })
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, note: 'leaks', status: 'done' })
    await rig.agree()
  })

  it.each(['ask', 'serverWins'] as const)(
    '[SE1] names nobody who changed only what its reader may not see (%s)',
    async strategy => {
      rig = await openRig(strategy)
      await rig.office.create('workorder', 'W1', order)
      const ana = await rig.device('ana')
      ana.offline()
      await ana.update('workorder', 'W1', { status: 'done' })
      await rig.office.update('workorder', 'W1', { note: 'dry' })
      await rig.officeOf('dora').update('workorder', 'W1', { cost: 250 })
      await ana.online()
      expect(JSON.stringify(ana.line.frames.map(({ message }) => message))).not.toMatch(/dora/i)
      if (strategy === 'serverWins') {
        expect(ana.ledger()).toMatchObject([{ against: [{ author: { id: 'olga' } }, { device: expect.any(String) }] }])
        return expect(JSON.stringify(ana.ledger())).not.toMatch(/dora/i)
      }
      expect(ana.entry().question!.changedBy).toMatchObject({ note: { author: { id: 'olga' } } })
      await ana.entry().resolve('mine')
      await rig.calm()
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'done', note: 'as installed', cost: 250 })
      await rig.agree()
    },
  )
})
