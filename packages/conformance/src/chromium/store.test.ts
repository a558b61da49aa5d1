import { fileURLToPath } from 'node:url'
import { SMALL_ROOM, storeCases } from '@rejoin/client/store-cases'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumLacking, launchChromium } from './chromium.ts'
import { servePage } from './page-server.ts'
import type { PageServer } from './page-server.ts'
import type {} from './store.page.ts'

const skipped = chromiumLacking === undefined ? '' : ` (skipped: ${chromiumLacking})`

describe.skipIf(skipped !== '')(`IndexedDB in Chromium keeps the store contract${skipped}`, () => {
  let browser: Browser
  let context: BrowserContext
  let server: PageServer
  let page: Page
  let smallPage: Page

  const openPage = async (within: BrowserContext, room?: number): Promise<Page> => {
    const opened = await within.newPage()
    if (room !== undefined) {
      const devtools = await within.newCDPSession(opened)
      await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: room })
    }
    await opened.goto(server.origin)
    await opened.waitForFunction(() => globalThis.storePage !== undefined)
    return opened
  }

  beforeAll(async () => {
    server = await servePage(fileURLToPath(new URL('store.page.ts', import.meta.url)))
    browser = await launchChromium()
    context = await browser.newContext()
    page = await openPage(context)
    // Chromium remembers the room of a profile's origin for seconds: the limit must be there before its first use.
    smallPage = await openPage(await browser.newContext(), SMALL_ROOM * 1.5)
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  it.for(storeCases.map(({ title, needs }) => [title, needs] as const))('%s', async ([title, needs]) => {
    await (needs === 'openSmall' ? smallPage : page).evaluate(one => globalThis.storePage.runCase(one), title)
  })

  it('a store that another window deletes says gone, and the window is not held up', async () => {
    const other = await openPage(context)
    await page.evaluate(() => globalThis.storePage.open('shared'))
    expect(await page.evaluate(() => globalThis.storePage.commit('shared'))).toBe('committed')
    await other.evaluate(() => globalThis.storePage.remove('shared'))
    expect(await page.evaluate(() => globalThis.storePage.commit('shared'))).toBe('gone')
    await other.close()
  })
})
