import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readProfile } from '@rejoin/profile'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sampleSchema } from '../sample/schema/schema.ts'
import { run } from './program.ts'

const app = fileURLToPath(new URL('../from-source/sample-app.fixture.tsx', import.meta.url))
let folder: string
let out: string[]
let err: string[]
const rejoin = (...args: string[]): Promise<number> =>
  run(args, { out: line => out.push(line), err: line => err.push(line), interactive: false })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rejoin-profile-'))
  out = []
  err = []
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('rejoin profile from-source', () => {
  test('[PR20] prints the profile as a document, and beside it what the source left open', async () => {
    const schema = join(folder, 'schema.json')
    writeFileSync(schema, JSON.stringify(sampleSchema))
    expect(await rejoin('profile', 'from-source', app, '--schema', schema, '--name', 'Technician')).toBe(0)
    const read = readProfile(out.join('\n'))
    expect(read.ok && [read.value.name, read.value.items.length]).toEqual(['Technician', 6])
    expect(err).toEqual(['table product: is asked of the relay alone, and not downloaded'])
  })

  test('[PR20] reads the schema of a database', async () => {
    const [schema, db] = [join(folder, 'schema.json'), join(folder, 'a.db')]
    writeFileSync(schema, JSON.stringify(sampleSchema))
    await rejoin('import', '--db', db, '--schema', schema)
    expect(await rejoin('profile', 'from-source', app, '--db', db)).toBe(0)
    expect(out.at(-1)).toContain('"name": "Generated"')
  })

  test.each([
    ['without a schema', ['profile', 'from-source', app], 2],
    ['without files', ['profile', 'from-source'], 2],
    ['with a file that is not there', ['profile', 'from-source', 'gone.ts', '--schema', 'gone.json'], 1],
  ])('[PR20] %s it fails', async (_, args, code) => {
    expect(await rejoin(...args)).toBe(code)
    expect(err).not.toEqual([])
    expect(out).toEqual([])
  })
})
