import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chromiumLacking } from './chromium.ts'
import type { TabsPage } from './tabs.page.ts'
import { openTabsRig, type TabsRig } from './tabs.rig.ts'

const skipped = chromiumLacking === undefined ? '' : ` (skipped: ${chromiumLacking})`
const LIMIT = 150_000
const MB = 1_000_000

describe.skipIf(skipped !== '')(`little room in Chromium${skipped}`, () => {
  let rig: TabsRig
  let room: (bytes: number) => Promise<void>
  beforeEach(async () => {
    rig = await openTabsRig()
    await rig.start()
    // The limit lasts as long as the page that was given it.
    const page = await rig.page()
    const devtools = await page.context().newCDPSession(page)
    const { origin } = new URL(page.url())
    room = bytes => devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: bytes }).then(() => {})
  }, LIMIT)
  afterEach(() => rig?.close())

  const stateOf = (tab: Page): Promise<ReturnType<TabsPage['state']>> => tab.evaluate(() => globalThis.tabsPage.state())

  /** Saves ever smaller jobs, until there is no room for the smallest. @returns those that were saved, and what was said of the last */
  const fill = (tab: Page, sizes: readonly number[]): Promise<{ readonly saved: string[]; readonly fault: string }> =>
    tab.evaluate(async notes => {
      const saved: string[] = []
      let fault = ''
      for (const note of notes) {
        for (fault = ''; fault === '';) {
          const id = `job-${saved.length}`
          try {
            await globalThis.tabsPage.save(id, note)
            saved.push(id)
          } catch (error) {
            fault = (error as Error).message
          }
        }
      }
      return { saved, fault }
    }, sizes)

  it(
    'what finds no room is not saved and says so; all that was saved is there and is sent, before any room is made',
    async () => {
      await room(6 * MB)
      const one = await rig.tab()
      await rig.office('brought', 10)
      await one.evaluate(() => globalThis.tabsPage.firstSync())
      await expect.poll(async () => (await stateOf(one)).jobs).toEqual(['brought'])
      await one.evaluate(() => globalThis.tabsPage.connect(false))
      const { saved, fault } = await fill(one, [100_000, 5_000, 0])
      expect(fault).toBe('full: there is no room left on this device; nothing was saved')
      expect(saved.length).toBeGreaterThan(20)
      const full = await stateOf(one)
      expect(full.status).toMatch(/^There is no room left on this device; nothing was saved/)
      expect([full.jobs.toSorted(), full.outbox.toSorted()]).toEqual([
        ['brought', ...saved].toSorted(),
        saved.toSorted(),
      ])
      await one.close()
      const two = await rig.page()
      await two.evaluate(options => globalThis.tabsPage.open(options), rig.opening)
      const again = await stateOf(two)
      expect(again.jobs.toSorted()).toEqual(['brought', ...saved].toSorted())
      await rig.drained(two)
      expect(saved.filter(id => rig.created().get(id) !== 1)).toEqual([])
      expect(rig.troubles).toEqual([])
    },
    LIMIT,
  )

  it(
    'a first sync that finds no room says so and is not called ready; with room it goes on by itself',
    async () => {
      await Promise.all(Array.from({ length: 50 }, (_, n) => rig.office(`big-${n}`, 100_000)))
      await room(5 * MB)
      const tab = await rig.tab()
      await expect
        .poll(async () => (await stateOf(tab)).status, { timeout: 40_000 })
        .toMatch(/there is no room left on this device/i)
      expect(await stateOf(tab)).toMatchObject({ ready: false, jobs: [] })
      await room(50 * MB)
      await expect.poll(async () => (await stateOf(tab)).ready, { timeout: 60_000 }).toBe(true)
      expect((await stateOf(tab)).jobs).toHaveLength(50)
      expect((await stateOf(tab)).status).toBe('Connected, and up to date.')
    },
    LIMIT,
  )

  it(
    'what comes later and finds no room leaves what was here, and what is done here is saved and sent',
    async () => {
      await rig.office('before', 10)
      await room(5 * MB)
      const tab = await rig.tab()
      await tab.evaluate(() => globalThis.tabsPage.firstSync())
      for (let n = 0; n < 50; n++) await rig.office(`big-${n}`, 100_000)
      await expect
        .poll(async () => (await stateOf(tab)).status, { timeout: 40_000 })
        .toMatch(/there is no room left on this device for what the relay sends/i)
      await tab.evaluate(() => globalThis.tabsPage.save('mine', 10_000))
      expect((await stateOf(tab)).jobs).toEqual(expect.arrayContaining(['before', 'mine']))
      await expect.poll(() => rig.created().get('mine'), { timeout: 30_000 }).toBe(1)
      await room(50 * MB)
      await expect.poll(async () => (await stateOf(tab)).jobs.length, { timeout: 60_000 }).toBe(52)
      await rig.drained(tab)
    },
    LIMIT,
  )
})
