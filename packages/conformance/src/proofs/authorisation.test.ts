import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'
import { people, type User, worldSchema } from './world.ts'

let rig: Rig
afterEach(() => rig.close())

describe('authorisation', () => {
  const person = (user: User) => people.find(({ id }) => id === user)!
  const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

  it('[SE2] a privilege removed while the device was away gives a "not permitted" entry for each action, and nothing changes', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const ana = await rig.device('ana')
    ana.offline()
    await ana.update('workorder', 'W1', { status: 'done' })
    await ana.remove('workorder', 'W2')
    await ana.create('workorder', 'W3', { title: 'Valve', ownerid: 'ana' })
    const head = await rig.head()
    await rig.setPerson({ ...person('ana'), roles: ['reader'] })
    await ana.online()
    expect(ana.entries()).toMatchObject(
      ['update', 'delete', 'create'].map(kind => ({
        kind,
        state: 'rejected',
        error: { code: 'not-permitted', message: expect.stringMatching(/no right/) as unknown },
      })),
    )
    expect(await rig.head()).toBe(head)
    expect(await rig.office.row('workorder', 'W1')).toMatchObject(order)
    expect(await rig.office.row('workorder', 'W2')).toMatchObject(order)
    expect(await rig.office.row('workorder', 'W3')).toBeUndefined()
    expect((await rig.office.refused()).map(({ code, author }) => `${author} ${code}`)).toEqual(
      Array.from({ length: 3 }, () => 'ana not-permitted'),
    )
    // Given back, the same entries go through at the user's word: each is judged anew.
    await rig.setPerson(person('ana'))
    await rig.pass(60_000)
    for (const record of ['W1', 'W2', 'W3']) await ana.entry(record).retry()
    await rig.calm()
    expect(ana.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'done' })
    expect(await rig.office.row('workorder', 'W2')).toBeUndefined()
    await rig.agree()
  })

  it('[SE2] the right to one column removed names the column; other edits of the same push take effect', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const ana = await rig.device('ana')
    ana.offline()
    await ana.update('workorder', 'W1', { status: 'done', note: 'leaks' })
    await ana.update('workorder', 'W2', { status: 'done' })
    await rig.setSchema({
      ...worldSchema,
      version: 2,
      roles: worldSchema.roles!.map(role =>
        role.name === 'technician'
          ? { ...role, tables: { ...role.tables, workorder: { ...role.tables['workorder'], readonly: ['note'] } } }
          : role,
      ),
    })
    await ana.online()
    expect(ana.entries()).toMatchObject([
      { record: 'W1', state: 'rejected', error: { code: 'not-permitted', column: 'note' } },
    ])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject(order)
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ status: 'done' })
  })

  it('[SE2] a right removed while connected counts for the very next edit', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const ana = await rig.device('ana')
    await rig.setPerson({ ...person('ana'), roles: ['reader'] })
    await ana.update('workorder', 'W1', { status: 'done' })
    await rig.pass(60_000)
    expect(ana.entries()).toMatchObject([{ state: 'rejected', error: { code: 'not-permitted' } }])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject(order)
  })
})
