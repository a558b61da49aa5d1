import { describe, expect, it } from 'vitest'
import { confirmed, openScript, rowChange, type Script, welcome } from '../device/device.fixture.ts'
import type { CacheState } from './cache-state.ts'

const HOUR = 3_600_000
const rows = { A: confirmed('A', 5, { title: 'pump', hours: 2 }) }

const away = async (more: { readonly cacheHours?: number } = {}): Promise<Script> => {
  const script = await openScript()
  await script.greet(rows, more)
  script.device.disconnect()
  return script
}

/** Passes hours one by one, as a device that is on does. */
const hours = async (script: Script, count: number): Promise<void> => {
  for (let passed = 0; passed < count; passed++) await script.pass(HOUR)
}

const title = (script: Script): unknown => script.device.table('task').get('A')?.title

describe('the life of a cache', () => {
  it('[CA1] it expires 48 h after the last refresh, or when the administrator says, and not an hour earlier', async () => {
    for (const cacheHours of [undefined, 6, 100]) {
      const script = await away(cacheHours === undefined ? {} : { cacheHours })
      await hours(script, (cacheHours ?? 48) - 1)
      expect(title(script)).toBe('pump')
      await hours(script, 1)
      expect(script.device.cache.current).toEqual({ state: 'expired' })
      expect(title(script)).toBeUndefined()
    }
  })

  it('[CA1] a device that was closed when its time ended opens with nothing to read', async () => {
    const script = await away()
    await script.device.close()
    const later = await openScript(script.disk, store => store, { after: 49 * HOUR })
    expect(later.device.cache.current).toEqual({ state: 'expired' })
    expect(title(later)).toBeUndefined()
  })

  it('[CA2] reminders are given 12 h, 4 h, 1 h and a quarter before the end, each once; a refresh starts anew', async () => {
    const script = await away()
    const told: CacheState[] = []
    script.device.cache.subscribe(state => told.push(state))
    for (let quarter = 0; quarter < 48 * 4; quarter++) await script.pass(HOUR / 4)
    expect(told.map(cache => (cache.state === 'expiring' ? cache.left / HOUR : cache.state))).toEqual([
      12,
      4,
      1,
      0.25,
      'expired',
    ])
    await script.greet(rows)
    expect(script.device.cache.current.state).toBe('fresh')
    expect(title(script)).toBe('pump')
    script.device.disconnect()
    await hours(script, 47)
    expect(title(script)).toBe('pump')
  })

  it('[CA2] while live the clock does not run', async () => {
    const script = await openScript()
    await script.greet(rows)
    for (let quarter = 0; quarter < 100 * 4; quarter++) {
      await script.pass(HOUR / 4 - 1_000)
      await script.say({ type: 'pong', time: script.relayTime() })
      await script.pass(1_000)
      await script.say({ type: 'pong', time: script.relayTime() })
    }
    expect(script.device.link.current.state).toBe('live')
    expect(script.device.cache.current.state).toBe('fresh')
    script.device.disconnect()
    await hours(script, 47)
    expect(script.device.cache.current).toMatchObject({ state: 'expiring', left: HOUR })
    expect(title(script)).toBe('pump')
  })

  it('[CA3] expired: records cannot be read or changed, own work stays and can go on, and a sync opens it again', async () => {
    const script = await away()
    const tasks = script.device.table('task')
    const open = tasks.query({ where: { hours: 2 } })
    await tasks.update('A', { title: 'mine' })
    const own = await tasks.create({ title: 'new', hours: 2 })
    let told: readonly { readonly taskid: string }[] = open.current
    open.subscribe(found => {
      told = found
    })
    await hours(script, 48)
    expect(tasks.get('A')).toBeUndefined()
    expect(tasks.missing('A')).toBe('expired')
    expect(told.map(({ taskid }) => taskid)).toEqual([own])
    await expect(tasks.update('A', { title: 'x' })).rejects.toMatchObject({ code: 'expired', record: 'A' })
    await expect(tasks.delete('A')).rejects.toMatchObject({ code: 'expired' })
    await tasks.update(own, { hours: 3 })
    expect(script.device.outbox.current.map(({ record }) => record)).toEqual(['A', own, own])
    script.disk.crash()
    const again = await openScript(script.disk, store => store, { after: 48 * HOUR })
    expect(title(again)).toBeUndefined()
    expect(again.device.outbox.current).toHaveLength(3)
    again.device.connect()
    await again.settle()
    // A welcome is no refresh: it opens nothing yet.
    await again.say({ ...welcome(5), time: again.relayTime() })
    expect(title(again)).toBeUndefined()
    await again.lose()
    await again.pass(30_000)
    await again.greet(rows)
    expect(title(again)).toBe('mine')
  })

  it('[CA7] a clock set back, again and again, wins no time', async () => {
    const script = await away()
    // Looks that came while a timer was under way know of nothing since the last: an hour at the most.
    for (let passed = 0; passed < 49 * 6; passed++) {
      if (passed < 48 * 6) expect(title(script)).toBe('pump')
      await script.pass(HOUR / 6)
      await script.pass(0, -HOUR / 6)
    }
    expect(script.device.cache.current).toEqual({ state: 'expired' })
  })

  it("[CA7] a clock that stands still wins no time past the relay's word, though nothing was refreshed", async () => {
    const script = await away()
    await script.pass(49 * HOUR, 0)
    expect(title(script)).toBe('pump')
    script.device.connect()
    await script.settle()
    await script.say({ ...welcome(5), time: script.relayTime() })
    expect(script.device.cache.current).toEqual({ state: 'expired' })
  })

  it('[CA7] a clock far ahead does not expire what the relay confirms as fresh, and counts from there', async () => {
    const script = await openScript()
    await script.pass(0, 1_000 * 24 * HOUR)
    await script.greet(rows)
    expect(script.device.cache.current.state).toBe('fresh')
    script.device.disconnect()
    await hours(script, 47)
    expect(title(script)).toBe('pump')
    await hours(script, 1)
    expect(title(script)).toBeUndefined()
  })

  it('a change while live counts as a refresh too: a busy device is never asked whether it is there', async () => {
    const script = await openScript()
    await script.greet(rows)
    for (let minute = 0; minute < 60; minute++) {
      await script.pass(HOUR)
      await script.say(rowChange('A', confirmed('A', 6 + minute, { title: 'pump', hours: minute })))
    }
    expect(title(script)).toBe('pump')
  })
})
