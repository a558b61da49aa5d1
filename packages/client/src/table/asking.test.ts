import { emptyFingerprint, fingerprintText, packRows, type SchemaSource } from '@rejoin/profile'
import { expect, it } from 'vitest'
import { at, openScript, type Script, welcome } from '../device/device.fixture.ts'

const schema: SchemaSource = {
  tables: [
    {
      name: 'task',
      ownership: 'none',
      primaryKey: 'taskid',
      primaryName: 'title',
      columns: [
        { name: 'taskid', type: 'guid' },
        { name: 'title', type: 'string' },
        { name: 'due', type: 'datetime' },
      ],
    },
  ],
}

/** A first sync of nothing, of a user who lives there. */
const openIn = async (timeZone: string): Promise<Script> => {
  const script = await openScript()
  const fingerprint = fingerprintText(emptyFingerprint())
  script.device.connect()
  await script.settle()
  await script.say(
    { ...welcome(5), time: script.relayTime(), schema, footing: { teams: [], timeZone } },
    { type: 'plan', tables: [{ table: 'task', rows: 0 }] },
    {
      type: 'page',
      table: 'task',
      start: at(5),
      columnSet: '*',
      after: '',
      last: true,
      rows: 0,
      packed: packRows([]),
    },
    { type: 'synced', at: at(5), tables: [{ table: 'task', rows: 0, fingerprint }] },
  )
  return script
}

it('[FI4] a day begins on the device where its user lives', async () => {
  // 22:13 UTC: the next day has begun in Auckland.
  const tasks = [
    { taskid: 'A', title: 'noon', due: '2023-11-14T12:30:00Z' },
    { taskid: 'B', title: 'morning', due: '2023-11-14T01:00:00Z' },
    { taskid: 'C', title: 'tomorrow noon', due: '2023-11-15T12:00:00Z' },
  ]
  const today = async (timeZone: string): Promise<unknown[]> => {
    const { device } = await openIn(timeZone)
    for (const task of tasks) await device.table('task').create(task as never)
    return device
      .table('task')
      .query({ where: { due: { today: true } } })
      .current.map(({ taskid }) => taskid)
  }
  expect([await today('UTC'), await today('Pacific/Auckland')]).toEqual([['A', 'B'], ['A']])
})
