// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { confirmed, openScript, rowChange } from '../device/device.fixture.ts'
import type { AppActions } from '../offline/actions.ts'
import { useAction, useOfflineMode, useOutbox, useProgress, useStatus } from './device.ts'
import { drawn, opened, watching, within } from './draw.fixture.ts'

describe('the device', () => {
  it('useStatus is drawn when the status says something else', async () => {
    const script = await opened()
    const { Watch, seen } = watching(useStatus)
    const page = await drawn(within(script, <Watch />))
    await page.after(() => script.say(rowChange('B', confirmed('B', 8, { title: 'belt', hours: 4 }))))
    await page.after(() => script.device.outbox.pause('meeting'))
    await page.after(() => script.device.outbox.resume('meeting'))
    expect(seen.map(({ state }) => state)).toEqual(['connected'])
    await page.after(() => script.lose())
    expect(seen.map(({ state }) => state)).toEqual(['connected', 'not-connected'])
    await page.after(() => script.device.table('task').update('A', { hours: 3 }))
    expect(seen.map(({ state }) => state)).toEqual(['connected', 'not-connected', 'pending'])
  })

  it('useOutbox keeps the entries that did not change, and what they can do works', async () => {
    const script = await opened()
    await script.lose()
    const { Watch, seen } = watching(useOutbox)
    const page = await drawn(within(script, <Watch />))
    await page.after(() => script.device.table('task').update('A', { hours: 3 }))
    await page.after(() => script.device.table('task').update('B', { hours: 3 }))
    expect(seen.map(entries => entries.length)).toEqual([0, 1, 2])
    expect(seen[2]![0]).toBe(seen[1]![0])
    await page.after(() => seen[2]![0]!.discard())
    expect(seen.at(-1)!.map(({ record }) => record)).toEqual(['B'])
    expect(seen.at(-1)![0]).toBe(seen[2]![1])
  })

  it('useProgress follows a download to its end', async () => {
    const script = await openScript()
    const { Watch, seen } = watching(useProgress)
    const page = await drawn(within(script, <Watch />))
    await page.after(() => script.greet({ A: confirmed('A', 5, { title: 'pump' }) }))
    expect(seen[0]!.phase).toBe('idle')
    expect(seen.at(-1)).toMatchObject({ phase: 'done', rows: { done: 1, total: 1 } })
  })

  it('useOfflineMode shows the setting and its dialog, and turns it on and off', async () => {
    const script = await openScript()
    const { Watch, seen } = watching(useOfflineMode)
    const page = await drawn(within(script, <Watch />))
    await page.after(() => seen.at(-1)!.turnOn())
    expect(seen.at(-1)).toMatchObject({ on: false, dialog: { step: 'asking' } })
    await page.after(() => seen.at(-1)!.cancel())
    await page.after(() => script.greet({}))
    await page.after(() => seen.at(-1)!.turnOn())
    expect(seen.at(-1)).toMatchObject({ on: true, banner: 'Offline Mode' })
    await page.after(() => seen.at(-1)!.turnOff())
    expect(seen.at(-1)).toMatchObject({ on: false, banner: undefined })
  })

  it('[OM4] useAction is absent in offline mode where anything forbids it, with the reason; dialogs do not draw it', async () => {
    const app: AppActions = {
      offline: true,
      screens: { order: { offline: true, placements: { print: { function: 'print' }, close: { function: 'close' } } } },
      functions: { print: { offline: false }, close: { offline: true } },
    }
    const script = await opened()
    const print = watching(() => useAction(app, 'order', 'print'))
    const close = watching(() => useAction(app, 'order', 'close'))
    const page = await drawn(within(script, [<print.Watch key="1" />, <close.Watch key="2" />]))
    await page.after(() => script.device.offline.cancel())
    expect(print.seen).toEqual([{ available: true }])
    await page.after(() => script.device.offline.turnOn())
    expect(print.seen.at(-1)).toMatchObject({ available: false, reasons: [{ code: 'function-forbids' }] })
    expect(close.seen.at(-1)).toEqual({ available: true })
    await page.after(() => script.device.offline.turnOff())
    expect([print.seen.length, print.seen.at(-1)]).toEqual([3, { available: true }])
  })
})
