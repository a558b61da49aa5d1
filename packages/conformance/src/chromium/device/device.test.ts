import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumLacking, launchChromium } from '../chromium.ts'
import { servePage } from '../page-server.ts'
import { deviceTests, inBrowser, testPath } from './bundle.ts'
import type {} from './vitest.page.ts'

const skipped = chromiumLacking === undefined ? '' : ` (skipped: ${chromiumLacking})`

describe.skipIf(skipped !== '')(`tests of a device in Chromium, over its IndexedDB${skipped}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  afterAll(() => browser?.close())

  it.each(deviceTests)(
    '%s',
    async name => {
      const server = await servePage(testPath(name), {}, { plugins: [inBrowser] })
      const context = await browser.newContext()
      try {
        const page = await context.newPage()
        const troubles: string[] = []
        page.on('pageerror', error => troubles.push(error.message))
        await page.goto(server.origin)
        await page.waitForFunction(() => globalThis.runTests !== undefined)
        const ran = await page.evaluate(() => globalThis.runTests())
        const databases = await page.evaluate(async () => (await indexedDB.databases()).length)
        expect(ran.filter(({ fault }) => fault !== undefined)).toEqual([])
        expect(troubles).toEqual([])
        expect(Math.min(ran.length, databases)).toBeGreaterThan(0)
      } finally {
        await context.close()
        await server.close()
      }
    },
    60_000,
  )
})
