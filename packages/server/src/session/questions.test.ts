import { compileSchema, compileScope, decodeDown, type Down, freshDocument, packEnvelope, root, type Scope } from '@rejoin/profile' // prettier-ignore
import { afterEach, expect, test } from 'vitest'
import { createLens } from '../live/linked.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import { keyOf, type Storage, type StoredRecord } from '../storage/storage.ts'
import { limits } from './limits.ts'
import { createQuestions, type Questions } from './questions.ts'
import { createRowLists } from './row-list.ts'

const compiled = compileSchema({
  tables: [
    {
      name: 'job',
      ownership: 'user',
      primaryKey: 'jobid',
      primaryName: 'title',
      columns: [
        { name: 'jobid', type: 'guid' },
        { name: 'title', type: 'string' },
        { name: 'ownerid', type: 'lookup', target: 'user', external: true },
      ],
    },
  ],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value
const profile = {
  name: 'p',
  version: 1,
  items: [{ table: 'job', filter: { kind: 'other' as const, mine: true, teams: true } }],
}
const scopeWith = (...teams: readonly string[]): Scope =>
  compileScope(schema, profile, { id: 'ann', name: 'Ann', teams, roles: [] }, 0)

let storage: Storage
afterEach(() => storage.close())

const COMMIT = 'c'.repeat(16)
const fill = async (count: number, ownerid: string): Promise<void> => {
  storage = await openSqliteStorage({ path: ':memory:', newId: () => COMMIT })
  const records = Array.from({ length: count }, (_, n): StoredRecord => {
    const rev = n + 1
    const fields = { title: `job ${n}`, ownerid }
    const bytes = freshDocument(fields, 256)
    const history = { commit: COMMIT, changed: rev, incarnation: COMMIT, columns: {}, recent: [], settled: {} }
    const row = { table: 'job', id: `J${n}`, rev, deleted: false, purged: false, json: JSON.stringify(fields) }
    return { ...row, envelope: packEnvelope({ rev, bytes, ...history }) }
  })
  await storage.commit({}, () => ({ result: undefined, head: { rev: count, commit: COMMIT }, records }))
}

interface Asked {
  readonly questions: Questions
  readonly sent: readonly Down[]
  readonly closed: readonly string[]
}

/** @param room told of each step that wants to send */
const openQuestions = (scope: () => Scope, room: () => Promise<void>, asked: Storage = storage): Asked => {
  const sent: Down[] = []
  const closed: string[] = []
  const send = (frame: Uint8Array): void => void sent.push(decodeDown(frame))
  const questions = createQuestions({
    ...{ storage: asked, lens: createLens(), lists: createRowLists(), now: () => 0, scope, room },
    pause: async () => {},
    send,
    sendCounted: send,
    close: reason => closed.push(reason),
    fail: error => {
      throw error
    },
  })
  return { questions, sent, closed }
}
const everything = { table: 'job', splits: [], leaves: [{ ...root, rows: [] }] }

test('[SE1] found by a review: where rights are lost in mid-question nothing more of it is sent', async () => {
  await fill(limits.pageRows * 3, 'red')
  let present = scopeWith('red')
  let steps = 0
  const { questions, sent, closed } = openQuestions(
    () => present,
    async () => {
      // the device makes room for the second page after its person has left the team
      if (++steps === 2) present = scopeWith()
    },
  )
  await questions.ask(everything)
  expect(sent.map(each => (each.type === 'changes' ? each.rows.length : each.type))).toEqual([limits.pageRows])
  expect(closed).toEqual(['busy'])
})

test('found by a review: a row told gone while a question reads it is not sent after that', async () => {
  await fill(1, 'ann')
  const scope = scopeWith()
  let reads = 0
  const slow: Storage = {
    ...storage,
    snapshot: async read => {
      const found = await storage.snapshot(read)
      // what the second read found is on its way when the commit is told
      if (++reads === 2) {
        await storage.commit({}, () => ({
          result: undefined,
          head: { rev: 2, commit: COMMIT },
          records: [
            { table: 'job', id: 'J0', rev: 2, deleted: true, purged: true, json: '{}', envelope: new Uint8Array() },
          ],
        }))
        questions.told([keyOf({ table: 'job', id: 'J0' })])
      }
      return found
    },
  }
  const { questions, sent } = openQuestions(
    () => scope,
    async () => {},
    slow,
  )
  await questions.ask(everything)
  expect(sent.map(({ type }) => type)).toEqual(['compared'])
})
