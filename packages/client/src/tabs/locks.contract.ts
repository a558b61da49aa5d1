import { describe, expect, it } from 'vitest'
import type { LockPort } from './locks.ts'

/** Tabs that share locks; `leave` ends one of them. */
export type LockTab = LockPort & { leave(): void }

const settle = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5))

/** The suite that every lock port passes. */
export const lockContract = (name: string, enter: () => LockTab): void => {
  describe(`${name} keeps the lock contract`, () => {
    let names = 0
    const tabs = (): { lock: string; one: LockTab; two: LockTab; three: LockTab } => ({
      lock: `lock-${names++}`,
      one: enter(),
      two: enter(),
      three: enter(),
    })
    const holding = (
      tab: LockTab,
      lock: string,
      log: string[],
      as: string,
    ): { done: Promise<void>; release: () => void } => {
      let release = (): void => {}
      const held = new Promise<void>(resolve => (release = resolve))
      const done = tab.request(lock, {}, () => {
        log.push(as)
        return held
      })
      return { done, release: () => release() }
    }

    it('one holds it at a time, in the order of the requests', async () => {
      const { lock, one, two, three } = tabs()
      const log: string[] = []
      const first = holding(one, lock, log, 'one')
      const second = holding(two, lock, log, 'two')
      const third = holding(three, lock, log, 'three')
      await settle()
      expect(log).toEqual(['one'])
      first.release()
      await first.done
      await settle()
      expect(log).toEqual(['one', 'two'])
      second.release()
      third.release()
      await Promise.all([second.done, third.done])
      expect(log).toEqual(['one', 'two', 'three'])
    })

    it('other names are other locks', async () => {
      const { lock, one, two } = tabs()
      const log: string[] = []
      const [a, b] = [holding(one, lock, log, 'one'), holding(two, `${lock}'`, log, 'two')]
      await settle()
      expect(log).toEqual(['one', 'two'])
      a.release()
      b.release()
      await Promise.all([a.done, b.done])
    })

    it('rejects with what held threw, and lets go', async () => {
      const { lock, one, two } = tabs()
      await expect(one.request(lock, {}, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
      await two.request(lock, {}, async () => {})
    })

    it('a signal ends the waiting, not the holding', async () => {
      const { lock, one, two, three } = tabs()
      const log: string[] = []
      const first = holding(one, lock, log, 'one')
      const given = new AbortController()
      const waiting = two.request(lock, { signal: given.signal }, async () => void log.push('two'))
      const next = three.request(lock, {}, async () => void log.push('three'))
      await settle()
      given.abort()
      await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
      first.release()
      await Promise.all([first.done, next])
      const late = new AbortController()
      await one.request(lock, { signal: late.signal }, async () => {
        late.abort()
        await settle()
      })
      await expect(one.request(lock, { signal: AbortSignal.abort() }, async () => {})).rejects.toMatchObject({
        name: 'AbortError',
      })
      expect(log).toEqual(['one', 'three'])
    })

    it('stealing takes it before all who wait; the one robbed hears of it', async () => {
      const { lock, one, two, three } = tabs()
      const log: string[] = []
      const robbed = holding(one, lock, log, 'one')
      const waiting = holding(two, lock, log, 'two')
      await settle()
      let release = (): void => {}
      const thief = three.request(lock, { steal: true }, () => {
        log.push('three')
        return new Promise(resolve => (release = resolve))
      })
      await expect(robbed.done).rejects.toMatchObject({ name: 'AbortError' })
      await settle()
      expect(log).toEqual(['one', 'three'])
      robbed.release()
      await settle()
      expect(log).toEqual(['one', 'three'])
      release()
      await thief
      waiting.release()
      await waiting.done
      expect(log).toEqual(['one', 'three', 'two'])
    })

    it('stealing what nobody holds is asking for it', async () => {
      const { lock, one } = tabs()
      let held = false
      await one.request(lock, { steal: true }, async () => void (held = true))
      expect(held).toBe(true)
    })

    it('a tab that ends lets go of what it holds and waits for nothing any more', async () => {
      const { lock, one, two, three } = tabs()
      const log: string[] = []
      void holding(one, lock, log, 'one').done.catch(() => {})
      void holding(two, lock, log, 'two').done.catch(() => {})
      await settle()
      two.leave()
      one.leave()
      await three.request(lock, {}, async () => void log.push('three'))
      expect(log).toEqual(['one', 'three'])
    })
  })
}
