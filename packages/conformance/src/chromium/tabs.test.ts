import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumLacking } from './chromium.ts'
import { openTabsRig, saveIn, type TabsRig, untilLeads } from './tabs.rig.ts'
import { runStorm } from './tabs.storm.ts'

const skipped = chromiumLacking === undefined ? '' : ` (skipped: ${chromiumLacking})`
const LIMIT = 60_000

describe.skipIf(skipped !== '')(`many tabs in Chromium${skipped}`, () => {
  let rig: TabsRig
  beforeAll(async () => {
    rig = await openTabsRig()
    await rig.start()
  }, LIMIT)
  afterAll(() => rig?.close())

  const closeAll = async (...tabs: readonly Page[]): Promise<void> => {
    await Promise.all(tabs.map(tab => tab.close()))
  }
  const leads = (tab: Page): Promise<boolean> => tab.evaluate(() => globalThis.tabsPage.leads())

  it(
    'one leads; what any of them saves is in all of them, and at the relay once',
    async () => {
      const [one, two, three] = [await rig.tab(), await rig.tab(), await rig.tab()]
      await three.evaluate(() => globalThis.tabsPage.firstSync())
      expect(await Promise.all([one, two, three].map(leads))).toEqual([true, false, false])
      await Promise.all([saveIn(one, 'by-one'), saveIn(two, 'by-two'), saveIn(three, 'by-three')])
      await rig.drained(one, two, three)
      const created = rig.created()
      expect(['by-one', 'by-two', 'by-three'].map(id => created.get(id))).toEqual([1, 1, 1])
      await closeAll(one, two, three)
    },
    LIMIT,
  )

  it.each(['closed', 'crashed'] as const)(
    'a leader that is %s is followed at once',
    async how => {
      const [one, two] = [await rig.tab(), await rig.tab()]
      await two.evaluate(() => globalThis.tabsPage.firstSync())
      const devtools = await one.context().newCDPSession(one)
      const saved = saveIn(two, `while-${how}`)
      if (how === 'closed') await one.close()
      // The renderer dies, and its answer with it.
      else await Promise.race([devtools.send('Page.crash').catch(() => {}), new Promise(done => setTimeout(done, 500))])
      const took = await untilLeads(two)
      await saved
      expect(took).toBeLessThan(2_000)
      await saveIn(two, `after-${how}`)
      await rig.drained(two)
      expect([rig.created().get(`while-${how}`), rig.created().get(`after-${how}`)]).toEqual([1, 1])
      await two.close()
      if (how === 'crashed') await one.close()
    },
    LIMIT,
  )

  it.each(['frozen', 'paused'] as const)(
    'a leader that is %s is followed within 5 s; awake again it follows, and what it saves comes once',
    async how => {
      const [one, two] = [await rig.tab(), await rig.tab()]
      await two.evaluate(() => globalThis.tabsPage.firstSync())
      const devtools = await one.context().newCDPSession(one)
      if (how === 'frozen') await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
      else {
        await devtools.send('Debugger.enable')
        await devtools.send('Debugger.pause')
      }
      const took = await saveIn(two, `while-${how}`)
      expect(took).toBeLessThan(5_000)
      expect(await leads(two)).toBe(true)
      if (how === 'frozen') await devtools.send('Page.setWebLifecycleState', { state: 'active' })
      else {
        await devtools.send('Debugger.resume')
        await devtools.send('Debugger.disable')
      }
      await saveIn(one, `thawed-${how}`)
      expect(await Promise.all([one, two].map(leads))).toEqual([false, true])
      await rig.drained(one, two)
      expect([rig.created().get(`while-${how}`), rig.created().get(`thawed-${how}`)]).toEqual([1, 1])
      await closeAll(one, two)
    },
    LIMIT,
  )

  it(
    'an upgrade by a second tab while the others write: they let go and say so, the new one opens soon and has what they saved',
    async () => {
      const [one, two] = [await rig.tab(), await rig.tab()]
      await two.evaluate(() => globalThis.tabsPage.firstSync())
      await Promise.all(
        [one, two].map((tab, at) => tab.evaluate(name => globalThis.tabsPage.work(name), `upgrade-${at}`)),
      )
      await expect.poll(() => rig.claimed.size).toBeGreaterThan(20)
      const newer = await rig.page()
      const took = await newer.evaluate(options => globalThis.tabsPage.open(options), { ...rig.opening, newer: true })
      expect(took).toBeLessThan(3_000)
      for (const old of [one, two]) {
        await expect
          .poll(() => old.evaluate(() => globalThis.tabsPage.state()))
          .toMatchObject({ link: 'offline', fault: 'gone' })
        await expect(saveIn(old, 'too-late')).rejects.toThrow('gone: another window updated or removed this store')
      }
      expect(await leads(newer)).toBe(true)
      await saveIn(newer, 'after-upgrade')
      await rig.drained(newer)
      const created = rig.created()
      expect([...rig.claimed, 'after-upgrade'].filter(id => created.get(id) !== 1)).toEqual([])
      expect([...created.values()].filter(times => times !== 1)).toEqual([])
      expect(rig.troubles).toEqual([])
      await closeAll(one, two, newer)
    },
    LIMIT,
  )
})

describe.skipIf(skipped !== '')(`storms over tabs in Chromium${skipped}`, () => {
  it(
    'the browser is killed 5 times and four tabs are opened and closed 3 times: no save is lost, none comes twice',
    async () => {
      const { breaches, saved, takeovers, lost } = await runStorm({ seed: 1, kills: 5, rounds: 3 })
      // Chromium 156 comes back without the database about once in 60 kills; plain IndexedDB without a line of ours does too.
      if (lost.databases > 0) console.warn(`the browser lost ${lost.databases} whole databases, ${lost.saves} saves`)
      expect(breaches).toEqual([])
      expect(saved).toBeGreaterThan(50)
      expect(Math.max(...takeovers)).toBeLessThan(5_000)
    },
    3 * LIMIT,
  )
})
