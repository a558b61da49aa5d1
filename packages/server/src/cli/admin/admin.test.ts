import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { source } from '../../admin/routes/admin.fixture.ts'
import { environmentEntries } from '../../environment/environment.ts'
import { openDevelopmentIssuer } from '../../identity/development.ts'
import { openDatabase } from '../database.ts'
import { run } from '../program.ts'
import { serve } from '../serve.ts'
import type { Terminal } from '../terminal.ts'

let folder: string
let db: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoin-admin-'))
  db = join(folder, 'a.db')
  const storage = await openDatabase(db, { create: true })
  await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(source) }))
  await storage.close()
})
afterEach(() => rm(folder, { recursive: true }))

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

const rejoinAt =
  (...place: string[]) =>
  async (command: string, ...more: string[]): Promise<Said> => {
    const out: string[] = []
    const err: string[] = []
    const terminal: Terminal = { out: line => out.push(line), err: line => err.push(line), interactive: false }
    const code = await run([...command.split(' '), ...more, ...place], terminal)
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
const rejoin = (command: string, ...more: string[]): Promise<Said> => rejoinAt('--db', db)(command, ...more)
const json = async (command: string): Promise<any> => JSON.parse((await rejoin(`${command} --json`)).out)
const file = async (name: string, content: unknown): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, JSON.stringify(content))
  return path
}

describe('people, from a shell', () => {
  test('are listed as a table and as JSON, made, changed, shown and removed', async () => {
    const listed = await rejoin('user list --search field')
    expect(listed.out.split('\n')).toEqual([
      expect.stringMatching(/^id +name +unit +roles +manager$/),
      expect.stringMatching(/^flora +Flora Field +north +field +fritz$/),
      expect.stringMatching(/^fritz +Fritz Field +north +field +ada$/),
    ])
    expect(await rejoin('user add eve --roles field --unit north --language 1031', '--name', 'Eve Ö.')).toMatchObject({
      code: 0,
      out: 'made user eve',
    })
    expect((await rejoin('user set eve --manager ada --language de --unit', '')).code).toBe(0)
    expect(await json('user show eve')).toEqual({
      id: 'eve',
      name: 'Eve Ö.',
      roles: ['field'],
      language: 'de',
      manager: 'ada',
    })
    expect((await rejoin('user remove eve')).code).toBe(0)
    expect(await rejoin('user show eve')).toMatchObject({
      code: 1,
      out: '',
      err: 'user eve: is not there (check the id)',
    })
  })

  test('join and leave teams, and are given records', async () => {
    expect((await rejoin('team join red fritz ada')).out).toBe('fritz, ada joined team red')
    expect((await rejoin('team leave red flora')).code).toBe(0)
    expect((await json('team show red')).members).toEqual(['fritz', 'ada'])
    expect((await rejoin('share add visit v9 red --rights read write')).code).toBe(0)
    expect((await json('user resolved ada')).shared).toEqual({ visit: { v9: ['read', 'write'] } })
    expect((await rejoin('share remove visit v9 red')).code).toBe(0)
    expect(await json('share list')).toHaveLength(1)
  })

  test('are refused with every fault on standard error and exit code 1; wrong usage is 2', async () => {
    const refused = await rejoin('user add eve --name Eve --unit x --roles y')
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err.split('\n')).toEqual([
      expect.stringContaining('user eve: there is no unit x'),
      expect.stringContaining('user eve: there is no role y'),
    ])
    expect((await rejoin('user add ada --name Ada')).err).toContain('is there already')
    expect((await rejoin('user add')).code).toBe(2)
    expect((await rejoinAt()('user list')).code).toBe(2)
    expect((await rejoinAt('--db', db, '--url', 'http://x')('user list')).code).toBe(2)
  })

  test('are changed by who holds the database, whom nothing can shut out; the audit says so', async () => {
    expect((await rejoin('user set ada --roles', '')).code).toBe(0)
    expect((await rejoin('team leave chiefs alan')).code).toBe(0)
    expect(await json('audit')).toMatchObject([
      { by: 'command line', what: 'let user alan out of team chiefs' },
      { by: 'command line', what: 'changed user ada' },
    ])
  })
})

describe('profiles, from a shell', () => {
  test('[PR3] travel as documents: exported, imported as a draft, validated with every fault, published', async () => {
    const out = join(folder, 'field.json')
    await rejoin('profile export field --out', out)
    const profile = JSON.parse(await readFile(out, 'utf8'))
    const broken = await file('broken.json', { ...profile, items: [{ table: 'nothing', filter: { kind: 'all' } }] })
    expect((await rejoin('profile import field', broken)).out).toBe('profile field is Unpublished')
    for (const command of ['profile validate field', 'profile publish field']) {
      expect(await rejoin(command)).toMatchObject({ code: 1, err: expect.stringContaining('table nothing') })
    }
    expect((await rejoin('profile validate field --file', out)).out).toBe('profile field may be published')
    const wider = await file('wider.json', {
      ...profile,
      items: [...profile.items, { table: 'part', filter: { kind: 'all' } }],
    })
    await rejoin('profile import field', wider)
    expect((await rejoin('profile publish field')).out).toMatch(/^published profile field, Published at version 2$/m)
    expect((await json('profile difference field')).added).toEqual([{ table: 'part', filter: { kind: 'all' } }])
    expect((await rejoin('profile import new', wider)).out).toBe('profile new is Unpublished')
    expect((await rejoin('profile list')).out).toMatch(/field +field +Published +2 +0 +0 +\* +0/)
  })

  test('[MB3] are given to users and teams, and told with the reason', async () => {
    await rejoin('profile copy field mine --name Mine')
    await rejoin('profile publish mine')
    await rejoin('app add * --profiles x').then(({ code }) => expect(code).toBe(1))
    await rejoin('app set * --profiles field mine --default field')
    expect((await rejoin('profile assign mine --users fritz --teams red')).out).toBe(
      'profile mine has 1 users and 1 teams',
    )
    expect(await json('user profiles fritz')).toMatchObject([{ app: '*', profile: 'mine', why: 'direct' }])
    expect(await json('user profiles flora')).toMatchObject([{ app: '*', profile: 'mine', why: 'team' }])
    await rejoin('profile unassign mine --users fritz')
    expect(await json('user profiles fritz')).toMatchObject([{ app: '*', profile: 'field', why: 'app' }])
  })

  test('[MG2] a vendor’s filter is received, and taken', async () => {
    const next = { name: 'Vendor', items: [{ table: 'visit', filter: { kind: 'other', mine: true } }] }
    expect((await rejoin('profile receive vendor', await file('next.json', next))).out).toContain('visit')
    expect((await rejoin('profile take vendor visit')).code).toBe(0)
    expect((await json('profile show vendor')).shown).toEqual(next)
  })
})

test('[MB2] the same commands work at a running relay, over its API, and a relay follows those on its database', async () => {
  const told: string[] = []
  const terminal: Terminal = { out: line => told.push(line), err: line => told.push(line), interactive: false }
  const serving = await serve({ db, port: 0, host: '127.0.0.1', devIssuer: true }, terminal)
  try {
    const storage = await openDatabase(db, { create: false })
    const issuer = await openDevelopmentIssuer(storage)
    const at = async (user: string) => rejoinAt('--url', serving.url, '--token', await issuer.token(user))
    await storage.close()
    const ada = await at('ada')
    expect(await ada('unit add south --name South')).toMatchObject({ code: 0, out: 'made unit south' })
    expect((await ada('unit list')).out).toBe((await rejoin('unit list')).out)
    expect(await (await at('fritz'))('unit list')).toMatchObject({
      code: 1,
      err: expect.stringContaining('administer'),
    })
    await rejoin('unit add west --name West')
    await expect.poll(async () => (await ada('unit show west')).code, { timeout: 5_000 }).toBe(0)
    expect(told.at(-1)).toMatch(/^The environment has changed/)
  } finally {
    await serving.close()
  }
  const gone = await rejoinAt('--url', serving.url, '--token', 'x')('unit list')
  expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('cannot be reached') })
})
