import { type Scenario, scenario } from '../scenario.ts'
import { back, backFor, drained, job, jobIn, known, live, taraNote } from '../scenes.ts'
import { becomes, is, stays } from '../see.ts'
import type { Device, System } from '../system.ts'

/** A device of Tim's with an entry that was refused: he may not change Tara's note. */
const refusedNote = async (system: System): Promise<{ device: Device; note: string }> => {
  const note = await taraNote(system)
  const device = await system.device()
  await device.update('note', note, { subject: 'Keys' })
  await becomes(() => device.entries(), [{ record: note, state: 'rejected' }])
  return { device, note }
}

export const outbox: readonly Scenario[] = [
  scenario(
    '[OB1] every action made offline is logged in order, with its time on the device, also after a crash',
    async system => {
      const { device, id } = await known(system)
      const hour = 3_600_000
      await device.reopen({ clock: -hour })
      await device.cut()
      const began = Date.now() - hour
      await device.update('job', id, { status: 'done' })
      const made = await device.create('job', { title: 'Valve', ownerid: 'tim' })
      await device.update('job', id, { remark: 'leaks' })
      await device.remove('job', made)
      const at = (time: number): boolean => time >= began && time <= Date.now() - hour + 1_000
      const expected = [
        { record: id, kind: 'update', at, changes: { status: ['open', 'done'] } },
        { record: made, kind: 'create', at, changes: { title: [null, 'Valve'] } },
        { record: id, kind: 'update', at, changes: { remark: ['as installed', 'leaks'] } },
        { record: made, kind: 'delete', at },
      ]
      is(await device.entries(), expected)
      await device.crash()
      is(await device.entries(), expected)
      await back(device)
      await drained(device)
    },
  ),

  scenario(
    '[OB2] [OB4] a changed record is marked until the server has accepted it, and an unchanged one never',
    async system => {
      const { device, id } = await known(system)
      const other = await jobIn(system)
      await becomes(() => device.row('job', other), job)
      await device.cut()
      await device.update('job', id, { status: 'done' })
      await device.update('job', other, { status: 'open' })
      const marks = (): Promise<unknown> => Promise.all([device.mark('job', id), device.mark('job', other)])
      is(await marks(), ['pending', undefined])
      await device.crash()
      is(await marks(), ['pending', undefined])
      await back(device)
      await drained(device)
      is(await marks(), [undefined, undefined])
      is(await system.office.row('job', id), { status: 'done' })
    },
  ),

  scenario(
    '[OB3] after offline mode entries go by themselves; where sending is the user\'s, with "Sync all"',
    async system => {
      const { device, id } = await known(system)
      await device.turnOn()
      await device.update('job', id, { status: 'done' })
      await stays(() => device.entries(), [{ state: 'waiting' }])
      await device.turnOff()
      await drained(device)
      is(await system.office.row('job', id), { status: 'done' })
      await device.reopen({ autoSend: false })
      await device.turnOn()
      await device.update('job', id, { status: 'open' })
      await device.turnOff()
      await live(device)
      await stays(() => device.entries(), [{ state: 'waiting' }])
      await device.resume('manual')
      await drained(device)
      is(await system.office.row('job', id), { status: 'open' })
    },
  ),

  scenario(
    '[OB5] entries of a record arrive in the order they were made, over broken lines, and none waits for another record',
    async system => {
      const ids = [await jobIn(system), await jobIn(system)]
      const device = await system.device()
      await device.cut()
      for (let n = 2; n <= 60; n++)
        for (const id of ids) await device.update('job', id, { priority: n, remark: `${n}` })
      for (const bytes of [300, 2_000, 4_000]) await backFor(device, bytes)
      await back(device)
      await drained(device)
      for (const id of ids) is(await system.office.row('job', id), { priority: 60, remark: '60' })
      is(await device.ledger(), [])
      for (const id of ids) is(await system.office.ledger('job', id), [])
    },
  ),

  scenario(
    "[OB6] a refused entry stays, with where and why, until somebody decides; other records' entries go on",
    async system => {
      const note = await taraNote(system)
      const { device, id } = await known(system)
      await device.cut()
      await device.update('job', id, { status: 'done' })
      await device.update('note', note, { subject: 'Keys' })
      const made = await device.create('job', { title: 'Valve', ownerid: 'tim' })
      await device.join()
      const error = { code: 'not-permitted', message: /right/ }
      const refused = [{ table: 'note', record: note, state: 'rejected', error }]
      await becomes(() => device.entries(), refused)
      is(await system.office.row('job', id), { status: 'done' })
      is(await system.office.row('job', made), { title: 'Valve' })
      is(await device.mark('note', note), 'error')
      await device.crash()
      await live(device)
      is(await device.entries(), refused)
      await device.discard((await device.entries())[0]!.id)
      await becomes(() => device.row('note', note), { subject: 'Key' })
      is(await device.entries(), [])
    },
  ),

  scenario(
    '[OB7] entries behind a refused one, and those that refer to a record whose create was refused, are held by it',
    async system => {
      const device = await system.device()
      const id = system.id()
      await device.cut()
      await device.create('job', { jobid: id, title: 'Mine', ownerid: 'tim' })
      await device.update('job', id, { status: 'done' })
      await device.create('note', { subject: 'Key', job: id, ownerid: 'tim' })
      const free = await device.create('note', { subject: 'Dog', ownerid: 'tim' })
      await system.office.create('job', id, job)
      await device.join()
      const [create] = await device.entries()
      await becomes(
        () => device.entries(),
        [
          { kind: 'create', state: 'rejected' },
          { kind: 'update', state: 'held', heldBy: create!.id },
          { table: 'note', state: 'held', heldBy: create!.id },
        ],
      )
      is(await system.office.row('note', free), { subject: 'Dog' })
      is(await system.office.row('job', id), job)
    },
  ),

  scenario(
    '[OB8] [ER2] a refused entry is not sent again by itself; a retry sends it, and success clears the error',
    async system => {
      const { device, note } = await refusedNote(system)
      await system.office.update('note', note, { ownerid: 'tim' })
      await device.cut()
      await back(device)
      await device.refresh()
      await stays(() => device.entries(), [{ state: 'rejected' }])
      is(await system.office.row('note', note), { subject: 'Key' })
      await device.retry((await device.entries())[0]!.id)
      await drained(device)
      is(await device.mark('note', note), undefined)
      is((await device.facts()).status.state, 'connected')
      is(await system.office.row('note', note), { subject: 'Keys', ownerid: 'tim' })
    },
  ),

  scenario(
    '[OB9] resolve corrects the values and sends again; the correction amends the refused entry',
    async system => {
      const { device, id } = await known(system)
      await device.cut()
      await device.update('job', id, { title: 'Pump, roof', priority: 7 })
      await system.office.update('job', id, { status: 'sealed' })
      await device.join()
      const [refused] = await becomes(() => device.entries(), [{ state: 'rejected', error: { rule: 'sealed' } }])
      await device.resolve(refused!.id, { title: 'Pump' })
      await drained(device)
      is(await system.office.row('job', id), { title: 'Pump', priority: 7 })
      is(await system.office.refused(id), [{ edit: refused!.id, resolved: true }])
    },
  ),

  scenario(
    "[OB10] deleted, an entry sends nothing and its record shows the server's state; what was behind it goes on",
    async system => {
      const { device, id } = await known(system)
      const other = await jobIn(system)
      await becomes(() => device.row('job', other), job)
      await device.cut()
      await device.update('job', other, { status: 'done' })
      await device.update('job', id, { status: 'done' })
      await device.update('job', id, { title: 'Mistake' })
      await device.update('job', id, { remark: 'leaks' })
      await device.discard((await device.entries())[2]!.id)
      is(await device.row('job', id), { ...job, status: 'done', remark: 'leaks' })
      const [only] = await device.entries()
      await device.discard(only!.id)
      is(await device.row('job', other), job)
      await back(device)
      await drained(device)
      is(await system.office.row('job', id), { ...job, status: 'done', remark: 'leaks' })
      is(await system.office.row('job', other), job)
    },
  ),

  scenario('[OB11] [LW3] an edit whose answer was lost is kept, sent again, and takes effect once', async system => {
    const { device, id } = await known(system)
    for (const status of ['done', 'open']) {
      const cut = device.cutAfter(0)
      await device.update('job', id, { status })
      await cut
      is(await system.office.row('job', id), { status })
      const rev = await system.office.rev('job', id)
      await becomes(() => device.entries(), [{ record: id, state: 'waiting' }])
      await device.crash()
      await back(device)
      await drained(device)
      is(await system.office.rev('job', id), rev)
    }
    is(await system.office.ledger('job', id), [])
  }),

  scenario(
    '[OB12] set so, consecutive edits of a record are one entry, except those marked non-mergeable',
    async system => {
      const { device, id } = await known(system)
      await device.reopen({ consolidate: true })
      await device.cut()
      await device.update('job', id, { priority: 2 })
      await device.update('job', id, { priority: 3, status: 'done' })
      await device.update('job', id, { priority: 4 }, { mergeable: false })
      await device.update('job', id, { priority: 5 })
      const expected = [
        { changes: { priority: [1, 3], status: ['open', 'done'] } },
        { changes: { priority: [3, 4] } },
        {},
      ]
      is(await device.entries(), expected)
      await back(device)
      await drained(device)
      is(await system.office.row('job', id), { priority: 5, status: 'done' })
    },
  ),

  scenario('[OB13] a group takes effect as a whole or not at all', async system => {
    const note = await taraNote(system)
    const { device, id } = await known(system)
    await device.group([
      { update: 'job', id, values: { status: 'done' } },
      { update: 'note', id: note, values: { subject: 'Keys' } },
    ])
    await becomes(
      () => device.entries(),
      (entries: readonly { state: string }[]) => entries.every(({ state }) => state !== 'waiting' && state !== 'sent'),
    )
    is(await system.office.row('job', id), job)
    is(await device.entries(), [{ record: id }, { record: note }])
    await device.discard((await device.entries())[0]!.id)
    await drained(device)
    const own = system.id()
    await device.group([
      { update: 'job', id, values: { status: 'done' } },
      { create: 'note', values: { noteid: own, subject: 'Mine', ownerid: 'tim' } },
    ])
    await drained(device)
    is(
      [await system.office.row('job', id), await system.office.row('note', own)],
      [{ status: 'done' }, { subject: 'Mine' }],
    )
  }),

  scenario('[OB14] the queue can be paused and resumed, by reasons that have names', async system => {
    const { device, id } = await known(system)
    for (const reason of ['roaming', 'battery']) await device.pause(reason)
    await device.update('job', id, { status: 'done' })
    await stays(() => device.entries(), [{ state: 'waiting' }])
    is((await device.facts()).paused, ['roaming', 'battery'])
    is((await device.facts()).status, { state: 'warning', description: /roaming, battery/ })
    await device.resume('roaming')
    await stays(() => device.entries(), [{ state: 'waiting' }])
    await device.resume('battery')
    await drained(device)
    is(await system.office.row('job', id), { status: 'done' })
  }),

  scenario('[OB15] the server keeps the time of the action in a column, as it was on the device', async system => {
    const id = system.id()
    await system.office.create('visit', id, { name: 'First', ownerid: 'tim' })
    const device = await system.device({ clock: -3_600_000 })
    await device.cut()
    await device.update('visit', id, { name: 'Second' })
    const [entry] = await device.entries()
    await back(device)
    await drained(device)
    const done = (time: string): boolean => Math.abs(Date.parse(time) - entry!.at) < 1_000
    is(await system.office.row('visit', id), { name: 'Second', doneAt: done })
  }),

  scenario(
    '[OB16] the back office sees rejected actions: user, device, record, values, reason, resolved or not',
    async system => {
      const { device, note } = await refusedNote(system)
      const { id } = await device.facts()
      const row = { author: 'tim', device: id, record: note, code: 'not-permitted', message: /right/, resolved: false }
      is(await system.office.refused(note), [{ ...row, changes: { subject: ['Key', 'Keys'] } }])
      await device.discard((await device.entries())[0]!.id)
      await becomes(() => system.office.refused(note), [{ ...row, resolved: true }])
    },
  ),
]
