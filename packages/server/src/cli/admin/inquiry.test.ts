import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshDocument, packEnvelope, type ProfileItem } from '@rejoin/profile'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { environmentEntries } from '../../environment/environment.ts'
import { items, roles, schema } from '../../inquiry/inquiry.fixture.ts'
import type { StoredRecord } from '../../storage/storage.ts'
import { openDatabase } from '../database.ts'
import { run } from '../program.ts'

/** Ann's booking of the week, its order and a task, in a database that a shell has in its hands. */
let folder: string
let db: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoin-inquiry-'))
  db = join(folder, 'a.db')
  const storage = await openDatabase(db, { create: true })
  const entries = environmentEntries({
    schema: { ...schema, roles },
    settings: { strategy: 'clientWins', strategies: {} },
    people: [],
    directory: {
      users: [
        { id: 'ann', name: 'Ann', roles: ['field'] },
        { id: 'ben', name: 'Ben', roles: ['field'] },
      ],
    },
    profiles: [{ id: 'week', profile: { name: 'Week', version: 1, items }, members: { everyone: true } }],
  })
  const rows = [
    ['order', 'w1', { name: 'Pump', ownerid: 'olga' }],
    ['booking', 'b7', { name: 'Tuesday', begin: '2026-11-19T08:00:00.000Z', order: 'w1', ownerid: 'ann' }],
    ['task', 't1', { name: 'Look', order: 'w1' }],
  ] as const
  const commit = '0123456789abcdef'
  const records = rows.map(([table, id, fields], n): StoredRecord => {
    const confirmed = { rev: n + 1, commit, changed: n + 1, incarnation: commit, recent: [], columns: {}, settled: {} }
    const envelope = packEnvelope({ ...confirmed, bytes: freshDocument(fields, 7) })
    return { table, id, rev: n + 1, deleted: false, purged: false, json: JSON.stringify(fields), envelope }
  })
  await storage.commit({}, () => ({ result: undefined, entries, head: { rev: records.length, commit }, records }))
  await storage.close()
})
afterEach(() => rm(folder, { recursive: true }))

const rejoin = async (command: string): Promise<string[]> => {
  const said: string[] = []
  const terminal = {
    out: (line: string) => said.push(line),
    err: (line: string) => said.push(line),
    interactive: false,
  }
  const code = await run([...command.split(' '), '--db', db], terminal)
  expect(code, said.join('\n')).toBe(0)
  return said.join('\n').split('\n')
}
const draft = async (content: readonly ProfileItem[]): Promise<void> => {
  const file = join(folder, 'draft.json')
  await writeFile(file, JSON.stringify({ name: 'Week', items: content }))
  await rejoin(`profile import week ${file}`)
}

test('[PR19] rejoin explain says the path, or the obstacles, for people', async () => {
  const at = '--at 2026-11-18T09:00Z'
  expect(await rejoin(`explain ann task t1 ${at}`)).toEqual([
    'task t1 is on the devices of ann, by profile week version 1 (default of the app)',
    '  <- order w1 “Pump” by task_order',
    '  <- booking b7 “Tuesday” by booking_order',
    '  the item booking: custom filter',
    '    + ownerid eq-userid: "ann" (asked is ann)',
    '    + begin next-seven-days: "2026-11-19T08:00:00.000Z" (asked is 2026-11-18T09:00:00.000Z to 2026-11-26T00:00:00.000Z)', // prettier-ignore
  ])
  expect(await rejoin(`explain ben order w1 ${at}`)).toEqual([
    'order w1 is not on the devices of ben, by profile week version 1 (default of the app)',
    '  its item: related only',
    '  booking_order: 1 booking would bring it, and none is held',
    '    booking b7 “Tuesday”',
    '      its item: custom filter',
    '        - ownerid eq-userid: "ann" (asked is ben)',
  ])
  expect((await rejoin('explain ann booking b7 --at 2026-12-20T00:00Z')).slice(-2)).toEqual([
    'without fee (role)',
    'no longer: it was held on 2026-11-19T00:00:00.000Z; time has passed',
  ])
  const [json] = [JSON.parse((await rejoin(`explain ann booking b7 ${at} --json`)).join('\n'))]
  expect(json).toMatchObject({ user: 'ann', held: true, standing: { why: 'selected' } })
})

test('[PR18] rejoin profile dry-run is a table of users and tables, with what it takes to serve them', async () => {
  await draft([{ table: 'order', filter: { kind: 'all' } }, { table: 'booking', filter: { kind: 'other', mine: true } }]) // prettier-ignore
  const lines = await rejoin('profile dry-run week')
  expect(lines.slice(0, 4).map(line => line.split(/ +/).slice(0, 3))).toEqual([
    ['user', 'table', 'rows'],
    ['ann', '2', expect.stringMatching(/^\d+$/)],
    ['', 'booking', '1'],
    ['', 'order', '1'],
  ])
  expect(lines).toContainEqual(expect.stringMatching(/^ben +1 +\d+$/))
  expect(lines).toContainEqual(expect.stringMatching(/^2 of 2 +3 +\d+$/))
  expect(lines).toContain('index booking.ownerid')
  expect(await rejoin('profile dry-run week --users ben')).toContainEqual(expect.stringMatching(/^1 of 1/))
})

test('rejoin profile gains says who gains and loses what, and which rows', async () => {
  await draft([{ table: 'order', filter: { kind: 'all' } }, { table: 'booking', filter: { kind: 'other', mine: true } }]) // prettier-ignore
  const lines = (await rejoin('profile gains week')).map(line => line.trim().split(/ +/))
  expect(lines).toContainEqual(['ben', 'order', '1', '0'])
  expect(await rejoin('profile gains week --user ben --table order')).toEqual(['change  id', 'gained  w1'])
  expect(await rejoin('profile gains week --from 1 --to 1')).toEqual(['nobody gains or loses anything'])
})

test('[PR12] rejoin profile drift, and what publishing says', async () => {
  expect(await rejoin('profile drift week')).toEqual(['no drift'])
  await draft([{ table: 'account', filter: { kind: 'custom', where: { column: 'name', op: 'like', value: '%x' } } }])
  const [published, ...serving] = await rejoin('profile publish week')
  expect(published).toBe('published profile week, Published at version 2')
  expect(serving).toContainEqual(expect.stringMatching(/^reads the whole table: account, its filter \(put /))
})
