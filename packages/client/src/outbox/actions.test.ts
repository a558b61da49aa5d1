import { describe, expect, it } from 'vitest'
import { answers, at, confirmed, openScript, rowChange, schema, welcome } from '../device/device.fixture.ts'

const R1 = '018bcfe5-6800-7df1-a351-000000000001'
const R2 = '018bcfe5-6800-7df1-a351-000000000002'

describe('the answer to a question', () => {
  it('[OB7] regression, let go what refers to a record that was given up: that stays its author’s to decide', async () => {
    const script = await openScript()
    const { device } = script
    const rows = { [R1]: confirmed(R1, 1, { title: 'one' }) }
    await script.greet(rows, { strategy: 'ask' })
    await device.table('task').update(R1, { title: 'mine' })
    await script.settle()
    await script.lose()
    await device.table('task').create({ taskid: R2, title: 'two' })
    await device.table('task').update(R1, { part: R2 })
    await device.outbox.current.find(({ kind }) => kind === 'create')!.discard()
    await script.pass(5000)
    script.heard()
    await script.greetNow(rows, { strategy: 'ask' })
    const edit = script.pushed()[0]!.id
    const question = { theirs: { title: 'theirs' }, theirsDeleted: false, rev: 2 }
    const held = { edit, answer: { status: 'held', by: edit, question } } as const
    await script.say(rowChange(R1, confirmed(R1, 2, { title: 'theirs' }), [held]))
    await device.outbox.current.find(each => each.question !== undefined)!.resolve('mine')
    await script.settle()
    expect(script.pushed().map(({ changes }) => changes)).toEqual([{ title: ['theirs', 'mine'] }])
    expect(device.outbox.current.at(-1)).toMatchObject({ changes: { part: [null, R2] }, error: { code: 'given-up' } })
  })
})

describe('what the ledger has of a column that is no more', () => {
  it('[CF16] regression, made an empty record where the whole record was deleted since: it is refused', async () => {
    const script = await openScript()
    const { device } = script
    await script.greet({ r1: confirmed('r1', 1, { title: 'one' }) })
    await script.lose()
    await device.table('task').update('r1', { hours: 5, done: true })
    await script.pass(5000)
    const [task] = schema.tables
    const without = { tables: [{ ...task, columns: task.columns.filter(({ name }) => name !== 'hours') }] }
    await script.say(
      { ...welcome(1), time: script.relayTime(), schemaVersion: 2, schema: without },
      { type: 'synced', at: at(1), tables: [] },
    )
    const [refused] = script.pushed()
    const why = { status: 'rejected', code: 'invalid', message: 'no column', column: 'hours' } as const
    await script.say(answers({ edit: refused!.id, answer: why }))
    const [again] = script.pushed()
    const lost = { status: 'lost', rev: 3, to: 2, conflict: 'serverWins' } as const
    await script.say({
      type: 'changes',
      at: at(3),
      rows: [],
      gone: [{ table: 'task', id: 'r1', why: 'deleted' }],
      answers: [{ edit: again!.id, answer: lost }],
    })
    const note = device.ledger.current.find(({ strategy }) => strategy === 'schema')!
    await expect(note.restore()).rejects.toMatchObject({ code: 'unknown-column', column: 'hours' })
    expect(device.outbox.current).toEqual([])
  })
})
