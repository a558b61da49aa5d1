import { type CustomStrategy, type RowConflict, type RowDecision, StrategyBug } from '@rejoin/profile'
import { environmentEntries } from '@rejoin/server'
import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'
import { worldUnder } from './world.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

/** Whoever calls it more urgent is right about the status; notes of both are kept. */
const urgentFirst: CustomStrategy = {
  name: 'urgentFirst',
  decide: ({ kind, mine, theirs, merged }) => {
    if (kind === 'delete' || theirs === undefined || mine === undefined) return 'theirs'
    if (mine['note'] === theirs['note']) return 'merged'
    const status = Number(mine['priority']) > Number(theirs['priority']) ? mine['status'] : theirs['status']
    return { set: { ...merged, note: `${String(theirs['note'])}; ${String(mine['note'])}`, status } }
  },
}

let rig: Rig
afterEach(() => rig.close())

describe('a strategy of the application', () => {
  it('[CF12] settles what an environment, a table or a profile names it for, in words of rows and columns, on both sides', async () => {
    const asked: RowConflict[] = []
    const watched: CustomStrategy = {
      name: 'urgentFirst',
      decide: conflict => {
        asked.push(conflict)
        return urgentFirst.decide(conflict)
      },
    }
    for (const place of ['environment', 'table', 'profile'] as const) {
      asked.length = 0
      rig = await openRig('serverWins', { strategies: [watched] })
      const world = worldUnder('serverWins')
      const entries = environmentEntries({
        ...world,
        settings:
          place === 'environment'
            ? { strategy: 'urgentFirst', strategies: {} }
            : { strategy: 'serverWins', strategies: place === 'table' ? { workorder: 'urgentFirst' } : {} },
        profiles: world.profiles.map(given =>
          place === 'profile' && given.profile.name === 'everything'
            ? { ...given, profile: { ...given.profile, version: 2, strategy: 'urgentFirst' } }
            : given,
        ),
      })
      await rig.storage.commit({}, () => ({ result: undefined, entries }))
      await rig.relay.core.reload()
      await rig.office.create('workorder', 'W1', order)
      const mia = await rig.device('mia')
      mia.offline()
      await mia.update('workorder', 'W1', { status: 'done', note: 'leaks', priority: 3 })
      await rig.office.update('workorder', 'W1', { status: 'waiting', note: 'dry', priority: 2 })
      mia.rejoin.outbox.pause('manual')
      await mia.online()
      // The device has it too, and foretells what the relay will make of it.
      const become = { title: 'Pump', status: 'done', note: 'dry; leaks', priority: 3 }
      expect(mia.row('workorder', 'W1'), place).toMatchObject(become)
      expect(asked.length).toBeGreaterThan(0)
      asked.length = 0
      mia.rejoin.outbox.resume('manual')
      await rig.calm()
      expect(await rig.office.row('workorder', 'W1'), place).toMatchObject(become)
      expect(mia.row('workorder', 'W1')).toMatchObject(become)
      expect(asked).toContainEqual({
        table: 'workorder',
        record: 'W1',
        kind: 'update',
        mine: expect.objectContaining({ ...order, workorderid: 'W1', status: 'done', note: 'leaks', priority: 3 }),
        theirs: expect.objectContaining({ status: 'waiting', note: 'dry', priority: 2 }),
        merged: expect.objectContaining({ status: 'done', note: 'leaks', priority: 3 }),
        changes: { status: ['open', 'done'], note: ['as installed', 'leaks'], priority: [1, 3] },
      })
      expect(await rig.office.ledger('W1')).toMatchObject([
        { strategy: 'urgentFirst', status: 'applied', result: { values: { note: 'dry; leaks' } } },
      ])
      expect(mia.ledger()).toMatchObject([{ strategy: 'urgentFirst', status: 'applied', result: become }])
      await rig.agree()
      if (place !== 'profile') await rig.close()
    }
  })

  it('[CF12] a device that cannot run it shows the user his own edit until the relay has answered', async () => {
    rig = await openRig('urgentFirst', { strategies: [urgentFirst] })
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia', { strategies: [] })
    mia.offline()
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.office.update('workorder', 'W1', { note: 'dry', priority: 5 })
    mia.rejoin.outbox.pause('manual')
    await mia.online()
    expect(mia.row('workorder', 'W1')).toMatchObject({ ...order, note: 'leaks' })
    mia.rejoin.outbox.resume('manual')
    await rig.calm()
    expect(mia.row('workorder', 'W1')).toMatchObject({ ...order, note: 'dry; leaks', priority: 5 })
    expect(mia.entries()).toEqual([])
    await rig.agree()
  })

  const bugs: Readonly<Record<string, (conflict: RowConflict) => unknown>> = {
    throws: () => {
      throw new Error('divided by a colleague')
    },
    'answers nothing': () => undefined,
    'answers nonsense': () => 'whatever',
    'promises an answer': async () => {
      throw new Error('later')
    },
    'sets what is no column': () => ({ set: { colour: 'red' } }),
    'sets a value of another type': () => ({ set: { priority: 'high' } }),
    'clears what is required': () => ({ set: { title: null } }),
  }
  it.each(Object.keys(bugs))(
    '[CF12] one that %s decides nothing: its bug has a name, and the conflict is a question that its author answers',
    async bug => {
      const told: unknown[] = []
      const broken: CustomStrategy = { name: 'broken', decide: bugs[bug] as (conflict: RowConflict) => RowDecision }
      const expectedBug = (error: unknown): boolean => error instanceof StrategyBug && told.push(error) > 0
      rig = await openRig('broken', { strategies: [broken], expectedBug })
      for (const id of ['W1', 'W2']) await rig.office.create('workorder', id, order)
      const mia = await rig.device('mia')
      mia.offline()
      await mia.update('workorder', 'W1', { note: 'leaks' })
      await mia.update('workorder', 'W2', { note: 'leaks too' })
      await rig.office.update('workorder', 'W1', { note: 'dry' })
      const before = await rig.revOf('workorder', 'W1')
      await mia.online()
      expect(told).toMatchObject([{ strategy: 'broken', table: 'workorder', record: 'W1' }])
      expect(await rig.revOf('workorder', 'W1')).toBe(before)
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'dry' })
      expect(await rig.office.row('workorder', 'W2')).toMatchObject({ note: 'leaks too' })
      expect(await rig.office.ledger()).toMatchObject([{ record: 'W1', strategy: 'broken', status: 'held' }])
      expect(mia.entries()).toMatchObject([
        { record: 'W1', state: 'held', question: { mine: { note: 'leaks' }, theirs: { note: 'dry' } } },
      ])
      await mia.entry().resolve('mine')
      await rig.calm()
      expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks' })
      expect(mia.entries()).toEqual([])
      await rig.agree()
    },
  )
})
