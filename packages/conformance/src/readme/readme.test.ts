import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createRelay, fillSample, openDevelopmentIssuer, openSqliteStorage, serveRelay } from '@rejoin/server'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
let folder = ''

beforeAll(async () => {
  // Beside this file, so that the app finds the workspace's packages.
  folder = await mkdtemp(join(here, 'first-app-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('runs the first app of the README against a relay with the sample environment', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const code = /```ts\n([\s\S]*?)```/.exec(readme)![1]!
  expect(code.split('\n').length).toBeLessThanOrEqual(31)
  await writeFile(join(folder, 'app.ts'), code)
  const storage = await openSqliteStorage({ path: join(folder, 'relay.db'), newId: () => hex(16) })
  await fillSample(storage, { seed: 1, now: Date.UTC(2026, 10, 20), workOrders: 500 })
  const issuer = await openDevelopmentIssuer(storage)
  const relay = await createRelay({ storage, issuer })
  const served = await serveRelay(relay, { port: 0 })
  try {
    const technician = relay.core
      .environment()
      .people()
      .find(({ roles }) => roles.includes('technician'))!
    const { stdout } = await promisify(execFile)(
      join(root, 'node_modules/.bin/tsx'),
      ['--conditions=@rejoin/source', 'app.ts'],
      {
        cwd: folder,
        timeout: 25_000,
        env: { ...process.env, REJOIN_URL: served.url, REJOIN_TOKEN: await issuer.token(technician.id) },
      },
    )
    expect(stdout).toMatch(/first of the open work orders: \[ 'WO-/)
    expect(stdout).toMatch(/waiting to be sent: \[[\s\S]*Pump seal replaced/)
    expect(stdout).toContain('accepted: Pump seal replaced')
  } finally {
    await served.close()
  }
})

const hex = (length: number): string =>
  Array.from({ length }, () => Math.floor(Math.random() * 16).toString(16)).join('')
