import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { at, confirmed, openScript, rowChange, type Script } from '../device/device.fixture.ts'
import { createMemoryDisk } from '../store/memory.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { type Store, shelves } from '../store/store.ts'
import { inspectFile } from './file.ts'
import { inspect, inspectRecord, inspectStore } from './inspect.ts'
import type { Inspection, RecordInspection } from './inspection.ts'

const rows = {
  A: confirmed('A', 5, { title: 'secret pump', hours: 2 }),
  B: confirmed('B', 6, { title: 'secret belt', hours: 1 }),
  C: confirmed('C', 7, { title: 'secret cable', hours: 0 }),
}

const worked = async (through: (store: Store) => Store = store => store): Promise<Script> => {
  const script = await openScript(createMemoryDisk(), through)
  await script.greet(rows)
  await script.say(rowChange('C', confirmed('C', 8, { title: 'secret cable', hours: 3 })))
  await script.say({
    type: 'changes',
    at: at(9),
    rows: [],
    gone: [{ table: 'task', id: 'B', why: 'left' }],
    answers: [],
  })
  await script.lose()
  await script.device.table('task').update('A', { hours: 9, title: 'secret motor' })
  await script.device.table('task').create({ taskid: 'N', title: 'secret new' })
  return script
}

const contents = async (store: Store): Promise<unknown> =>
  Promise.all(shelves.map(async shelf => [shelf, await store.scan(shelf)]))

describe('inspect', () => {
  it('shows session, tables with the reasons for their records, outbox and store, as plain data', async () => {
    const { device } = await worked()
    const found = await inspect(device)
    expect(JSON.parse(JSON.stringify(found))).toEqual(structuredClone(found))
    expect(found).toMatchObject({
      device: device.id,
      grant: { user: { id: 'ana' }, strategy: 'clientWins', schemaVersion: 1 },
      meta: { seq: 2, ready: true },
      session: { link: { state: 'offline' }, paused: [], stats: { repaired: 0 } },
      tables: [
        {
          table: 'task',
          download: 'complete',
          columnSet: '*',
          rows: 2,
          fingerprint: device.fingerprint()['task']!.fingerprint,
          because: { 'in scope': 2, 'own work': 2, pinned: 0, 'told by a peer': 0 },
          gone: { left: 1 },
          pages: { count: 1, rows: 3 },
          overlay: { rows: 2 },
        },
      ],
      outbox: [
        { seq: 1, record: 'A', kind: 'update', state: 'waiting', base: 5 },
        { seq: 2, record: 'N', kind: 'create', state: 'waiting' },
      ],
    })
    expect(found.store.map(({ shelf, entries }) => [shelf, entries])).toContainEqual(['outbox', 2])
  })

  it('shows no value of a record unless it is asked for', async () => {
    const { device } = await worked()
    const look = async (values: boolean): Promise<readonly [Inspection, RecordInspection]> => [
      await inspect(device, { values }),
      inspectRecord(device, 'task', 'A', { values }),
    ]
    expect(JSON.stringify(await look(false))).not.toContain('secret')
    const [asked] = await look(true)
    expect(asked.outbox[0]!.changes).toEqual({ hours: [2, 9], title: ['secret pump', 'secret motor'] })
    const { outbox } = await inspect(device)
    expect(outbox[0]!.changes).toEqual({ hours: ['•••', '•••'], title: ['•••', '•••'] })
    expect(outbox[1]!.changes['title']).toEqual([null, '•••'])
  })

  it('says why a record is here, and why one is not', async () => {
    const { device } = await worked()
    const why = (id: string): string[] => inspectRecord(device, 'task', id).because.map(({ is }) => is)
    expect(['A', 'B', 'C', 'N', 'X'].map(why)).toEqual([
      ['in scope', 'own work'],
      ['gone'],
      ['in scope'],
      ['own work'],
      ['never here'],
    ])
    expect(inspectRecord(device, 'task', 'A', { values: true })).toMatchObject({
      confirmed: { rev: 5, changed: 5 },
      pending: [{ seq: 1 }],
      row: { taskid: 'A', title: 'secret motor', hours: 9 },
    })
  })

  it('changes nothing, also of a store that no device was ever opened on', async () => {
    let commits = 0
    const script = await worked(store => ({
      get: (shelf, key) => store.get(shelf, key),
      scan: (shelf, range) => store.scan(shelf, range),
      commit: (changes, durability) => {
        commits++
        return store.commit(changes, durability)
      },
      close: () => store.close(),
    }))
    const before = [commits, await contents(script.store)]
    const open = await inspect(script.device)
    const { session: _, ...kept } = open
    expect(await inspectStore(script.store, open.at)).toEqual(kept)
    expect([commits, await contents(script.store)]).toEqual(before)
    const empty = createMemoryDisk().open()
    await inspectStore(empty, 0)
    expect(await empty.scan('meta')).toEqual([])
  })

  it('counts a store of more entries than it reads at once', async () => {
    const store = createMemoryDisk().open()
    const keys = Array.from({ length: 200 }, (_, each) => `task/${each}`)
    await store.commit(keys.map(key => ({ put: 'overlay', key, value: { rev: 1, generation: 0 } })))
    const { store: weighed } = await inspectStore(store, 0)
    expect(weighed.find(({ shelf }) => shelf === 'overlay')?.entries).toBe(200)
  })
})

describe('rejoin-inspect', () => {
  it('prints what a file keeps, says what is wrong with the asking, and makes no file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rejoin-inspect-'))
    try {
      const path = join(folder, 'device.db')
      const script = await worked()
      const store = await openSqliteStore({ path })
      for (const shelf of shelves) {
        await store.commit((await script.store.scan(shelf)).map(([key, value]) => ({ put: shelf, key, value })))
      }
      await expect(inspectFile(['--device', path])).rejects.toMatchObject({ code: 'busy' })
      await store.close()

      const printed = await inspectFile(['--device', path])
      expect(printed).toContain(script.device.id)
      expect(printed).toMatch(/task +complete +2 +2 in scope, 2 own work +1 left +1 \(3 rows/)
      expect(printed).toMatch(/1 +waiting +update +task\/A +5 +hours: ••• → •••/)
      expect(printed).not.toContain('secret')
      expect(await inspectFile(['--device', path, '--record', 'task/A', '--values'])).toContain('secret motor')
      expect(JSON.parse(await inspectFile(['--device', path, '--json']))).toMatchObject({ device: script.device.id })

      const absent = join(folder, 'absent.db')
      await expect(inspectFile(['--device', absent])).rejects.toThrow('there is no file')
      expect(existsSync(absent)).toBe(false)
      await expect(inspectFile([])).rejects.toThrow('--device FILE')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
