import { environmentEntries } from '@rejoin/server'
import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'
import { worldUnder } from './world.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'ben' }
const note = { subject: 'Key', text: 'under the mat', ownerid: 'ben' }

let rig: Rig
afterEach(() => rig.close())

/** The environment says No, notes are merged, and a profile has a word of its own. */
const setProfile = async (name: string, strategy: 'serverWins' | 'ask' | undefined): Promise<void> => {
  const world = worldUnder('clientWins')
  const entries = environmentEntries({
    ...world,
    settings: { strategy: 'clientWins', strategies: { annotation: 'merge' } },
    profiles: world.profiles.map(given =>
      given.profile.name === name && strategy !== undefined
        ? { ...given, profile: { ...given.profile, version: 2, strategy } }
        : given,
    ),
  })
  await rig.storage.commit({}, () => ({ result: undefined, entries }))
  await rig.relay.core.reload()
}

describe('overrides of the conflict setting', () => {
  it("[CF12] a table's is before the environment's, a profile's before both, and only for those who have the profile", async () => {
    rig = await openRig()
    await setProfile('everything', 'serverWins')
    const records = { mia: ['W1', 'N1'], ben: ['W2', 'N2'] } as const
    for (const [w, n] of Object.values(records)) {
      await rig.office.create('workorder', w, order)
      await rig.office.create('annotation', n, note)
    }
    for (const [user, [w, n]] of Object.entries(records)) {
      const device = await rig.device(user as 'mia' | 'ben')
      device.offline()
      await device.update('workorder', w, { note: 'leaks' })
      await device.update('annotation', n, { text: 'at neighbour' })
      await rig.office.update('workorder', w, { priority: 5 })
      await rig.office.update('annotation', n, { subject: 'Keys' })
      // What the device expects of the conflict is what the relay makes of it.
      const seen = await (async () => {
        device.rejoin.outbox.pause('manual')
        await device.online()
        return [device.row('workorder', w), device.row('annotation', n)]
      })()
      device.rejoin.outbox.resume('manual')
      await rig.calm()
      expect([device.row('workorder', w), device.row('annotation', n)]).toEqual(seen)
      expect(device.entries()).toEqual([])
    }
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'as installed', priority: 5 })
    expect(await rig.office.row('annotation', 'N1')).toMatchObject({ text: 'under the mat', subject: 'Keys' })
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ note: 'leaks', priority: 1 })
    expect(await rig.office.row('annotation', 'N2')).toMatchObject({ text: 'at neighbour', subject: 'Keys' })
    const settled = (await rig.office.ledger()).map(({ record, strategy }) => [record, strategy])
    expect(Object.fromEntries(settled)).toEqual({ W1: 'serverWins', N1: 'serverWins', W2: 'clientWins', N2: 'merge' })
    await rig.agree()
  })

  it('[CF12] [CF15] a profile that is given a strategy has it for conflicts from then on, and devices hear of it', async () => {
    rig = await openRig()
    await setProfile('teams', undefined)
    for (const id of ['W1', 'W2']) await rig.office.create('workorder', id, order)
    const ben = await rig.device('ben')
    const meet = async (id: string): Promise<void> => {
      ben.offline()
      await ben.update('workorder', id, { note: 'leaks' })
      await rig.office.update('workorder', id, { priority: 5 })
      await ben.online()
    }
    await meet('W1')
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks', priority: 1 })
    await setProfile('teams', 'ask')
    await rig.calm()
    await meet('W2')
    expect(ben.entries()).toMatchObject([{ record: 'W2', state: 'held', question: { theirs: { priority: 5 } } }])
    await ben.entry().resolve('mine')
    await rig.calm()
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ note: 'leaks' })
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks', priority: 1 })
    expect(ben.entries()).toEqual([])
    await rig.agree()
  })
})
