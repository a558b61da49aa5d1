import { Lacking, type Scenario, scenario } from '../scenario.ts'
import { back, drained, job, jobIn, known, live } from '../scenes.ts'
import { becomes, is, refuses, stays } from '../see.ts'

export const localWork: readonly Scenario[] = [
  scenario(
    '[LW1] reads come from the local database: nothing goes out for them, and without a network they say the same',
    async system => {
      const { device, id } = await known(system)
      const read = (): Promise<unknown> =>
        Promise.all([
          device.row('job', id),
          device.row('job', 'nowhere'),
          device.rows('job', { where: { title: 'Pump' } }),
        ])
      const { up } = device.traffic()
      const connected = await read()
      is(device.traffic().up, up)
      await device.cut()
      is(await read(), connected)
      await device.reopen()
      is(await read(), connected)
    },
  ),

  scenario(
    '[LW2] create, read, update and delete work offline, and the relay has all of it afterwards',
    async system => {
      const { device, id } = await known(system)
      const other = await jobIn(system)
      await becomes(() => device.row('job', other), job)
      await device.cut()
      const made = await device.create('job', { title: 'Valve', priority: 4, ownerid: 'tim' })
      await device.update('job', id, { status: 'done', remark: null })
      await device.remove('job', other)
      is(await device.row('job', made), { title: 'Valve', priority: 4 })
      is(await device.row('job', other), undefined)
      is(await system.office.row('job', made), undefined)
      await device.crash()
      await back(device)
      await drained(device)
      is(await system.office.row('job', made), { title: 'Valve', priority: 4 })
      is(await system.office.row('job', id), { ...job, status: 'done', remark: null })
      is(await system.office.row('job', other), undefined)
    },
  ),

  scenario('[LW2] a command works offline, and on the record as the relay then has it, once', async system => {
    const { device, id } = await known(system)
    await device.cut()
    await device.run('job', 'raise', id, { by: 2 })
    is(await device.row('job', id), { priority: 3 })
    await system.office.update('job', id, { priority: 10 })
    await device.join()
    const settled = await becomes(
      () => device.entries(),
      (entries: readonly { state: string }[]) => entries.every(({ state }) => state === 'rejected'),
    )
    if (/knows no command/.test(settled[0]?.error?.message ?? ''))
      throw new Lacking('the relay knows no commands: start it with --commands')
    is(settled, [])
    is(await system.office.row('job', id), { priority: 12 })
    await becomes(() => device.row('job', id), { priority: 12 })
  }),
  scenario('[LW3] an edit under way when the link drops is saved, and goes when it is back', async system => {
    const { device, id } = await known(system)
    const saving = device.update('job', id, { status: 'done' })
    await device.cut()
    await saving
    is(await device.row('job', id), { status: 'done' })
    await back(device)
    await drained(device)
    is(await system.office.row('job', id), { status: 'done' })
  }),

  scenario('[LW4] an edit made while connected goes through the outbox too, and at once', async system => {
    const { device, id } = await known(system)
    await device.update('job', id, { status: 'done' })
    await becomes(() => system.office.row('job', id), { status: 'done' }, 5_000)
    await drained(device)
    is((await device.told()).outbox[0], [`${id} waiting`])
  }),

  scenario(
    '[LW5] an id that exists, an unknown column, a wrong type are refused where they are typed, with the column',
    async system => {
      const { device, id } = await known(system)
      await device.cut()
      const own = { title: 'Valve', ownerid: 'tim' }
      await refuses(device.create('job', { jobid: id, ...own }), { code: 'exists', record: id, column: 'jobid' })
      await refuses(device.create('job', { ...own, colour: 'red' }), { name: 'RejoinFault', column: 'colour' })
      await refuses(device.create('job', { ...own, priority: 'high' }), { code: 'invalid', column: 'priority' })
      await refuses(device.create('job', { ...own, title: 'x'.repeat(41) }), { code: 'invalid', column: 'title' })
      await refuses(device.create('job', { status: 'open' }), { column: 'title' })
      await refuses(device.update('job', id, { priority: 1.5 }), { code: 'invalid', column: 'priority' })
      is(await device.entries(), [])
    },
  ),

  scenario(
    '[LW6] a record created offline can be edited, related to and deleted before it was ever sent',
    async system => {
      const device = await system.device()
      await device.cut()
      const made = await device.create('job', { title: 'Valve', ownerid: 'tim' })
      await device.update('job', made, { title: 'Valve, roof' })
      const note = await device.create('note', { subject: 'Key', job: made, ownerid: 'tim' })
      const mistake = await device.create('job', { title: 'Mistake', ownerid: 'tim' })
      await device.remove('job', mistake)
      is(await device.rows('note', { where: { job: made } }), [{ noteid: note }])
      await back(device)
      await drained(device)
      is(await system.office.row('job', made), { title: 'Valve, roof' })
      is(await system.office.row('note', note), { job: made })
      is(await system.office.row('job', mistake), undefined)
    },
  ),

  scenario('[LW7] ids made on the device are final, UUIDv7, and no record is there twice', async system => {
    const device = await system.device()
    await device.cut()
    const title = system.id()
    const ids = await Promise.all(Array.from({ length: 10 }, () => device.create('job', { title, ownerid: 'tim' })))
    for (const id of ids) is(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    await back(device)
    await drained(device)
    const there = (await device.onlineRows('job', { title })).rows.map(({ id }) => id)
    is(there, ids.toSorted())
    is(
      (await device.rows('job', { where: { title } })).map(row => row['jobid']),
      ids.toSorted(),
    )
  }),

  scenario(
    '[LW8] a record made offline that does not meet the filter is sent, and comes back once it meets it',
    async system => {
      const device = await system.device()
      const other = await system.device()
      await device.cut()
      const made = await device.create('job', { title: 'For Tara', ownerid: 'tara' })
      await back(device)
      await drained(device)
      is(await system.office.row('job', made), { title: 'For Tara' })
      for (const each of [device, other]) is(await each.rows('job', { where: { jobid: made } }), [])
      await system.office.update('job', made, { ownerid: 'tim' })
      for (const each of [device, other]) await becomes(() => each.rows('job', { where: { jobid: made } }), [{}])
    },
  ),

  scenario('[LW9] lists and filters see local edits at once', async system => {
    const { device, id } = await known(system, { ...job, remark: 'LW9' })
    await device.cut()
    const open = (): Promise<unknown> => device.rows('job', { where: { remark: 'LW9', status: 'open', jobid: id } })
    is(await open(), [{ jobid: id }])
    await device.update('job', id, { status: 'done' })
    is(await open(), [])
    await device.undo('job', id)
    is(await open(), [{ jobid: id }])
  }),

  scenario('[LW10] results have a stable order, the same online and offline', async system => {
    const remark = system.id()
    const ids = []
    for (const priority of [2, 1, 2, 1]) ids.push(await jobIn(system, { ...job, remark, priority }))
    const device = await system.device()
    const order = async (orderBy?: string): Promise<unknown[]> =>
      (await device.rows('job', { where: { remark }, orderBy })).map(row => row['jobid'])
    const [a, b, c, d] = ids
    is([await order(), await order('priority')], [ids, [b, d, a, c]])
    const online = (await device.onlineRows('job', { remark })).rows.map(({ id }) => id)
    await device.cut()
    is([await order(), await order('priority')], [online, [b, d, a, c]])
  }),

  scenario(
    '[LW11] undo of unsent work: a create disappears, an update reverts, a delete returns; nothing is sent',
    async system => {
      const { device, id } = await known(system)
      const other = await jobIn(system)
      await becomes(() => device.row('job', other), job)
      await device.cut()
      const made = await device.create('job', { title: 'Valve', ownerid: 'tim' })
      await device.update('job', id, { status: 'done' })
      await device.remove('job', other)
      for (const each of [made, id, other]) await device.undo('job', each)
      const now = await Promise.all([made, id, other].map(each => device.row('job', each)))
      is(now, [undefined, job, job])
      const rev = await system.office.rev('job', id)
      await back(device)
      is(await device.entries(), [])
      await stays(() => system.office.rev('job', id), rev)
      is(await system.office.row('job', made), undefined)
      await refuses(device.undo('job', id), { code: 'settled' })
    },
  ),

  scenario(
    '[LW12] a form saved but not submitted survives a crash, and is not in the outbox before it is submitted',
    async system => {
      const { device, id } = await known(system)
      await device.keepDraft('report', { table: 'job', record: id, values: { remark: 'half a sen' } })
      await device.crash()
      await live(device)
      is((await device.facts()).drafts, [{ name: 'report', record: id, values: { remark: 'half a sen' } }])
      is(await device.entries(), [])
      is(await system.office.row('job', id), job)
      await device.submitDraft('report')
      await drained(device)
      is((await device.facts()).drafts, [])
      is(await system.office.row('job', id), { remark: 'half a sen' })
    },
  ),
]
