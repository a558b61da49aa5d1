import { describe, expect, it } from 'vitest'
import { confirmed, openScript, type Script } from '../device/device.fixture.ts'
import { refreshed } from './freshness.ts'
import { isDueAt } from './timetable.ts'

const HOUR = 3_600_000
const rows = { A: confirmed('A', 5, { title: 'pump', hours: 2 }) }

const away = async (): Promise<Script> => {
  const script = await openScript()
  await script.greet(rows)
  script.device.disconnect()
  return script
}

/** In steps, as timers run. */
const hours = async (script: Script, count: number): Promise<void> => {
  for (let tenth = 0; tenth < count * 10; tenth++) await script.pass(HOUR / 10)
}

describe('downloads set ahead', () => {
  it('[CA6] one runs at its time, though nobody is connected, and ends when everything is here', async () => {
    const script = await away()
    const before = script.lines
    await script.device.cache.schedule([script.relayTime() + 3 * HOUR, script.relayTime() + 20 * HOUR])
    await hours(script, 2)
    expect(script.lines).toBe(before)
    await hours(script, 1)
    expect(script.lines).toBe(before + 1)
    await script.greetNow({ A: confirmed('A', 9, { title: 'new pump' }) })
    expect(script.device.table('task').get('A')).toMatchObject({ title: 'new pump' })
    expect(script.device.link.current.state).toBe('offline')
    await hours(script, 16)
    expect(script.lines).toBe(before + 1)
    await hours(script, 1)
    expect(script.lines).toBe(before + 2)
  })

  it('[CA6] one that falls into a time without a network, offline mode or a closed app is made up for', async () => {
    const script = await away()
    await script.device.cache.schedule([script.relayTime() + HOUR])
    await script.device.offline.turnOn()
    const before = script.lines
    await hours(script, 2)
    expect(script.lines).toBe(before)
    await script.device.offline.turnOff()
    await script.settle()
    expect(script.lines).toBe(before + 1)
    await script.lose()
    await script.pass(30_000)
    expect(script.lines).toBe(before + 2)
    script.disk.crash()
    const again = await openScript(script.disk, undefined, { after: 3 * HOUR })
    await again.settle()
    expect(again.lines).toBe(1)
    await again.greetNow(rows)
    expect(again.device.link.current.state).toBe('offline')
    await again.pass(30_000)
    expect(again.lines).toBe(1)
  })

  it('[CA6] is due from its time until a refresh after it', () => {
    const fresh = refreshed(0, 10)
    expect([9, 10, 11].map(time => isDueAt([time], fresh, 11))).toEqual([false, false, true])
    expect(isDueAt([12], fresh, 11)).toBe(false)
    expect(isDueAt([1], undefined, 11)).toBe(true)
    expect(isDueAt([], undefined, 11)).toBe(false)
  })
})
