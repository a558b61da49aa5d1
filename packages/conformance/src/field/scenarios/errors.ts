import { type Scenario, scenario } from '../scenario.ts'
import { back, backFor, drained, job, known, live, meet, taraNote } from '../scenes.ts'
import { becomes, is, stays } from '../see.ts'

export const errors: readonly Scenario[] = [
  scenario(
    '[ER1] each kind of refusal says code, table, record, action, values, time and user, here and in the office',
    async system => {
      const note = await taraNote(system)
      const { device, id: gone } = await known(system)
      const closed = system.id()
      await system.office.create('job', closed, job)
      await becomes(() => device.row('job', closed), job)
      await system.office.remove('job', gone)
      await becomes(() => device.row('job', gone), undefined)
      await device.cut()
      const began = Date.now()
      const taken = system.id()
      await device.update('note', note, { subject: 'Keys' })
      await device.update('job', closed, { status: 'done' })
      await device.create('job', { jobid: taken, title: 'Mine', ownerid: 'tim' })
      await system.office.update('job', closed, { status: 'closed' })
      await system.office.create('job', taken, job)
      await device.join()
      const at = (time: number): boolean => time >= began
      const common = { at, author: 'tim', state: 'rejected' }
      const entries = await becomes(
        () => device.entries(),
        [
          { ...common, table: 'note', record: note, kind: 'update', error: { code: 'not-permitted', message: /./ } },
          { ...common, table: 'job', record: closed, changes: { status: ['open', 'done'] }, error: { code: 'rule' } },
          { ...common, table: 'job', record: taken, kind: 'create', error: { code: 'exists', message: /./ } },
        ],
      )
      for (const { id, record, error } of entries)
        is(await system.office.refused(record), [{ edit: id, author: 'tim', code: error?.code, at }])
    },
  ),

  scenario(
    '[ER1] a conflict nobody settles by itself is a kind of its own: a question with both records',
    async system => {
      await system.administrator.settings({ strategy: 'ask' })
      const both = await known(system)
      await meet(system, both, { status: 'done' }, { remark: 'leaks' })
      const question = { base: job, mine: { ...job, status: 'done' }, theirs: { ...job, remark: 'leaks' } }
      const [asked] = await becomes(() => both.device.entries(), [{ state: 'held', author: 'tim', question }])
      is(await both.device.mark('job', both.id), 'error')
      await both.device.resolve(asked!.id, 'theirs')
      await drained(both.device)
      is(await system.office.row('job', both.id), { ...job, remark: 'leaks' })
    },
  ),

  scenario(
    "[ER3] a broken connection is no entry's error: it stays pending, and goes when the line is back",
    async system => {
      const { device, id } = await known(system)
      await device.cut()
      await device.update('job', id, { status: 'done' })
      const waiting = [{ record: id, state: 'waiting', error: undefined }]
      for (const bytes of [0, 100, 300]) {
        await backFor(device, bytes)
        is(await device.entries(), waiting)
        is((await device.facts()).status.state, (state: string) => state !== 'error')
      }
      await back(device)
      await drained(device)
      is(await system.office.row('job', id), { status: 'done' })
    },
  ),

  scenario('[ER4] a sign-in that is not accepted keeps the queue, says so, and drops nothing', async system => {
    const { device, id } = await known(system)
    await device.cut()
    await device.update('job', id, { status: 'done' })
    await device.close()
    const out = await system.device({ store: device.store, token: 'expired', unsynced: true })
    await becomes(async () => (await out.facts()).link, { state: 'offline', fault: { code: 'unauthenticated' } })
    const causes = [
      { code: 'unauthenticated', fix: /./ },
      { code: 'paused', message: /sign-in/ },
    ]
    is((await out.facts()).status, { state: 'error', causes })
    await stays(() => out.entries(), [{ record: id, state: 'waiting' }])
    await out.close()
    await device.reopen()
    await back(device)
    await drained(device)
    await live(device)
    is(await system.office.row('job', id), { status: 'done' })
  }),
]
