import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { environmentEntries } from '../environment/environment.ts'
import { openDatabase } from './database.ts'
import { run } from './program.ts'
import { sampleEnvironment } from './sample.ts'
import { serve } from './serve.ts'
import type { Terminal } from './terminal.ts'

let directory: string
let db: string
let said: string[]
let complaints: string[]
let terminal: Terminal

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rejoin-settings-'))
  db = join(directory, 'relay.db')
  const storage = await openDatabase(db, { create: true })
  await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(sampleEnvironment) }))
  await storage.close()
  said = []
  complaints = []
  terminal = { out: line => void said.push(line), err: line => void complaints.push(line), interactive: false }
})
afterEach(() => rm(directory, { recursive: true }))

test('[CF12] the strategy of the environment and that of one table are set apart, and kept', async () => {
  await run(['settings', '--db', db], terminal)
  expect(said.splice(0)).toEqual(['conflicts: clientWins'])
  await run(['settings', '--db', db, '--strategy', 'ask', '--table', 'contact'], terminal)
  expect(said.splice(0)).toEqual(['conflicts: clientWins', '  table contact: ask'])
  expect(await run(['settings', '--db', db, '--strategy', 'serverWins'], terminal)).toBe(0)
  expect(said.splice(0)).toEqual(['conflicts: serverWins', '  table contact: ask'])
  await run(['settings', '--db', db], terminal)
  expect(said).toEqual(['conflicts: serverWins', '  table contact: ask'])
})

test('an unknown strategy is wrong usage, an unknown table a fault that names it; neither changes anything', async () => {
  expect(await run(['settings', '--db', db, '--strategy', 'coin'], terminal)).toBe(2)
  expect(await run(['settings', '--db', db, '--strategy', 'ask', '--table', 'nothing'], terminal)).toBe(1)
  expect(complaints.join('\n')).toMatch(/Allowed choices are clientWins, serverWins, merge, ask[^]*table nothing/)
  await run(['settings', '--db', db], terminal)
  expect(said).toEqual(['conflicts: clientWins'])
})

test('a relay that serves the database follows without a restart', async () => {
  const serving = await serve({ db, port: 0, host: '127.0.0.1', devIssuer: true }, terminal)
  try {
    await run(['settings', '--db', db, '--strategy', 'merge'], terminal)
    await expect.poll(() => said.at(-1), { timeout: 5_000 }).toBe('The environment has changed; conflicts: merge')
  } finally {
    await serving.close()
  }
})
