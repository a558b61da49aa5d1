import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chromiumLacking } from './chromium.ts'
import { openTabsRig, saveIn, type TabsRig } from './tabs.rig.ts'

const skipped = chromiumLacking === undefined ? '' : ` (skipped: ${chromiumLacking})`
const LIMIT = 60_000

describe.skipIf(skipped !== '')(`what Chromium keeps, and does not${skipped}`, () => {
  let rig: TabsRig
  beforeEach(async () => {
    rig = await openTabsRig()
  }, LIMIT)
  afterEach(() => rig?.close())

  const statusOf = (tab: Page): Promise<string> =>
    tab.evaluate(() => globalThis.tabsPage.state()).then(({ status }) => status)

  it(
    'where sites may keep no data a device works in memory, with a warning that stays',
    async () => {
      await rig.start({ cookies: 'blocked' })
      const tab = await rig.tab()
      await tab.evaluate(() => globalThis.tabsPage.firstSync())
      await saveIn(tab, 'in-memory')
      await rig.drained(tab)
      expect(rig.created().get('in-memory')).toBe(1)
      expect(await statusOf(tab)).toMatch(/^This browser keeps no data of this site: what is not sent is lost/)
      const other = await rig.tab()
      await other.evaluate(() => globalThis.tabsPage.firstSync())
      await rig.drained(tab, other)
    },
    LIMIT,
  )

  const removals: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
    'a page deletes': page =>
      page.evaluate(
        () =>
          new Promise(resolve =>
            indexedDB.deleteDatabase('tabs').addEventListener('success', () => resolve(undefined)),
          ),
      ),
    'the browser clears': async page => {
      const devtools = await page.context().newCDPSession(page)
      const { origin } = new URL(page.url())
      await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' })
    },
  }
  it.each(Object.keys(removals))(
    'a database that %s under open tabs is missed by each at once, and the next opening tells how much was not sent',
    async how => {
      await rig.start()
      const tabs = [await rig.tab(), await rig.tab()]
      await tabs[1]!.evaluate(() => globalThis.tabsPage.firstSync())
      await tabs[0]!.evaluate(() => globalThis.tabsPage.connect(false))
      for (const id of ['a', 'b', 'c']) await saveIn(tabs[1]!, id)
      // The count is written down a second after the last change.
      await new Promise(resolve => setTimeout(resolve, 1_500))
      await removals[how]!(await rig.page())
      for (const tab of tabs) {
        await expect
          .poll(() => tab.evaluate(() => globalThis.tabsPage.state()))
          .toMatchObject({ link: 'offline', fault: 'gone' })
        expect(await statusOf(tab)).toMatch(/this store/)
        await expect(saveIn(tab, 'too-late')).rejects.toThrow(/gone: /)
      }
      await Promise.all(tabs.map(tab => tab.close()))
      const next = await rig.tab()
      await next.evaluate(() => globalThis.tabsPage.firstSync())
      expect(await statusOf(next)).toMatch(
        /^Your offline data was removed by the browser; 3 unsent changes may be lost/,
      )
      expect(rig.troubles).toEqual([])
    },
    LIMIT,
  )
})
