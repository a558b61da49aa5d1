import { type Scenario, scenario } from '../scenario.ts'
import { back, drained, job, known, live } from '../scenes.ts'
import { becomes, is, refuses } from '../see.ts'
import type { Device } from '../system.ts'

const HOUR = 3_600_000

/** Days pass by its clock while it is closed and has no network. */
const later = async (device: Device, hours: number): Promise<void> => {
  await device.cut()
  await device.reopen({ clock: hours * HOUR })
}

const state = async (device: Device): Promise<string> => (await device.facts()).cache.state

export const cache: readonly Scenario[] = [
  scenario(
    '[CA1] the cache expires after what the administrator set, by default 48 h from the last refresh',
    async system => {
      const { device, id } = await known(system)
      await later(device, 46)
      is(await device.row('job', id), job)
      await later(device, 49)
      is([await state(device), await device.row('job', id)], ['expired', undefined])
      await device.reopen({ clock: 0 })
      await back(device)
      await becomes(() => device.row('job', id), job)
      await system.administrator.settings({ cacheHours: 5 })
      await device.cut()
      await back(device)
      await later(device, 6)
      is([await state(device), await device.row('job', id)], ['expired', undefined])
    },
  ),

  scenario('[CA2] a reminder is given before the end, and a refresh restarts the clock', async system => {
    const { device } = await known(system)
    await later(device, 47.5)
    is(await device.facts(), {
      cache: { state: 'expiring' },
      status: { state: 'warning', causes: [{ code: 'expiring' }] },
    })
    await back(device)
    is(await state(device), 'fresh')
    await later(device, 90)
    is(await state(device), 'expiring')
  }),

  scenario(
    '[CA3] expired: unreadable, with what to do; outbox and drafts survive, and a sync opens it again',
    async system => {
      const { device, id } = await known(system)
      await device.cut()
      await device.update('job', id, { title: 'Mine' })
      await device.keepDraft('report', { table: 'job', record: id, values: { remark: 'later' } })
      await later(device, 50)
      is(
        [await device.row('job', id), await device.rows('job'), await device.missing('job', id)],
        [undefined, [], 'expired'],
      )
      await refuses(device.update('job', id, { title: 'Again' }), { code: 'expired' })
      is((await device.facts()).status, { state: 'error', causes: [{ code: 'expired', fix: /online/ }] })
      is((await device.entries()).length, 1)
      await back(device)
      await drained(device)
      is(await device.row('job', id), { title: 'Mine' })
      is((await device.facts()).drafts, [{ name: 'report' }])
      is(await system.office.row('job', id), { title: 'Mine' })
    },
  ),

  scenario('[CA4] cleared, records go and unsent work does not, unless it is confirmed', async system => {
    const { device, id } = await known(system)
    await device.cut()
    await device.update('job', id, { title: 'Mine' })
    const made = await device.create('job', { title: 'Valve', ownerid: 'tim' })
    await device.clear()
    is(
      (await device.entries()).map(({ record }) => record),
      [id, made],
    )
    is(await device.row('job', made), { title: 'Valve' })
    is((await device.facts()).statusPage.tables, [{ complete: false }, { complete: false }, { complete: false }])
    await device.clear({ unsent: 'discard' })
    is(await device.entries(), [])
    await back(device)
    await becomes(() => device.row('job', id), job)
    is(await system.office.row('job', made), undefined)
  }),

  scenario('[CA5] reset, the local database is empty, and the next opening runs a first sync', async system => {
    const { device, id } = await known(system)
    await device.cut()
    await device.update('job', id, { title: 'Mine' })
    await refuses(device.reset(), { code: 'unsent' })
    await device.undo('job', id)
    const { id: before } = await device.facts()
    await device.reset()
    await device.reopen()
    is(await device.facts(), { ready: false, id: (now: string) => now !== before })
    is(await device.rows('job'), [])
    await back(device)
    is((await device.told()).passes, [{ kind: 'first', result: 'agreed' }])
    is(await device.row('job', id), job)
  }),

  scenario('[CA6] a scheduled download comes at its time; unreachable then, it is made up for', async system => {
    const { device, id } = await known(system)
    await device.disconnect()
    await system.office.update('job', id, { title: 'Valve' })
    is(await device.row('job', id), { title: 'Pump' })
    await device.schedule([Date.now() + 300])
    await becomes(() => device.row('job', id), { title: 'Valve' })
    await device.disconnect()
    await device.cut()
    await system.office.update('job', id, { title: 'Pipe' })
    await device.schedule([Date.now() + 300])
    await becomes(async () => (await device.facts()).link, { state: 'offline', retryAt: Number.isFinite })
    is(await device.row('job', id), { title: 'Valve' })
    device.mend()
    await becomes(() => device.row('job', id), { title: 'Pipe' })
  }),

  scenario(
    '[CA7] a clock set back does not extend the lifetime, and one far ahead does not end what the relay confirms',
    async system => {
      const { device, id } = await known(system)
      await later(device, 40)
      is(await device.row('job', id), job)
      await later(device, 0)
      await later(device, 10)
      is([await state(device), await device.row('job', id)], ['expired', undefined])
      await device.reopen({ clock: 400 * 24 * HOUR })
      await back(device)
      await live(device)
      is([await state(device), await device.row('job', id)], ['fresh', job])
    },
  ),
]
