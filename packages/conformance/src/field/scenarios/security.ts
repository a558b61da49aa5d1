import { type Scenario, scenario } from '../scenario.ts'
import { back, job, known } from '../scenes.ts'
import { becomes, is, refuses } from '../see.ts'

export const security: readonly Scenario[] = [
  scenario(
    '[SE3] a read privilege removed takes the rows off open devices within 5 s, and off others at the next contact',
    async system => {
      const id = system.id()
      await system.office.create('visit', id, { name: 'First', ownerid: 'tim' })
      const devices = [await system.device(), await system.device()] as const
      for (const device of devices) await becomes(() => device.row('visit', id), { name: 'First' })
      await devices[1].cut()
      await system.administrator.roles('tim', ['technician'])
      await becomes(() => devices[0].row('visit', id), undefined, 5_000)
      is(await devices[1].row('visit', id), { name: 'First' })
      await back(devices[1])
      await becomes(() => devices[1].row('visit', id), undefined)
    },
  ),

  scenario(
    '[SE4] sign-out wipes the cache; unsent work blocks it, or is in a file that another device takes in once',
    async system => {
      const { device, id } = await known(system)
      await device.cut()
      await device.update('job', id, { title: 'Mine' })
      await refuses(device.signOut(), { code: 'unsent', fix: /./ })
      is(await device.row('job', id), { title: 'Mine' })
      const file = await device.exported()
      await device.signOut({ unsent: { file } })
      await device.reopen()
      is([await device.rows('job'), await device.entries(), (await device.facts()).ready], [[], [], false])
      const other = await system.device()
      is(await other.row('job', id), job)
      await other.imported(file)
      await becomes(() => system.office.row('job', id), { title: 'Mine' })
      await refuses(other.imported(file), { code: 'settled' })
    },
  ),
]
