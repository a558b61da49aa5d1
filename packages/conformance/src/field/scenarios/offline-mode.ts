import type { AppActions } from '@rejoin/client'
import { type Scenario, scenario } from '../scenario.ts'
import { back, drained, jobIn, known, live } from '../scenes.ts'
import { becomes, is, refuses, stays } from '../see.ts'

const app: AppActions = {
  offline: true,
  screens: {
    job: {
      offline: true,
      placements: {
        finish: { function: 'edit' },
        bill: { function: 'pay' },
        top: { function: 'edit', disableOffline: true },
      },
    },
    map: { offline: false, placements: { finish: { function: 'edit' } } },
  },
  functions: { edit: { offline: true }, pay: { offline: false } },
}

export const offlineMode: readonly Scenario[] = [
  scenario(
    '[OM1] [OM2] without a download it asks to download first; a download ends in a choice, and then it can be entered',
    async system => {
      const device = await system.device({ away: true })
      const mode = async (): Promise<unknown> => (await device.facts()).offline
      await device.turnOn()
      is(await mode(), { on: false, dialog: { step: 'asking' } })
      await device.join()
      await device.download()
      is(await mode(), { on: false, dialog: { step: 'downloaded' } })
      await device.turnOn()
      is(await mode(), { on: true, dialog: { step: 'closed' } })
      await device.turnOff()
      is(await mode(), { on: false })
    },
  ),

  scenario('[OM3] while it is on, and after a restart, the banner "Offline Mode" is to be shown', async system => {
    const device = await system.device()
    const banner = async (): Promise<unknown> => (await device.facts()).offline.banner
    is(await banner(), undefined)
    await device.turnOn()
    is(await banner(), 'Offline Mode')
    await device.crash()
    is(await banner(), 'Offline Mode')
    await device.turnOff()
    is(await banner(), undefined)
  }),

  scenario(
    '[OM4] [OM5] what app, screen, function or placement forbids is absent offline, says why, and is back online',
    async system => {
      const device = await system.device()
      const all = ['finish', 'bill', 'top']
      is(await device.actions(app, 'job', 'bill'), { shown: all, why: [] })
      await device.turnOn()
      is(await device.actions(app, 'job', 'bill'), { shown: ['finish'], why: [{ code: 'function-forbids' }] })
      is(await device.actions(app, 'job', 'top'), { why: [{ code: 'placement-forbids' }] })
      is(await device.actions(app, 'map', 'finish'), { shown: [], why: [{ code: 'screen-forbids' }] })
      is(await device.actions({ ...app, offline: false }, 'job', 'finish'), {
        shown: [],
        why: [{ code: 'app-forbids' }],
      })
      await device.turnOff()
      is(await device.actions(app, 'job', 'bill'), { shown: all, why: [] })
    },
  ),

  scenario(
    '[OM6] in offline mode nothing goes over the network, though it is there, also after a restart',
    async system => {
      const { device, id } = await known(system)
      await device.turnOn()
      // What was under way is over.
      await becomes(async () => device.traffic(), { open: 0 })
      const before = device.traffic()
      await device.update('job', id, { status: 'done' })
      await device.crash()
      await device.create('job', { title: 'Found on site', ownerid: 'tim' })
      await refuses(device.onlineRow('job', id), { code: 'offline-mode' })
      await stays(async () => device.traffic(), before, 1_000)
      is((await device.entries()).length, 2)
      await device.turnOff()
      await drained(device)
      is(await system.office.row('job', id), { status: 'done' })
    },
  ),

  scenario('[OM7] losing the link is not offline mode: two facts, each of them to be seen', async system => {
    const device = await system.device()
    const facts = async (): Promise<unknown> => {
      const { link, offline } = await device.facts()
      return [link.state, offline.on]
    }
    is(await facts(), ['live', false])
    await device.cut()
    await becomes(facts, ['offline', false])
    await device.turnOn()
    is(await facts(), ['offline', true])
    await device.turnOff()
    await back(device)
    is(await facts(), ['live', false])
  }),

  scenario('[OM8] without a link the online API fails at once, typed, and changes nothing here', async system => {
    const { device, id } = await known(system)
    is(await device.onlineRow('job', id), { id, values: { title: 'Pump' } })
    await device.cut()
    const began = Date.now()
    await refuses(device.onlineRow('job', id), { code: 'offline', fix: /./ })
    await refuses(device.onlineUpdate('job', id, { title: 'Other' }), { code: 'offline' })
    is(Date.now() - began, (ms: number) => ms < 5_000)
    is(await device.entries(), [])
    is(await device.row('job', id), { title: 'Pump' })
  }),

  scenario('[OM9] the online API reaches rows and tables outside the profile, within the rights', async system => {
    const device = await system.device()
    const part = system.id()
    await system.office.create('part', part, { name: 'Seal', shelf: 'B4' })
    const other = await jobIn(system, { title: "Tara's", ownerid: 'tara' })
    is(await device.row('job', other), undefined)
    is(await device.onlineRow('part', part), { values: { name: 'Seal', shelf: 'B4' } })
    is(await device.onlineUpdate('job', other, { remark: 'seen' }), { values: { remark: 'seen' } })
    await refuses(device.onlineUpdate('part', part, { shelf: 'C1' }), { code: 'not-permitted' })
    is(await device.entries(), [])
  }),

  scenario(
    '[OM10] what the user adds to the download is there without a network, and renewed with it',
    async system => {
      const remark = system.id()
      const ids = [
        await jobIn(system, { title: 'One', remark, ownerid: 'tara' }),
        await jobIn(system, { title: 'Two', remark, ownerid: 'tara' }),
      ]
      const device = await system.device()
      const there = async (): Promise<unknown> =>
        (await device.rows('job', { where: { remark } })).map(row => row['jobid'])
      is(await there(), [])
      await device.pin('the south', 'job', { where: { remark } })
      await device.cut()
      await device.crash()
      is(await there(), ids)
      await system.office.remove('job', ids[0]!)
      await back(device)
      await device.download()
      is(await there(), [ids[1]])
    },
  ),

  scenario(
    '[OM11] another user who signs in to a store with unsent edits is refused and shown nothing, and nothing is dropped',
    async system => {
      const { device, id } = await known(system)
      await device.cut()
      await device.update('job', id, { title: 'Mine' })
      await device.close()
      const other = await system.device({ user: 'tara', store: device.store, unsynced: true })
      await becomes(async () => (await other.facts()).link, { state: 'offline', fault: { code: 'forbidden' } })
      is([(await other.entries()).length, (await other.rows('job')).length], [0, 0])
      await refuses(other.signOut(), { code: 'unsent' })
      await other.close()
      is(await system.office.row('job', id), { title: 'Pump' })
      await device.reopen()
      await back(device)
      await drained(device)
      await live(device)
      is(await system.office.row('job', id), { title: 'Mine' })
    },
  ),
]
