import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ProfileSource, profileText, readProfile } from '@rejoin/profile'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sampleDefaultProfile, sampleProfile } from '../sample/profile.ts'
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

const written = (name: string, content: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('rejoin profile check', () => {
  test('shows the items of a profile that could be published, with their counts', async () => {
    const schema = written('schema.json', sampleSchema)
    expect(
      await rejoin('profile', 'check', written('p.json', profileText(sampleDefaultProfile)), '--schema', schema),
    ).toBe(0)
    expect(out).toHaveLength(sampleDefaultProfile.items.length)
    expect(out.find(line => line.startsWith('contact '))).toMatch(/all columns +\S+ of 15 relationships +related only$/)
    expect(err).toEqual([])
  })

  test('[PR3] tells every fault of one that could not, and fails', async () => {
    const broken: ProfileSource = {
      name: 'Field',
      items: [
        { table: 'gone', filter: { kind: 'all' } },
        { table: 'workorder', filter: { kind: 'related' } },
      ],
    }
    const schema = written('schema.json', sampleSchema)
    expect(await rejoin('profile', 'check', written('p.json', broken), '--schema', schema)).toBe(1)
    expect(err).toEqual([
      'profile Field, table gone: is not a table of the schema',
      'profile Field, table workorder: downloads related data only, but no relationship is chosen',
    ])
  })

  test('names the file that is no profile', async () => {
    const file = written('p.json', '{')
    expect(await rejoin('profile', 'check', file, '--schema', written('schema.json', sampleSchema))).toBe(1)
    expect(err).toEqual([`${file}, profile: is not JSON`])
  })
})

test('rejoin profile compare tells the difference in words, a line for each item', async () => {
  const [account, ...others] = [...sampleProfile.items].reverse()
  const after: ProfileSource = {
    name: sampleProfile.name,
    ...(sampleProfile.description === undefined ? {} : { description: sampleProfile.description }),
    items: others.map(item =>
      item.table === 'workorder'
        ? {
            ...item,
            filter: { kind: 'all' },
            relationships: ['bookableresourcebooking_workorder'],
            columns: ['name'],
            interval: 60,
          }
        : item,
    ),
  }
  expect(await rejoin('profile', 'compare', written('a.json', sampleProfile), written('b.json', after))).toBe(0)
  expect(out).toEqual([
    `- ${account?.table}: mine or my teams'`,
    "~ workorder: filter mine or my teams' → all records; relationship + bookableresourcebooking_workorder; " +
      'columns all → name; every 5 → 60 minutes',
  ])
})
