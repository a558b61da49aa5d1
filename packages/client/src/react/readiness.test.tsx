// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { confirmed, rowChange, type schema } from '../device/device.fixture.ts'
import { drawn, opened, watching, within } from './draw.fixture.ts'
import { hooksFor } from './records.ts'

const { useReady, useReadyAll } = hooksFor<typeof schema>()
const missing = (record: string, why: string): unknown => ({
  complete: false,
  missing: [{ table: 'task', record, why }],
})

describe('useReady', () => {
  it('is drawn when a record has become ready or is no more, and for nothing else that happens to it', async () => {
    const script = await opened()
    const { Watch, seen } = watching(() => useReady('task', 'A'))
    const page = await drawn(within(script, <Watch />))
    await page.after(() => script.device.table('task').update('A', { hours: 3 }))
    await page.after(() => script.say(rowChange('B', confirmed('B', 8, { title: 'belt', hours: 1 }))))
    await page.after(() => script.device.offline.turnOn())
    expect(seen).toEqual([{ complete: true }])
    await page.after(() => script.device.table('task').delete('A'))
    expect(seen).toEqual([{ complete: true }, missing('A', 'deleted')])
  })

  it('says of another record at once what is true of that one', async () => {
    const script = await opened()
    let id = 'A'
    const { Watch, seen } = watching(() => useReady('task', id))
    const page = await drawn(within(script, <Watch />))
    id = 'Z'
    await page.draw(within(script, <Watch />))
    expect(seen).toEqual([{ complete: true }, missing('Z', 'outside')])
  })
})

describe('useReadyAll', () => {
  it('is of all that a query selects, whichever object it is written as', async () => {
    const script = await opened()
    const { Watch, seen } = watching(() => useReadyAll('task', { where: { hours: { ge: 1 } } }))
    const page = await drawn(within(script, <Watch />))
    await page.after(() => script.device.table('task').update('C', { hours: 5 }))
    expect(seen).toEqual([{ complete: true }])
    await page.after(() => script.device.cache.clear())
    expect(seen.at(-1)).toEqual({
      complete: false,
      missing: [
        { table: 'task', why: 'not-downloaded' },
        { table: 'task', record: 'C', why: 'not-downloaded' },
      ],
    })
  })
})
