import { type Scenario, scenario } from '../scenario.ts'
import { back, backFor, drained, job, jobIn, known, live, meet } from '../scenes.ts'
import { becomes, is, refuses } from '../see.ts'
import type { System } from '../system.ts'

const yes = (system: System): Promise<void> => system.administrator.settings({ strategy: 'serverWins' })

export const conflicts: readonly Scenario[] = [
  scenario('[CF1] a conflict is of the record, and only of what changed since both last agreed', async system => {
    const both = await known(system)
    const other = await jobIn(system)
    await becomes(() => both.device.row('job', other), job)
    await meet(system, both, { remark: 'leaks' }, { priority: 5 })
    await both.device.update('job', other, { remark: 'leaks' })
    await drained(both.device)
    is(
      (await both.device.ledger()).map(({ record }) => record),
      [both.id],
    )
    is(await system.office.ledger('job', both.id), [{ author: 'tim' }])
    // They agree again: what its author has seen is no conflict.
    await system.office.update('job', both.id, { priority: 7 })
    await becomes(() => both.device.row('job', both.id), { priority: 7 })
    await both.device.update('job', both.id, { remark: 'repaired' })
    await drained(both.device)
    is(await system.office.row('job', both.id), { priority: 7, remark: 'repaired' })
    is((await both.device.ledger()).length, 1)
  }),

  scenario('[CF3] No: the record as the device had it stands on both sides, and no error is shown', async system => {
    const both = await known(system)
    await meet(system, both, { remark: 'leaks' }, { status: 'cancelled', priority: 5 })
    await drained(both.device)
    is(await system.office.row('job', both.id), { ...job, remark: 'leaks' })
    is(await both.device.row('job', both.id), { ...job, remark: 'leaks' })
    is(await both.device.mark('job', both.id), undefined)
    is((await both.device.facts()).status.state, 'connected')
    is(await system.office.refused(both.id), [])
  }),

  scenario(
    "[CF4] Yes: the server's values overwrite the device's, by themselves, and the conflict is named",
    async system => {
      await yes(system)
      const both = await known(system)
      await meet(system, both, { status: 'done', remark: 'leaks' }, { status: 'cancelled' })
      await drained(both.device)
      await becomes(() => both.device.row('job', both.id), { ...job, status: 'cancelled' })
      is(await system.office.row('job', both.id), { ...job, status: 'cancelled' })
      is(await both.device.mark('job', both.id), undefined)
      is(await both.device.ledger(), [{ table: 'job', record: both.id, status: 'lost', strategy: 'serverWins' }])
    },
  ),

  scenario(
    '[CF5] Yes: edits of different columns still conflict, of office and device, and of two devices',
    async system => {
      await yes(system)
      const both = await known(system)
      await meet(system, both, { remark: 'leaks' }, { priority: 5 })
      await drained(both.device)
      is(await system.office.row('job', both.id), { ...job, priority: 5 })
      const second = await system.device()
      for (const device of [both.device, second]) await device.cut()
      await both.device.update('job', both.id, { remark: 'first' })
      await second.update('job', both.id, { status: 'done' })
      for (const device of [both.device, second]) {
        await device.join()
        await drained(device)
      }
      is(await system.office.row('job', both.id), { ...job, priority: 5, remark: 'first' })
      is(await second.ledger(), [{ record: both.id, status: 'lost' }])
    },
  ),

  scenario(
    '[CF6] both versions, who, when and by which strategy are kept on the device and in the office',
    async system => {
      const both = await known(system)
      const began = Date.now() - 5_000
      await meet(system, both, { status: 'done', remark: 'leaks' }, { status: 'cancelled', priority: 5 })
      await drained(both.device)
      const mine = { ...job, status: 'done', remark: 'leaks' }
      const theirs = { ...job, status: 'cancelled', priority: 5 }
      const { id: device } = await both.device.facts()
      const [kept] = await system.office.ledger('job', both.id)
      is(kept, { strategy: 'clientWins', status: 'applied', author: 'tim', device, others: [{ author: 'olga' }] })
      is(kept, { mine: { values: mine }, theirs: { values: theirs }, result: { values: mine } })
      is(kept?.at, (at: number) => at > began)
      await both.device.reopen()
      is(await both.device.ledger(), [{ edit: kept?.edit, strategy: 'clientWins', mine, theirs, result: mine }])
    },
  ),

  scenario(
    '[CF7] updated here, deleted there: No re-creates the record, Yes keeps it deleted; who knows of it is refused',
    async system => {
      const both = await known(system)
      const deleted = async (id: string): Promise<void> => {
        await both.device.cut()
        await both.device.update('job', id, { remark: 'leaks' })
        await system.office.remove('job', id)
        await both.device.join()
        await drained(both.device)
      }
      await deleted(both.id)
      is(await system.office.row('job', both.id), { ...job, remark: 'leaks' })
      is(await both.device.row('job', both.id), { ...job, remark: 'leaks' })
      await yes(system)
      const other = await jobIn(system)
      await becomes(() => both.device.row('job', other), job)
      await deleted(other)
      is(await system.office.row('job', other), undefined)
      await becomes(() => both.device.row('job', other), undefined)
      const fault = { code: 'not-found', record: other, message: /not found/i }
      await refuses(both.device.update('job', other, { remark: 'again' }), fault)
    },
  ),

  scenario("[CF8] deleted here, changed there: No deletes, Yes keeps the server's record", async system => {
    const both = await known(system)
    const removed = async (id: string): Promise<void> => {
      await both.device.cut()
      await both.device.remove('job', id)
      await system.office.update('job', id, { status: 'cancelled' })
      await both.device.join()
      await drained(both.device)
    }
    await removed(both.id)
    is(await system.office.row('job', both.id), undefined)
    is(await both.device.row('job', both.id), undefined)
    await yes(system)
    const other = await jobIn(system)
    await becomes(() => both.device.row('job', other), job)
    await removed(other)
    is(await system.office.row('job', other), { ...job, status: 'cancelled' })
    await becomes(() => both.device.row('job', other), { ...job, status: 'cancelled' })
  }),

  scenario('[CF9] a create with an id that exists is refused: "Record already exists"', async system => {
    const device = await system.device()
    const id = system.id()
    await device.cut()
    await device.create('job', { jobid: id, title: 'Mine', ownerid: 'tim' })
    await system.office.create('job', id, job)
    await back(device)
    const error = { code: 'exists', message: 'Record already exists' }
    const [entry] = await becomes(() => device.entries(), [{ record: id, kind: 'create', state: 'rejected', error }])
    is(await system.office.row('job', id), job)
    await device.discard(entry!.id)
    await becomes(() => device.row('job', id), job)
  }),

  scenario(
    '[CF10] a contradiction is rejected whatever the conflict setting, and waits in the outbox as an error',
    async system => {
      for (const strategy of ['clientWins', 'serverWins', 'merge'] as const) {
        await system.administrator.settings({ strategy })
        const both = await known(system)
        await meet(system, both, { remark: 'leaks' }, { status: 'closed' })
        const error = { code: 'rule', rule: 'closed', message: /closed/ }
        await becomes(() => both.device.entries(), [{ record: both.id, state: 'rejected', error }])
        is(await system.office.row('job', both.id), { ...job, status: 'closed' }, strategy)
        is(await system.office.refused(both.id), [{ author: 'tim', code: 'rule' }], strategy)
        is((await both.device.facts()).status.state, 'error', strategy)
      }
    },
  ),

  scenario(
    '[CF11] a chain wins or loses as a whole; an edit made after its author saw the loss starts anew',
    async system => {
      await yes(system)
      const both = await known(system)
      await both.device.cut()
      for (const change of [{ remark: 'leaks' }, { status: 'done' }, { priority: 9 }])
        await both.device.update('job', both.id, change)
      await system.office.update('job', both.id, { title: 'Pump, cellar' })
      await both.device.join()
      await drained(both.device)
      const theirs = { ...job, title: 'Pump, cellar' }
      is(await system.office.row('job', both.id), theirs)
      is(
        (await both.device.ledger()).map(({ status }) => status),
        ['lost', 'lost', 'lost'],
      )
      await becomes(() => both.device.row('job', both.id), theirs)
      await both.device.update('job', both.id, { status: 'done' })
      await drained(both.device)
      is(await system.office.row('job', both.id), { ...theirs, status: 'done' })
    },
  ),

  scenario('[CF12] a table may have a strategy of its own, "merge" and "ask" among them', async system => {
    await system.administrator.settings({ strategy: 'serverWins', strategies: { job: 'merge' } })
    const both = await known(system)
    await meet(system, both, { remark: 'leaks' }, { priority: 5 })
    await drained(both.device)
    is(await system.office.row('job', both.id), { ...job, remark: 'leaks', priority: 5 })
    await system.administrator.settings({ strategies: { job: 'ask' } })
    await becomes(() => both.device.row('job', both.id), { priority: 5 })
    await meet(system, both, { remark: 'mine' }, { remark: 'theirs' })
    const question = { mine: { remark: 'mine' }, theirs: { remark: 'theirs' }, theirsDeleted: false }
    const [asked] = await becomes(() => both.device.entries(), [{ record: both.id, state: 'held', question }])
    is(await system.office.row('job', both.id), { remark: 'theirs' })
    await both.device.resolve(asked!.id, 'mine')
    await drained(both.device)
    is(await system.office.row('job', both.id), { remark: 'mine' })
  }),

  scenario('[CF13] device clocks decide nothing, only what was known and the order of acceptance', async system => {
    const year = 365 * 86_400_000
    for (const strategy of ['clientWins', 'serverWins'] as const) {
      await system.administrator.settings({ strategy })
      const id = await jobIn(system)
      const behind = await system.device({ clock: -3 * year })
      const ahead = await system.device({ clock: 3 * year })
      for (const [name, device] of [
        ['behind', behind],
        ['ahead', ahead],
      ] as const) {
        await device.cut()
        await device.update('job', id, { status: name })
      }
      for (const device of [ahead, behind]) {
        await device.join()
        await drained(device)
      }
      is(await system.office.row('job', id), { status: strategy === 'clientWins' ? 'behind' : 'ahead' }, strategy)
      is([(await ahead.ledger()).length, (await behind.ledger()).length], [0, 1], strategy)
    }
  }),

  scenario(
    '[CF14] all replicas end with the same record, whoever came first and however often the line broke',
    async system => {
      const id = await jobIn(system)
      const devices = [await system.device(), await system.device(), await system.device()]
      for (const [at, device] of devices.entries()) {
        await device.cut()
        await device.update('job', id, { remark: `of ${at}`, priority: at })
        await device.update('job', id, { status: `s${at}` })
      }
      await system.office.update('job', id, { title: 'Pump, cellar' })
      for (const device of devices.toReversed()) {
        for (const bytes of [0, 150, 400]) await backFor(device, bytes)
        await back(device)
        await drained(device)
      }
      const row = await system.office.row('job', id)
      is(row, { remark: 'of 0', priority: 0, status: 's0', title: 'Pump' })
      for (const device of devices) await becomes(() => device.row('job', id), row)
      const [first, ...others] = await Promise.all(devices.map(async device => (await device.facts()).fingerprint))
      for (const each of others) is(each, first)
    },
  ),

  scenario('[CF15] another strategy applies to conflicts found from then on; earlier outcomes stand', async system => {
    const ids = [await jobIn(system), await jobIn(system)] as const
    const device = await system.device()
    await device.cut()
    for (const id of ids) {
      await device.update('job', id, { remark: 'leaks' })
      await system.office.update('job', id, { remark: 'dry' })
    }
    await device.pause('manual')
    const [first] = await device.entries()
    await device.send([first!.id])
    await device.join()
    await becomes(() => system.office.row('job', ids[0]), { remark: 'leaks' })
    await yes(system)
    await device.resume('manual')
    await drained(device)
    is(await system.office.row('job', ids[1]), { remark: 'dry' })
    is(await system.office.row('job', ids[0]), { remark: 'leaks' })
    is(await system.office.ledger('job', ids[0]), [{ strategy: 'clientWins', status: 'applied' }])
    is(await system.office.ledger('job', ids[1]), [{ strategy: 'serverWins', status: 'lost' }])
  }),

  scenario(
    '[CF16] who lost a value sees by whom and what, and brings it back in one action, on either side',
    async system => {
      await yes(system)
      const both = await known(system)
      await meet(system, both, { remark: 'leaks' }, { remark: 'dry' })
      await drained(both.device)
      await becomes(() => both.device.row('job', both.id), { remark: 'dry' })
      const [why] = await both.device.why('job', both.id, 'remark')
      is(why, { strategy: 'serverWins', mine: { remark: 'leaks' }, theirs: { remark: 'dry' }, against: [{}] })
      is(await both.device.why('job', both.id, 'priority'), [])
      await both.device.restore(why!.edit)
      await drained(both.device)
      is(await system.office.row('job', both.id), { remark: 'leaks' })
      const [entry] = await system.office.ledger('job', both.id)
      is(entry, { author: 'tim', others: [{ author: 'olga' }] })
      await system.office.restore('job', entry!, 'theirs')
      await live(both.device)
      await becomes(() => both.device.row('job', both.id), { remark: 'dry' })
    },
  ),
]
