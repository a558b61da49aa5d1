import { PRODUCTS } from '../environment.ts'
import { type Scenario, scenario } from '../scenario.ts'
import { back, backFor, drained, live } from '../scenes.ts'
import { becomes, is, refuses } from '../see.ts'
import type { System } from '../system.ts'

/** An app of many rows; its download breaks off well before its end. */
const broken = async (system: System) => {
  const device = await system.device({ app: 'catalogue', away: true })
  await backFor(device, 60_000)
  return device
}

export const firstSync: readonly Scenario[] = [
  scenario('[FS1] it starts while the app loads: nobody asks for it', async system => {
    const device = await system.device({ app: 'catalogue', unsynced: true })
    await becomes(async () => (await device.facts()).ready, true)
    is((await device.rows('product')).length, PRODUCTS)
  }),

  scenario('[FS2] progress shows rows and tables downloaded, their totals and an estimate', async system => {
    const device = await system.device({ app: 'catalogue' })
    const steps = (await device.told()).progress.filter(({ phase }) => phase === 'downloading')
    const { progress } = await device.facts()
    is(progress, { phase: 'done', rows: { done: progress.rows.total }, tables: { done: progress.tables.total } })
    is(steps[0], { rows: { done: 0, total: progress.rows.total }, tables: { done: 0, total: progress.tables.total } })
    is(progress.rows.total, (rows: number) => rows >= PRODUCTS)
    const done = steps.map(({ rows }) => rows.done)
    is(
      done,
      done.toSorted((a, b) => a - b),
    )
    is(new Set(done).size, (size: number) => size > 2)
    is(
      steps.some(({ estimateMs }) => estimateMs !== undefined),
      true,
    )
  }),

  scenario('[FS3] cut off, it is started again at the next opening and goes on where it stopped', async system => {
    const whole = await system.device({ app: 'catalogue' })
    const device = await broken(system)
    is((await device.facts()).ready, false)
    const before = device.traffic().down
    await device.crash()
    await back(device)
    is((await device.rows('product')).length, PRODUCTS)
    is(device.traffic().down - before, (bytes: number) => bytes < whole.traffic().down - 30_000)
    is(
      (await device.told()).progress.find(({ phase }) => phase === 'downloading')?.rows.done,
      (rows: number) => rows > 0,
    )
  }),

  scenario('[FS4] until it is complete the app cannot be used offline, and says so', async system => {
    const device = await broken(system)
    await refuses(device.create('job', { title: 'Too early', ownerid: 'tim' }), { code: 'not-ready', message: /./ })
    await device.turnOn()
    is((await device.facts()).offline, { on: false, dialog: { step: 'asking' } })
    is((await device.facts()).status, { state: 'warning', causes: [{ code: 'not-ready', fix: /./ }] })
  }),

  scenario(
    '[FS5] [FS6] a download that breaks off leaves what was there, whole, and work goes on in it',
    async system => {
      const device = await system.device({ app: 'catalogue' })
      // Tim becomes a buyer: the table has one more column for him, and is downloaded again.
      const cut = device.cutAfter(60_000)
      await system.administrator.roles('tim', ['technician', 'visitor', 'buyer'])
      await cut
      const made = await device.create('job', { title: 'Meanwhile', ownerid: 'tim' })
      await device.keepDraft('report', { table: 'job', record: made, values: { remark: 'later' } })
      const check = async (): Promise<void> => {
        const rows = await device.rows('product')
        is([rows.length, rows.filter(row => typeof row['description'] === 'string').length], [PRODUCTS, 0])
        is(await device.facts(), { ready: true, drafts: [{ name: 'report' }] })
        is(await device.entries(), [{ record: made }])
      }
      await check()
      await device.crash()
      await check()
      await back(device)
      await drained(device)
      const all = (rows: readonly object[]): boolean =>
        rows.every(row => 'description' in row && row.description !== null)
      await becomes(() => device.rows('product'), all)
      is(await system.office.row('job', made), { title: 'Meanwhile' })
    },
  ),

  scenario('[FS6] a partial set is never shown: not as rows, not as ready, not after a crash', async system => {
    const device = await broken(system)
    const check = async (): Promise<void> => {
      is(await device.rows('product'), [])
      is(await device.facts(), { ready: false, cache: { state: 'none' } })
    }
    await check()
    await device.cut()
    await device.crash()
    await check()
    await back(device)
    is((await device.rows('product')).length, PRODUCTS)
  }),

  scenario(
    '[FS7] more rows than a device may hold are not sent: the error names the table and the count',
    async system => {
      await system.administrator.settings({ rowCaps: { all: 1_000_000, tables: { product: 10 } } })
      const device = await system.device({ app: 'catalogue', unsynced: true })
      const fault = {
        code: 'rows',
        message: (text: string) => /product/.test(text) && text.replace(/\D/g, '').includes(`${PRODUCTS}`),
      }
      await becomes(async () => (await device.facts()).link, { state: 'offline', fault })
      is(device.traffic().down, (bytes: number) => bytes < 20_000)
      is((await device.facts()).status.state, 'error')
      await system.administrator.settings({ rowCaps: { all: 1_000_000, tables: {} } })
      await back(device)
      await live(device)
      is((await device.rows('product')).length, PRODUCTS)
    },
  ),
]
