import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  createRelay,
  fillSample,
  LOCAL_ORIGINS,
  openDevelopmentIssuer,
  openSqliteStorage,
  sampleCommands,
  type Serving,
  serveRelay,
} from '@rejoin/server'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumLacking, launchChromium } from '../chromium/chromium.ts'
import { type AppFolder, binary, makeApp, readGuide } from './folder.ts'
import { startVite, type Vite } from './vite.ts'

const skipped = chromiumLacking === undefined ? '' : ` (skipped: ${chromiumLacking})`
const LIMIT = 60_000

let app: AppFolder
let relay: Serving
let tokens: { readonly technician: string; readonly office: string }

beforeAll(async () => {
  const storage = await openSqliteStorage({ path: ':memory:', newId: () => randomBytes(8).toString('hex') })
  await fillSample(storage, { seed: 1, now: Date.UTC(2026, 10, 20), workOrders: 500 })
  const issuer = await openDevelopmentIssuer(storage)
  const made = await createRelay({ storage, issuer, commands: sampleCommands, origins: LOCAL_ORIGINS })
  relay = await serveRelay(made, { port: 0 })
  const byRole = (role: string): string =>
    made.core
      .environment()
      .people()
      .find(({ roles }) => roles.includes(role))!.id
  tokens = { technician: await issuer.token(byRole('technician')), office: await issuer.token('olivia.brandt') }
  app = await makeApp(relay.url)
}, LIMIT)
afterAll(async () => {
  await relay?.close()
  await app?.remove()
})

it('the guide is one page, and names every package its files import', async () => {
  expect((await readGuide()).split('\n').length).toBeLessThan(300)
  const { dependencies } = JSON.parse(app.files.get('package.json')!) as { dependencies: Record<string, string> }
  const imported = [...app.files].flatMap(([name, text]) =>
    /\.tsx?$/.test(name) ? [...text.matchAll(/from '([^.'][^']*)'/g)].map(([, from]) => from!) : [],
  )
  expect(imported.length).toBeGreaterThan(5)
  for (const from of imported) expect(Object.keys(dependencies).some(each => from.startsWith(each))).toBe(true)
})

it(
  'its files are what TypeScript takes them for',
  async () => {
    await writeFile(join(app.path, 'tsconfig.json'), JSON.stringify(strict))
    await promisify(execFile)(binary('tsc'), ['-p', app.path])
  },
  LIMIT,
)

describe.skipIf(skipped !== '')(`the app of the guide in Chromium${skipped}`, () => {
  let vite: Vite
  let browser: Browser
  let context: BrowserContext
  beforeAll(async () => {
    vite = await startVite(app.path)
    browser = await launchChromium()
    context = await browser.newContext({ viewport: { width: 760, height: 520 } })
  }, LIMIT)
  afterAll(async () => {
    await browser?.close()
    await vite?.stop()
  })
  const open = async (): Promise<Page> => {
    const page = await context.newPage()
    page.on('pageerror', error => troubles.push(error.message))
    await page.goto(`${vite.origin}/#${tokens.technician}`)
    await page.locator('li').first().waitFor()
    return page
  }
  const troubles: string[] = []
  const orders = (page: Page): Promise<string[]> => page.locator('li[title]').allTextContents()
  const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name }).first().click()

  it(
    'downloads, lists, edits offline in two tabs, and has a refused entry settled by its user',
    async () => {
      const page = await open()
      await page.getByText('Connected, and up to date.').waitFor()
      expect((await orders(page)).length).toBeGreaterThan(3)
      const id = (await page.locator('li').first().getAttribute('title'))!

      await press(page, 'Start')
      await expect.poll(() => online(id)).toMatchObject({ status: 'inProgress' })

      await press(page, 'Go offline')
      await page.getByText('Offline mode', { exact: true }).waitFor()
      const other = await open()
      await press(other, 'Start')
      await page.getByText('inProgress, not sent yet').waitFor()
      const waiting = (await page.locator('li', { hasText: 'not sent yet' }).getAttribute('title'))!
      expect(waiting).not.toBe(id)
      expect(await online(waiting)).toMatchObject({ status: 'open' })

      await press(page, 'Complete')
      await expect.poll(() => page.locator(`li[title="${id}"]`).count()).toBe(0)
      await page.reload()
      await page.getByText('inProgress, not sent yet').waitFor()
      expect(await page.locator(`li[title="${id}"]`).count()).toBe(0)
      await online(id, { status: 'cancelled' })
      await press(other, 'Go online')
      await page.getByText('Not accepted: the work order is cancelled already').waitFor()
      await expect.poll(() => online(waiting)).toMatchObject({ status: 'inProgress' })
      await expect.poll(() => page.getByText('inProgress, not sent yet').count()).toBe(0)
      // What was refused had been sent.
      await page.getByText('1 change of 1 record not accepted yet').waitFor()
      await picture(page)

      await online(id, { status: 'inProgress' })
      await press(page, 'Send again')
      await page.getByText('Connected, and up to date.').waitFor()
      expect(await page.getByText('Not accepted').count()).toBe(0)
      expect(await online(id)).toMatchObject({ status: 'done', notes: 'Pump seal replaced' })
      expect(troubles).toEqual([])
    },
    LIMIT,
  )
})

it(
  'the second device, in a terminal, has what was done on the first',
  async () => {
    const [{ workorderid: id = '' } = {}] = await rows()
    await online(String(id), { status: 'done', completedOn: '2027-01-01T00:00:00.000Z', notes: 'Last of all' })
    const { stdout } = await promisify(execFile)(binary('tsx'), ['--conditions=@rejoin/source', 'second.ts'], {
      cwd: app.path,
      env: { ...process.env, REJOIN_TOKEN: tokens.technician },
    })
    expect(stdout.split('\n')[0]).toMatch(/^WO-\d+ Last of all$/)
  },
  LIMIT,
)

/** The relay's own word on a work order; changed by the office first, as the guide says. */
const online = async (id: string, values?: Readonly<Record<string, string>>): Promise<Row> => {
  const response = await fetch(`${relay.url}/api/tables/workorder/${id}`, {
    headers: { authorization: `Bearer ${tokens.office}`, 'content-type': 'application/json' },
    ...(values === undefined ? {} : { method: 'PATCH', body: JSON.stringify({ values }) }),
  })
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  return ((await response.json()) as { readonly values: Row }).values
}
type Row = Readonly<Record<string, unknown>>

/** What a technician may read, as the relay lists it. */
const rows = async (): Promise<readonly Row[]> => {
  const headers = { authorization: `Bearer ${tokens.technician}` }
  const response = await fetch(`${relay.url}/api/tables/workorder?status=open`, { headers })
  return ((await response.json()) as { readonly rows: readonly { readonly values: Row }[] }).rows.map(
    each => each.values,
  )
}

/** The picture in the guide, made anew where it is asked for. */
const picture = async (page: Page): Promise<void> => {
  const path = process.env['REJOIN_PICTURE']
  if (path !== undefined) await page.screenshot({ path })
}

const strict = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: ['node'],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    customConditions: ['@rejoin/source'],
    jsx: 'react-jsx',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['src', '*.ts'],
}
