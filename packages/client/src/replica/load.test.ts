import { describe, expect, it } from 'vitest'
import { at, confirmed, openScript, rowChange } from '../device/device.fixture.ts'

const rows = { A: confirmed('A', 5, { title: 'a' }), B: confirmed('B', 6, { title: 'b' }) }

describe('opening a store again', () => {
  it('finds the same rows, newer ones over their pages, and says so in its hello', async () => {
    const script = await openScript()
    await script.greet(rows)
    await script.say(rowChange('A', confirmed('A', 8, { title: 'newer' })))
    await script.say({
      type: 'changes',
      at: at(9),
      rows: [],
      gone: [{ table: 'task', id: 'B', why: 'deleted' }],
      answers: [],
    })
    const before = script.device.fingerprint()
    script.disk.crash()
    const again = await openScript(script.disk)
    expect(again.device.fingerprint()).toEqual(before)
    expect(
      again.device
        .table('task')
        .query()
        .current.map(({ title }) => title),
    ).toEqual(['newer'])
    again.device.connect()
    await again.settle()
    expect(again.heard()).toMatchObject([
      {
        type: 'hello',
        device: script.device.id,
        schema: 1,
        holdings: [{ state: 'complete', table: 'task', at: at(9), columnSet: '*' }],
      },
    ])
  })

  it('counts a damaged row as missing, so that the fingerprint shows it', async () => {
    const script = await openScript()
    await script.greet(rows)
    const [[key, page]] = (await script.store.scan('page')) as [[string, { rows: number; packed: Uint8Array }]]
    const packed = page.packed.slice()
    packed[packed.length - 1]! ^= 1
    await script.store.commit([{ put: 'page', key, value: { ...page, packed } }])
    const before = script.device.fingerprint()['task']!
    script.disk.crash()
    const { device } = await openScript(script.disk)
    expect(device.stats.damaged).toBe(1)
    expect(
      device
        .table('task')
        .query()
        .current.map(({ title }) => title),
    ).toEqual(['a'])
    expect(device.fingerprint()['task']).not.toEqual(before)
    expect(device.fingerprint()['task']!.rows).toBe(1)
  })
})
