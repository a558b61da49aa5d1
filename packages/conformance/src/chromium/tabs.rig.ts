import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { makeDatabase, TABLE } from '../crash/environment.ts'
import { readEdits, tokenFor } from '../rig/database.ts'
import { startRelayOn } from '../rig/relay.ts'
import { type BrowserProcess, startChromium } from './browser.ts'
import { servePage } from './page-server.ts'
import type {} from './tabs.page.ts'

/** A relay, and one browser in which an app is open in several tabs. */
export interface TabsRig {
  /** starts the browser on what the one before left; `cookies: 'blocked'`: its user lets no site keep data */
  start(options?: { readonly cookies?: 'blocked' }): Promise<void>
  kill(): Promise<void>
  tab(options?: { readonly newer?: boolean }): Promise<Page>
  /** a page in which nothing is opened yet */
  page(): Promise<Page>
  readonly opening: { readonly url: string; readonly token: string }
  /** ids that a tab said it had saved */
  readonly claimed: ReadonlySet<string>
  /** what a tab could not go on with */
  readonly troubles: readonly string[]
  /** how often the relay was given each job, read from its database */
  created(): ReadonlyMap<string, number>
  /** the office writes a job, with a note of so many characters, where no device is */
  office(id: string, note: number): Promise<void>
  /** resolves when no tab of these has anything unsent and each shows the same */
  drained(...tabs: readonly Page[]): Promise<void>
  close(): Promise<void>
}

const DRAIN = 20_000

export const openTabsRig = async (): Promise<TabsRig> => {
  const directory = await mkdtemp(join(tmpdir(), 'rejoin-tabs-'))
  const db = join(directory, 'relay.db')
  await makeDatabase(db)
  const [relay, server, token, officeToken] = await Promise.all([
    startRelayOn(db),
    servePage(fileURLToPath(new URL('tabs.page.ts', import.meta.url))),
    tokenFor(db, 'anna'),
    tokenFor(db, 'office'),
  ])
  const claimed = new Set<string>()
  const troubles: string[] = []
  let browser: BrowserProcess | undefined

  const page: TabsRig['page'] = async () => {
    if (browser === undefined) throw new Error('the browser is not started')
    const opened = await browser.context.newPage()
    opened.on('pageerror', error => troubles.push(error.message))
    await opened.goto(server.origin)
    await opened.waitForFunction(() => globalThis.tabsPage !== undefined)
    return opened
  }
  const opening = { url: relay.url, token }
  return {
    start: async ({ cookies } = {}) => {
      const profile = join(directory, 'profile')
      if (cookies !== undefined) await blockCookies(profile)
      browser = await startChromium(profile)
      await browser.context.exposeFunction('claim', (id: string) => void claimed.add(id))
    },
    kill: async () => {
      await browser?.kill()
      browser = undefined
    },
    page,
    tab: async ({ newer = false } = {}) => {
      const opened = await page()
      await opened.evaluate(options => globalThis.tabsPage.open(options), { ...opening, newer })
      return opened
    },
    opening,
    claimed,
    troubles,
    created: () => {
      const counts = new Map<string, number>()
      for (const { table, record, kind } of readEdits(db)) {
        if (table === TABLE && kind === 'create') counts.set(record, (counts.get(record) ?? 0) + 1)
      }
      return counts
    },
    office: async (id, note) => {
      const { ok, status } = await fetch(`${relay.url}/api/tables/${TABLE}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${officeToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ id, values: { name: id, note: randomBytes(note / 2).toString('hex') } }),
      })
      if (!ok) throw new Error(`the office could not write ${id}: ${status}`)
    },
    drained: async (...tabs) => {
      const until = performance.now() + DRAIN
      for (;;) {
        const states = await Promise.all(tabs.map(tab => tab.evaluate(() => globalThis.tabsPage.state())))
        const shown = new Set(states.map(({ jobs }) => jobs.join()))
        if (shown.size === 1 && states.every(({ outbox, link }) => outbox.length === 0 && link === 'live')) return
        if (performance.now() > until) throw new Error(`not drained: ${JSON.stringify(states).slice(0, 1_000)}`)
        await new Promise(resolve => setTimeout(resolve, 50))
      }
    },
    close: async () => {
      await browser?.kill()
      await Promise.all([relay.stop(), server.close()])
      await rm(directory, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** As the setting "block all cookies" leaves it, which means databases too. */
const blockCookies = async (profile: string): Promise<void> => {
  await mkdir(join(profile, 'Default'), { recursive: true })
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } }
  await writeFile(join(profile, 'Default/Preferences'), JSON.stringify(preferences))
}

/** Waits until this tab leads. @returns ms */
export const untilLeads = async (tab: Page): Promise<number> => {
  const began = performance.now()
  await tab.waitForFunction(() => globalThis.tabsPage.leads(), undefined, { polling: 20 })
  return performance.now() - began
}

export const saveIn = (tab: Page, id: string): Promise<number> => tab.evaluate(one => globalThis.tabsPage.save(one), id)
