import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { requestsFixturePath, requestsMappingPath } from '../sample/requests.ts'
import { run } from './program.ts'
import { openSample } from './sample.ts'
import type { Terminal } from './terminal.ts'

let folder: string
let db: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoin-cli-'))
  db = join(folder, 'a.db')
})
afterEach(() => rm(folder, { recursive: true }))

const rejoin = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
  const out: string[] = []
  const err: string[] = []
  const terminal: Terminal = { out: line => out.push(line), err: line => err.push(line), interactive: false }
  const code = await run(args, terminal)
  return { code, out: out.join('\n'), err: err.join('\n') }
}
const file = async (name: string, content: unknown): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const schema = {
  tables: [
    {
      name: 'visit',
      ownership: 'none',
      primaryKey: 'visitid',
      primaryName: 'title',
      columns: [
        { name: 'visitid', type: 'guid' },
        { name: 'title', type: 'string' },
      ],
    },
  ],
}

test('types prints an interface for each table of a JSON schema, or every fault of it', async () => {
  const printed = await rejoin('types', await file('schema.json', schema))
  expect(printed).toMatchObject({ code: 0, err: '' })
  expect(printed.out).toMatch(/interface Visit \{[\s\S]*title: string \| null/)
  const broken = { tables: [{ ...schema.tables[0], primaryKey: 'nothing' }] }
  const refused = await rejoin('types', await file('broken.json', broken))
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toContain('table visit')
})

test('import makes a database of a schema, with a user who can sign in, and inspect shows it', async () => {
  const made = await rejoin('import', '--db', db, '--schema', await file('schema.json', schema))
  expect(made).toMatchObject({ code: 0, err: '' })
  const shown = await rejoin('inspect', '--db', db, '--json')
  expect(JSON.parse(shown.out)).toMatchObject({
    head: { rev: 0 },
    tables: [{ name: 'visit', rows: 0 }],
    people: [{ id: 'admin' }],
    refused: 0,
  })
  const token = await rejoin('token', 'admin', '--db', db)
  expect(token.code).toBe(0)
  expect(token.out).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/)
})

test('import reads CSV by a mapping into the same database, says what it repaired and refused, and can be repeated', async () => {
  await rejoin('import', '--db', db, '--schema', await file('schema.json', schema))
  const csv = ['--csv', requestsFixturePath, '--mapping', requestsMappingPath, '--report', join(folder, 'report.json')]
  const first = await rejoin('import', '--db', db, ...csv)
  expect(first.code).toBe(0)
  const [report] = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'))
  expect(report.records.created).toBeGreaterThan(0)
  expect(report.refused.rows).toBeGreaterThan(0)
  expect(first.out).toContain(`${report.records.created} records created`)
  const { tables, head } = JSON.parse((await rejoin('inspect', '--db', db, '--json')).out)
  const rows = tables.find(({ name }: { name: string }) => name !== 'visit').rows
  expect(rows).toBe(report.records.created)
  const again = await rejoin('import', '--db', db, ...csv)
  expect(again.out).toContain('0 records created')
  expect(JSON.parse((await rejoin('inspect', '--db', db, '--json')).out).head).toEqual(head)
})

test.each([
  ['a missing file', ['--schema', 'none.json'], /file none\.json: there is no such file/],
  ['a schema that is not JSON', ['--schema', '{text}'], /is not JSON/],
  ['a schema with faults', ['--schema', '{faulty}'], /faulty\.json, table visit, column x/],
  ['users without names', ['--schema', '{schema}', '--people', '{people}'], /0\.name/],
])('import refuses %s with its place, exit code 1, and makes no database', async (_what, args, message) => {
  const files: Record<string, string> = {
    '{text}': await file('text.json', 'not json'),
    '{schema}': await file('schema.json', schema),
    '{people}': await file('people.json', [{ id: 'x' }]),
    '{faulty}': await file('faulty.json', {
      tables: [{ ...schema.tables[0], columns: [...schema.tables[0]!.columns, { name: 'x', type: 'nonsense' }] }],
    }),
  }
  const { code, err } = await rejoin('import', '--db', db, ...args.map(arg => files[arg] ?? arg))
  expect(code).toBe(1)
  expect(err).toMatch(message)
  expect(existsSync(db)).toBe(false)
})

test('a database that is missing, newer or none at all is refused by every command, and left as it was', async () => {
  expect((await rejoin('inspect', '--db', db)).err).toMatch(/there is no such file.*import/)
  expect(existsSync(db)).toBe(false)
  const text = await file('text.db', 'this is no database, but it is long enough to have a header of one'.repeat(20))
  const newer = join(folder, 'newer.db')
  await rejoin('import', '--db', newer, '--schema', await file('schema.json', schema))
  const raw = new Database(newer)
  raw.pragma('user_version = 99')
  raw.close()
  const before = await readFile(newer)
  for (const args of [['inspect'], ['token', 'admin'], ['serve', '--dev-issuer', '--port', '0']]) {
    const other = await rejoin(...args, '--db', text)
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('text.db')])
    const late = await rejoin(...args, '--db', newer)
    expect([late.code, late.err]).toEqual([1, expect.stringMatching(/version 99.*start the newer relay/)])
  }
  expect(await readFile(newer)).toEqual(before)
})

test('a user who is not there gets no token, and the message names some who are', async () => {
  await rejoin('import', '--db', db, '--schema', await file('schema.json', schema))
  const { code, out, err } = await rejoin('token', 'bob', '--db', db)
  expect([code, out]).toEqual([1, ''])
  expect(err).toBe('user bob: the environment has no such user (known are admin)')
})

test('a port that is taken ends serve with exit code 1, the port and what to do', async () => {
  await rejoin('import', '--db', db, '--schema', await file('schema.json', schema))
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const { code, err } = await rejoin('serve', '--db', db, '--dev-issuer', '--port', String(port))
  expect(code).toBe(1)
  expect(err).toContain(`port ${port} on 127.0.0.1: another program listens there (choose another with --port N`)
  await new Promise(resolve => other.close(resolve))
})

test('wrong usage is exit code 2 and says what was expected', async () => {
  expect((await rejoin('serve', '--db', db, '--port', '99999', '--dev-issuer')).code).toBe(2)
  expect(await rejoin('serve', '--db', db)).toMatchObject({ code: 2, err: expect.stringContaining('--dev-issuer') })
  expect(await rejoin('import', '--db', db)).toMatchObject({ code: 2, err: expect.stringContaining('--schema') })
  expect((await rejoin('nonsense')).code).toBe(2)
  expect((await rejoin('--help')).code).toBe(0)
})

test('serve runs as a process, answers, and ends cleanly when told to', async () => {
  await rejoin('import', '--db', db, '--schema', await file('schema.json', schema))
  const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))
  const args = [
    '--import',
    'tsx',
    '--conditions=@rejoin/source',
    cli,
    'serve',
    '--db',
    db,
    '--dev-issuer',
    '--port',
    '0',
  ]
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve, reject) => {
    child.on('exit', code => reject(new Error(`it ended with ${code}`)))
    let said = ''
    child.stdout!.on('data', chunk => {
      said += String(chunk)
      const found = /http:\/\/[\d.]+:\d+/.exec(said)
      if (found !== null) resolve(found[0])
    })
  })
  expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok', sessions: 0 })
  child.kill('SIGTERM')
  expect(await new Promise(resolve => child.on('exit', resolve))).toBe(0)
})

test('a sample database that was cut off while it was filled is started over, and a whole one is opened as it is', async () => {
  const said: string[] = []
  const terminal: Terminal = { out: () => {}, err: line => said.push(line), interactive: false }
  await writeFile(`${db}.filling`, 'half of a database')
  const storage = await openSample(db, terminal, { workOrders: 20 })
  const rows = await storage.snapshot(async view => (await view.counts()).get('workorder'))
  expect(rows).toBe(20)
  await storage.close()
  expect(existsSync(`${db}.filling`)).toBe(false)
  const told = said.length
  const again = await openSample(db, terminal)
  expect(again.environment).toBe(storage.environment)
  expect(said).toHaveLength(told)
  await again.close()
})
