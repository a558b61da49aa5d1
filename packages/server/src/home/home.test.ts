import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRelay } from '../relay.ts'
import { connect, helloOf, type Opened, openRelay, source } from '../routes/relay.fixture.ts'

let opened: Opened
beforeEach(async () => {
  opened = await openRelay()
})
afterEach(() => opened.close())

test('the page shows tables and counts, users with tokens that work, the head and the conflict setting', async () => {
  await opened.ask('olga', '/api/tables/visit', { method: 'POST', json: { values: { title: '<b>Pump</b>' } } })
  const response = await opened.relay.app.request('http://localhost/')
  const page = await response.text()
  expect(page).toContain('Olga Office')
  expect(page).toMatch(/visit<[\s\S]{0,200}<td class="n">8<\/td>\s*<td class="n">1<\/td>/)
  expect(page).toContain('conflict detection: client wins')
  const tokens = [...page.matchAll(/data-token="([^"]+)"/g)].map(([, token]) => token!)
  expect(tokens).toHaveLength(source.people.length)
  const { status } = await opened.relay.app.request('/api/tables', {
    headers: { authorization: `Bearer ${tokens[0]}` },
  })
  expect(status).toBe(200)
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('a program that asks for JSON is told the same, and only where the page would be shown', async () => {
  const asked = (url: string): Promise<Response> =>
    Promise.resolve(opened.relay.app.request(url, { headers: { accept: 'application/json' } }))
  const { people, strategy } = (await (await asked('http://localhost/')).json()) as {
    readonly people: readonly { readonly id: string; readonly token: string }[]
    readonly strategy: string
  }
  expect(strategy).toBe('clientWins')
  expect(people.map(({ id }) => id).toSorted()).toEqual(source.people.map(({ id }) => id).toSorted())
  const headers = { authorization: `Bearer ${people[0]!.token}` }
  expect((await opened.relay.app.request('/api/tables', { headers })).status).toBe(200)
  expect(await (await asked('http://evil.example:8787/')).text()).toBe('This is a Rejoin relay.\n')
})

test('the page shows live sessions with user, app and phase', async () => {
  const { url } = await opened.serve()
  const device = await connect(url)
  device.send(helloOf(await opened.issuer.token('fritz')))
  await device.next('page')
  device.send({ type: 'stored', pages: 1 })
  await device.next('synced')
  const page = await (await fetch(url)).text()
  expect(page).toMatch(
    /Fritz Field<small>00000000000000aa<\/small>[\s\S]*?<td>test<\/td>\s*<td class="phase">live<\/td>/,
  )
  device.raw.terminate()
})

test('names of people and tables are text, never markup', async () => {
  const { core } = opened.relay
  const person = { id: 'x', name: '<script>alert(1)</script>', teams: [], roles: ['"><i>'] }
  await core.storage.commit({}, () => ({ result: undefined, entries: [{ kind: 'person', id: 'x', value: person }] }))
  await core.reload()
  const page = await (await opened.relay.app.request('http://localhost/')).text()
  expect(page).toContain('&lt;script&gt;alert(1)')
  expect(page).not.toContain('<script>alert')
  expect(page).not.toContain('"><i>')
})

test('who asks by another name, or at a relay with an issuer of its own, sees no user and no token', async () => {
  const rebound = await (await opened.relay.app.request('http://evil.example:8787/')).text()
  expect(rebound).toBe('This is a Rejoin relay.\n')
  const { storage } = opened.relay.core
  const production = await createRelay({ storage, identity: opened.issuer.identity })
  expect(await (await production.app.request('http://localhost/')).text()).toBe('This is a Rejoin relay.\n')
})
