import { describe, expect, it } from 'vitest'
import { confirmed, openScript, rowChange } from '../device/device.fixture.ts'

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
