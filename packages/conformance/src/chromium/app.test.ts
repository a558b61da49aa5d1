import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import {
  createRelay,
  environmentEntries,
  LOCAL_ORIGINS,
  openDevelopmentIssuer,
  openSqliteStorage,
  type Serving,
  serveRelay,
} from '@rejoin/server'
import type { Browser } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { worldUnder } from '../proofs/world.ts'
import { chromiumLacking, launchChromium } from './chromium.ts'
import { type PageServer, servePage } from './page-server.ts'

const skipped = chromiumLacking === undefined ? '' : ` (skipped: ${chromiumLacking})`

describe.skipIf(skipped !== '')(`an app in Chromium${skipped}`, () => {
  let browser: Browser
  let server: PageServer | undefined
  let relay: Serving | undefined
  let token: string

  beforeEach(async () => {
    const storage = await openSqliteStorage({ path: ':memory:', newId: () => randomBytes(8).toString('hex') })
    await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(worldUnder('clientWins')) }))
    const issuer = await openDevelopmentIssuer(storage)
    relay = await serveRelay(await createRelay({ storage, issuer, origins: LOCAL_ORIGINS }), { port: 0 })
    token = await issuer.token('mia')
    const source = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
    server = await servePage(source('app.page.ts'), { '/worker.js': source('app.worker.ts') })
    browser = await launchChromium()
  }, 60_000)
  const closeServers = async (): Promise<void> => {
    await server?.close()
    await relay?.close()
    server = relay = undefined
  }
  afterEach(async () => {
    await browser?.close()
    await closeServers()
  })

  it('[FS8] after the first sync it opens and works with no network from the first byte', async () => {
    const [{ url }, { origin }] = [relay!, server!]
    const created = await fetch(`${url}/api/tables/workorder`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'W1', values: { title: 'Pump' } }),
    })
    expect(created.status).toBe(201)
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${origin}/?relay=${encodeURIComponent(url)}&token=${token}`)
    await page.waitForFunction(() => document.title === 'Pump')
    await page.close()
    await closeServers()
    const offline = await context.newPage()
    await offline.goto(`${origin}/orders/W1?title=Mended`)
    await offline.waitForFunction(() => document.title === 'Mended')
    await offline.close()
    const again = await context.newPage()
    await again.goto(origin)
    await again.waitForFunction(() => document.title === 'Mended')
  }, 60_000)
})
