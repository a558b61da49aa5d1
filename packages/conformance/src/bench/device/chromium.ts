import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CDPSession, Page } from 'playwright-core'
import { startChromium } from '../../chromium/browser.ts'
import { servePage } from '../../chromium/page-server.ts'
import type {} from './chromium.page.ts'
import { type Place, programOver } from './place.ts'

/** Devices in a browser over a profile on disk: each program is a page, each database one of the browser's. */
export const chromiumPlace = async (folder: string): Promise<Place> => {
  const server = await servePage(fileURLToPath(new URL('chromium.page.ts', import.meta.url)), {}, { isolated: true })
  const browser = await startChromium(join(folder, 'profile'))
  const opened = async (): Promise<Page> => {
    const page = await browser.context.newPage()
    await page.goto(server.origin)
    await page.waitForFunction(() => globalThis.deviceProgram !== undefined)
    return page
  }
  return {
    name: 'chromium',
    at: name => name,
    start: async () => {
      const page = await opened()
      const devtools = await browser.context.newCDPSession(page)
      return {
        ...programOver((name, args) =>
          page.evaluate(
            ([called, given]) =>
              (globalThis.deviceProgram[called] as (...args: readonly unknown[]) => Promise<unknown>)(...given),
            [name, args] as const,
          ),
        ),
        heap: () => heapOf(devtools),
        end: () => page.close(),
      }
    },
    remove: async place => {
      const page = await opened()
      await page.evaluate(name => globalThis.removeDatabase(name), place)
      await page.close()
    },
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}

/** Objects, and what buffers hold beside them. */
const heapOf = async (devtools: CDPSession): Promise<number> => {
  await devtools.send('HeapProfiler.collectGarbage')
  const usage = (await devtools.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number }
  return usage.usedSize + (usage.backingStorageSize ?? 0)
}
