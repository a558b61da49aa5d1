import { describe, expect, it } from 'vitest'
import { answers, at, confirmed, openScript, type Script, welcome } from '../device/device.fixture.ts'
import { inspect, inspectRecord, inspectRecordIn, inspectStore } from './inspect.ts'
import { recordSections, sectionsOf, sectionText } from './sections.ts'

/** Nothing but values of records, tokens and words of others says this. */
const CANARY = 'canary'

/** where it is said */
const saidIn = (text: string): readonly string[] => [...text.matchAll(/.{0,40}canary.{0,20}/g)].map(([found]) => found)

/** Everything there is to be inspected, as data and as people read it. */
const shown = async ({ device, store }: Script, values: boolean): Promise<string> => {
  const asked = { values }
  const whole = [await inspect(device, asked), await inspectStore(store, 0, asked)]
  const records = ['A', 'B', 'C', 'N', 'P', 'Q']
  const single = [
    ...records.map(id => inspectRecord(device, 'task', id, asked)),
    ...(await Promise.all(records.map(id => inspectRecordIn(store, 'task', id, asked)))),
  ]
  const text = [...whole.flatMap(sectionsOf), ...single.flatMap(recordSections)].map(sectionText)
  return JSON.stringify([whole, single, text])
}

/** Values in every place where a device keeps any. */
const laid = async (): Promise<Script> => {
  const script = await openScript(undefined, undefined, {
    token: `${CANARY}.token`,
    url: 'https://relay.example',
    fetch: async () => Response.json({ id: 'P', rev: 3, values: { taskid: 'P', title: `${CANARY} pinned` } }),
  })
  const { device, say, settle } = script
  const rows = ['A', 'B', 'C', 'Q'].map(
    (id, rev) => [id, confirmed(id, 5 + rev, { title: `${CANARY} ${id}` })] as const,
  )
  await script.greet(Object.fromEntries(rows))
  const tasks = device.table('task')
  await device.pins.add('tomorrow', 'task', { ids: ['P'] })
  for (const id of ['A', 'B', 'C', 'Q']) await tasks.update(id, { title: `${CANARY} new ${id}`.slice(0, 20) })
  await tasks.create({ taskid: 'N', title: `${CANARY} created` })
  await device.drafts.keep('form', { table: 'task', values: { title: `${CANARY} draft` } })
  await settle()
  const edits = new Map(script.pushed().map(({ record, id }) => [record, id]))
  const theirs = { theirs: { title: `${CANARY} theirs` }, theirsDeleted: false, rev: 9 }
  await say(
    answers(
      { edit: edits.get('A')!, answer: { status: 'rejected', code: 'rule', message: `${CANARY} is closed` } },
      { edit: edits.get('B')!, answer: { status: 'held', by: edits.get('B')!, question: theirs } },
      { edit: edits.get('C')!, answer: { status: 'lost', rev: 10, to: 6, conflict: 'serverWins' } },
    ),
    // Left the scope, and still read by its author.
    { type: 'changes', at: at(11), rows: [], gone: [{ table: 'task', id: 'Q', why: 'left' }], answers: [] },
    { type: 'refusal', code: 4401, reason: 'unauthenticated', message: `${CANARY} has expired`, fix: 'sign in again' },
  )
  return script
}

describe('what the inspector shows without being asked for values', () => {
  it('is no value of a record, no token and no word of others, whatever the device keeps', async () => {
    const script = await laid()
    expect(saidIn(await shown(script, false))).toEqual([])
    const asked = await shown(script, true)
    for (const seen of ['A', 'new B', 'created', 'pinned', 'has expired'])
      expect(asked.includes(`${CANARY} ${seen}`), seen).toBe(true)
    expect(asked.includes(`${CANARY}.token`), 'a token is no value of a record').toBe(false)
  })

  it('is no unsent work of a user who was removed, also where he is asked for values', async () => {
    const script = await openScript()
    await script.greet()
    await script.lose()
    await script.device.table('task').create({ title: `${CANARY} created` })
    script.device.connect()
    await script.pass(60_000)
    await script.say({ ...welcome(9), time: script.relayTime(), removed: { export: true } })
    const [edit] = script.pushed()
    await script.say(
      answers({ edit: edit!.id, answer: { status: 'rejected', code: 'not-permitted', message: 'removed' } }),
    )
    expect(script.device.removed.current?.unsent).toContain(CANARY)
    const { session } = await inspect(script.device, { values: true })
    expect(session?.removed).toEqual({ at: script.device.removed.current!.at })
    for (const values of [false, true]) expect(saidIn(await shown(script, values))).toEqual([])
  })
})
