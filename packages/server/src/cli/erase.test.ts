import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run } from './program.ts'
import { openSample } from './sample.ts'
import type { Terminal } from './terminal.ts'

let folder: string
let db: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoin-erase-'))
  db = join(folder, 'a.db')
})
afterEach(() => rm(folder, { recursive: true }))

const terminal = (out: string[]): Terminal => ({
  out: line => out.push(line),
  err: line => out.push(line),
  interactive: false,
})
const rejoin = async (...args: string[]): Promise<{ code: number; text: string }> => {
  const out: string[] = []
  const code = await run([...args, '--db', db], terminal(out))
  return { code, text: out.join('\n') }
}
const contact = (): { id: string; mobile: string } => {
  const file = new Database(db, { readonly: true })
  const row = file
    .prepare<[], { id: string; json: string }>(
      "select id, json from record where tbl = 'contact' and json like '%mobile%' limit 1",
    )
    .get()!
  file.close()
  const fields = JSON.parse(row.json) as Record<string, string>
  return { id: row.id, mobile: fields['mobile']! }
}

test('erase takes a record out of the file itself, says what it touched, and again of a backup put back', async () => {
  const sample = await openSample(db, terminal([]))
  await sample.close()
  const { id, mobile } = contact()
  await copyFile(db, join(folder, 'backup'))
  const inFile = async (): Promise<boolean> => (await readFile(db, 'latin1')).includes(mobile)
  expect(await inFile()).toBe(true)
  expect((await rejoin('erase', '--record', `contact/${id}`, '--dry', '--reason', 'asked')).text).toBe(`contact/${id}`)
  expect(await inFile()).toBe(true)
  const done = await rejoin('erase', '--record', `contact/${id}`, '--reason', 'asked')
  expect(done).toMatchObject({ code: 0 })
  expect(done.text).toContain('contact: 1 purged, 0 emptied, 0 unknown')
  expect(await inFile()).toBe(false)
  await copyFile(join(folder, 'backup'), db)
  expect(await inFile()).toBe(true)
  expect((await rejoin('erase', '--replay')).text).toContain('brought up to date: 1')
  expect(await inFile()).toBe(false)
  expect((await rejoin('erase', '--replay')).text).toContain('brought up to date: 0')
})

test('erase finds records by a column, and refuses what it does not understand with its place', async () => {
  const sample = await openSample(db, terminal([]))
  await sample.close()
  const { id } = contact()
  const found = await rejoin('erase', '--where', `contact.no=x`, '--reason', 'x')
  expect(found).toMatchObject({ code: 1 })
  expect(found.text).toContain('column no')
  expect((await rejoin('erase', '--reason', 'x')).code).toBe(2)
  expect((await rejoin('erase', '--record', `contact/${id}`)).text).toContain('--reason')
  expect((await rejoin('erase', '--record', 'contact', '--reason', 'x')).code).toBe(2)
  expect((await rejoin('erase', '--record', 'contact/none', '--reason', 'x')).text).toContain('there never was')
})
