import { type Scenario, scenario } from '../scenario.ts'
import { drained, known } from '../scenes.ts'
import { becomes, is, refuses, stays } from '../see.ts'

export const deltaSync: readonly Scenario[] = [
  scenario(
    '[DS10] "refresh now" re-checks every row, whatever the mode, and downloads none that has not changed',
    async system => {
      const { device, id } = await known(system)
      const big = await system.device({ app: 'catalogue' })
      const before = big.traffic().down
      await big.refresh()
      is(big.traffic().down - before, (bytes: number) => bytes < 10_000)
      is((await big.told()).passes.at(-1), { result: 'agreed', repaired: 0 })
      await device.chooseSync({ mode: 'manual' })
      await system.office.update('job', id, { title: 'Valve' })
      await stays(() => device.row('job', id), { title: 'Pump' })
      await device.refresh()
      is(await device.row('job', id), { title: 'Valve' })
      await device.cut()
      await refuses(device.refresh(), { code: 'offline' })
    },
  ),

  scenario(
    '[DS11] Wi-Fi only: on a metered network nothing comes by itself, what is done here goes; on Wi-Fi it comes',
    async system => {
      const { device, id } = await known(system)
      await device.chooseSync({ mode: 'auto', wifiOnly: true })
      await device.meter(true)
      await system.office.update('job', id, { title: 'Valve' })
      await stays(() => device.row('job', id), { title: 'Pump' }, 700)
      await device.update('job', id, { status: 'done' })
      await drained(device)
      await system.office.update('job', id, { remark: 'leaks' })
      await stays(() => device.row('job', id), { remark: 'as installed' }, 700)
      await device.meter(false)
      await becomes(() => device.row('job', id), { remark: 'leaks' })
    },
  ),

  scenario(
    '[DS12] auto, a longer interval or manual: as the user chooses, within what the administrator allows',
    async system => {
      const { device, id } = await known(system)
      await device.chooseSync({ mode: 'interval', minutes: 30 })
      await device.crash()
      const due = (time: unknown): boolean => typeof time === 'number' && time > Date.now() + 25 * 60_000
      await becomes(async () => (await device.facts()).sync, { mode: 'interval', minutes: 30, next: { job: due } })
      await device.chooseSync({ mode: 'manual' })
      await system.office.update('job', id, { title: 'Valve' })
      await stays(() => device.row('job', id), { title: 'Pump' })
      await device.chooseSync({ mode: 'auto' })
      await becomes(() => device.row('job', id), { title: 'Valve' })
      await system.administrator.settings({ syncModes: ['auto'] })
      await becomes(async () => (await device.facts()).sync.modes, ['auto'])
      await refuses(device.chooseSync({ mode: 'manual' }), { code: 'not-permitted' })
    },
  ),
]
