import { type Scenario, scenario } from '../scenario.ts'
import { back, drained, known, taraNote } from '../scenes.ts'
import { becomes, is } from '../see.ts'
import type { Device } from '../system.ts'

const shown = async (device: Device) => (await device.facts()).status

export const status: readonly Scenario[] = [
  scenario('[ST1] [ST3] six states, each with an icon of its own, a description and what to do', async system => {
    const note = await taraNote(system)
    const fresh = await system.device({ away: true })
    const seen = [await becomes(() => shown(fresh), { state: 'warning' })]
    const { device, id } = await known(system)
    seen.push(await shown(device))
    await device.cut()
    seen.push(await shown(device))
    await device.update('job', id, { status: 'done' })
    seen.push(await shown(device))
    await back(device)
    await device.update('note', note, { subject: 'Keys' })
    await becomes(() => device.entries(), [{ state: 'rejected' }])
    seen.push(await shown(device))
    const states = seen.map(({ state }) => state)
    is(states, ['warning', 'connected', 'not-connected', 'pending', 'error'])
    is(
      (await device.told()).statuses.map(([state]) => state),
      (told: string[]) => told.includes('syncing'),
    )
    is(new Set(seen.map(({ icon }) => icon)).size, 5)
    for (const each of seen) is(each, { icon: /./, title: /./, description: /.\.$/, whatToDo: /.\.$/ })
  }),

  scenario(
    '[ST2] error before warning before pending before the link; not connected with pending says both',
    async system => {
      const note = await taraNote(system)
      const { device, id } = await known(system)
      await device.cut()
      await device.update('job', id, { status: 'done' })
      is(await shown(device), {
        state: 'pending',
        description: /not connected.*1 change of 1 record not accepted yet/i,
      })
      await device.pause('battery')
      is(await shown(device), { state: 'warning', causes: [{ code: 'paused' }] })
      await device.resume('battery')
      await back(device)
      await drained(device)
      await device.update('note', note, { subject: 'Keys' })
      await becomes(() => device.entries(), [{ state: 'rejected' }])
      await device.cut()
      await device.update('job', id, { status: 'open' })
      await device.pause('battery')
      is(await shown(device), { state: 'error', causes: [{ code: 'refused' }, { code: 'paused' }] })
    },
  ),

  scenario(
    '[ST4] the status page shows rows, bytes, last and next sync, pending edits and the last error',
    async system => {
      const { device, id } = await known(system)
      const { statusPage, fingerprint } = await device.facts()
      const jobs = fingerprint['job']?.rows
      const table = { complete: true, lastSync: Number.isFinite, nextSync: 'at once' }
      is(statusPage.tables, [
        { table: 'job', rows: jobs, ...table },
        { table: 'note', ...table },
        { table: 'visit', ...table },
      ])
      is(statusPage, { bytes: (bytes: number) => bytes > 0, lastSync: Number.isFinite, drafts: 0 })
      await device.cut()
      await device.update('job', id, { status: 'done' })
      await device.update('job', id, { priority: 2 })
      is((await device.facts()).statusPage, { pending: { records: 1, operations: 2 }, nextSync: Number.isFinite })
    },
  ),

  scenario('[ST5] whether device and relay agree is shown in both directions', async system => {
    const note = await taraNote(system)
    const { device, id } = await known(system)
    const agreement = async (): Promise<unknown> => (await device.facts()).statusPage.agreement
    is(await agreement(), { down: 'agreed', up: 'agreed' })
    await device.cut()
    await device.update('job', id, { status: 'done' })
    is(await agreement(), { down: 'unknown', up: 'pending' })
    await back(device)
    await becomes(agreement, { down: 'agreed', up: 'agreed' })
    await device.update('note', note, { subject: 'Keys' })
    await becomes(agreement, { down: 'agreed', up: 'refused' })
  }),

  scenario(
    '[ST6] each pass tells one event: kind, result, tables, rows, bytes, duration, what was repaired',
    async system => {
      const { device, id } = await known(system)
      const passes = async (): Promise<unknown> => (await device.told()).passes
      const bytes = { received: (sum: number) => sum > 0, sent: (sum: number) => sum > 0 }
      const told = {
        result: 'agreed',
        tables: 3,
        repaired: 0,
        bytes,
        duration: Number.isFinite,
        began: Number.isFinite,
      }
      is(await passes(), [{ kind: 'first', ...told, rows: (rows: number) => rows >= 1 }])
      await device.cut()
      await system.office.update('job', id, { status: 'done' })
      await back(device)
      is(await passes(), [{}, { kind: 'delta', ...told, rows: 1 }])
      await device.cut()
      await back(device)
      is(await passes(), [{}, {}, { kind: 'delta', ...told, rows: 0 }])
    },
  ),
]
