import { afterEach, describe, expect, it, vi } from 'vitest'
import { confirmed, openScript } from '../device/device.fixture.ts'
import { browserStorage } from './browser.ts'
import { readMark } from './loss.ts'

/** A localStorage that holds so many characters, as browsers do. */
const shelfOf = (room: number): { room: number; readonly kept: Map<string, string> } => {
  const shelf = { room, kept: new Map<string, string>() }
  vi.stubGlobal('navigator', {})
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => shelf.kept.get(key) ?? null,
    removeItem: (key: string) => void shelf.kept.delete(key),
    setItem: (key: string, text: string) => {
      const others = [...shelf.kept].filter(([each]) => each !== key).reduce((sum, [, each]) => sum + each.length, 0)
      if (others + text.length > shelf.room) throw new DOMException('full', 'QuotaExceededError')
      shelf.kept.set(key, text)
    },
  })
  return shelf
}

const rows = { A: confirmed('A', 5, { title: 'pump', hours: 2 }) }

afterEach(() => vi.unstubAllGlobals())

describe('a browser without room for a mark', () => {
  it('opens, saves and signs out where localStorage is full, and says again what is unsent when it is not', async () => {
    const shelf = shelfOf(0)
    const script = await openScript(undefined, undefined, { storage: browserStorage('app') })
    await script.greet(rows)
    await script.device.table('task').update('A', { hours: 3 })
    await script.pass(1_000)
    expect([shelf.kept.size, script.device.storage.current.lost]).toEqual([0, undefined])
    shelf.room = 1_000
    await script.device.table('task').update('A', { hours: 4 })
    await script.pass(1_000)
    expect(readMark(shelf.kept.get('rejoin:app'))).toMatchObject({ device: script.device.id, unsent: 2 })
    shelf.room = 0
    await script.device.table('task').update('A', { hours: 5 })
    await script.pass(1_000)
    expect(shelf.kept.size, 'no mark rather than an old one').toBe(0)
    await script.device.signOut({ unsent: 'discard' })
  })

  it('opens where cookies are blocked and the very name of localStorage throws', async () => {
    shelfOf(1_000)
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('denied', 'SecurityError')
      },
    })
    vi.stubGlobal('navigator', { storage: { estimate: async () => ({ usage: 1, quota: 10 }) } })
    const storage = browserStorage('app')
    const script = await openScript(undefined, undefined, { storage })
    await script.greet(rows)
    expect(script.device.storage.current).toEqual({ persisted: false, room: { used: 1, quota: 10 } })
  })

  it('is none where there is neither a browser nor a place to keep anything', () => {
    vi.stubGlobal('navigator', {})
    vi.stubGlobal('localStorage', undefined)
    expect(browserStorage('app')).toBeUndefined()
  })
})
