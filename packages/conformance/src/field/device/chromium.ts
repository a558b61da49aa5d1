import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { launchChromium } from '../../chromium/chromium.ts'
import { servePage } from '../../chromium/page-server.ts'
import type { Place } from './place.ts'
import { answerIn, type Question, type Reply } from './question.ts'

const PAGE = fileURLToPath(new URL('chromium.page.ts', import.meta.url))

export interface ChromiumPlace extends Place {
  /** of the page: the relay has to let it connect */
  readonly origin: string
}

/** Devices in a page of a browser, each over an IndexedDB of its own: when the page is closed, all of them end. */
export const chromiumPlace = async (): Promise<ChromiumPlace> => {
  const server = await servePage(PAGE)
  const browser = await launchChromium()
  const context = await browser.newContext()
  let page: Promise<OpenPage> | undefined

  const newPage = async (): Promise<OpenPage> => {
    const opened = await context.newPage()
    const errors: string[] = []
    opened.on('pageerror', error => errors.push(error.stack ?? error.message))
    await opened.goto(server.origin)
    await opened.waitForFunction(() => 'fieldDesk' in globalThis)
    return { page: opened, errors }
  }
  return {
    origin: server.origin,
    open: async (device, opened) => {
      const here = await (page ??= newPage())
      const ask = async (name: Question['ask'], what: readonly unknown[]): Promise<unknown> => {
        // What was killed needs no closing.
        if (name === 'close' && here.page.isClosed()) return undefined
        const question: Question = { device, ask: name, with: what }
        const reply = await here.page.evaluate(text => globalThis.fieldDesk(text), JSON.stringify(question))
        const [error] = here.errors.splice(0)
        if (error !== undefined) throw new Error(`uncaught in the page of the devices: ${error}`)
        return answerIn(JSON.parse(reply) as Reply)
      }
      await ask('open', [opened])
      return {
        ask,
        kill: async () => {
          page = undefined
          await here.page.close()
        },
      }
    },
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}

interface OpenPage {
  readonly page: Page
  /** nobody has been told of yet */
  readonly errors: string[]
}
