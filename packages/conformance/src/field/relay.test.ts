import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRelay, openDevelopmentIssuer, openSqliteStorage, type Serving, serveRelay } from '@rejoin/server'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeDatabase } from '../crash/environment.ts'
import { tokenFor } from '../rig/database.ts'
import { PEOPLE } from './environment.ts'
import { prepareDatabase } from './prepare.ts'
import { faultOfOrigin, findFieldRelay } from './relay.ts'

let dir: string
let serving: Serving | undefined
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rejoin-field-'))
})
afterEach(async () => {
  await serving?.close()
  serving = undefined
  await rm(dir, { recursive: true })
})

const serve = async (fill: 'suite' | 'another', signIn: 'development' | 'other' = 'development'): Promise<string> => {
  const path = join(dir, 'a.db')
  await (fill === 'suite' ? prepareDatabase(path) : makeDatabase(path))
  const storage = await openSqliteStorage({ path, newId: () => 'a'.repeat(16) })
  const issuer = await openDevelopmentIssuer(storage)
  const relay = await createRelay({ storage, ...(signIn === 'other' ? { identity: issuer.identity } : { issuer }) })
  serving = await serveRelay(relay, { port: 0 })
  return serving.url
}
const said = (url: string, given = {}): Promise<string> =>
  findFieldRelay(url, given).then(
    () => 'fit',
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : ''),
  )

it('a relay on a prepared database is fit, with the tokens its development sign-in gives', async () => {
  const url = await serve('suite')
  expect(Object.keys((await findFieldRelay(`${url}/`)).tokens)).toEqual(expect.arrayContaining([...PEOPLE]))
  expect(await faultOfOrigin(await findFieldRelay(url), 'http://127.0.0.1:1')).toMatch(/--origin/)
})

it('one with another sign-in is told whose tokens are missing, and is fit with them', async () => {
  const url = await serve('suite', 'other')
  expect(await said(url)).toMatch(/^Unfit: no token of olga, tim, tara [^]*--tokens FILE/)
  const tokens = Object.fromEntries(
    await Promise.all(PEOPLE.map(async id => [id, await tokenFor(join(dir, 'a.db'), id)] as const)),
  )
  expect(await said(url, { ...tokens, tara: 'none' })).toMatch(/tara is not let in \(401\)/)
  expect(await said(url, { ...tokens, olga: tokens['tim'] })).toMatch(/olga may not administer it \(403\)/)
  expect(await said(url, tokens)).toBe('fit')
})

it('one that serves something else, or none at all, is refused with how to prepare one', async () => {
  const url = await serve('another')
  expect(await said(url)).toMatch(/^Unfit: no token of olga, tim, tara [^]*--prepare field.db/)
  await serving!.close()
  serving = undefined
  expect(await said(url)).toMatch(/^Unfit: nothing answers at http/)
})
