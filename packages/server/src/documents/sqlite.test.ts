import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StorageFault } from '../storage/fault.ts'
import { openSqliteDocuments } from './sqlite.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoin-documents-'))
  path = join(folder, 'documents')
})
afterEach(() => rm(folder, { recursive: true }))

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

test('updates come back in the order they were stored, per document, after the file is opened again', async () => {
  const first = openSqliteDocuments(path)
  await first.append('a', bytes(1), 0)
  await first.append('b', bytes(9), 0)
  await first.append('a', bytes(2), 1)
  await first.close()
  const second = openSqliteDocuments(path)
  expect(await second.load('a')).toEqual([bytes(1), bytes(2)])
  expect(await second.load('b')).toEqual([bytes(9)])
  expect(await second.load('c')).toEqual([])
  await second.close()
})

test('a snapshot takes the place of everything before it, and updates follow it', async () => {
  const storage = openSqliteDocuments(path)
  await storage.append('a', bytes(1), 0)
  await storage.append('a', bytes(2), 1)
  await storage.compact('a', bytes(12), 2)
  await storage.append('a', bytes(3), 1)
  expect(await storage.load('a')).toEqual([bytes(12), bytes(3)])
  await storage.remove('a')
  expect(await storage.load('a')).toEqual([])
  await storage.close()
})

test('who writes a document that was removed beside him writes nothing', async () => {
  const storage = openSqliteDocuments(path)
  const beside = openSqliteDocuments(path)
  expect(await storage.append('a', bytes(1), 0)).toBe(true)
  expect(await storage.append('a', bytes(2), 1)).toBe(true)
  await beside.remove('a')
  expect(await storage.append('a', bytes(3), 2)).toBe(false)
  expect(await storage.compact('a', bytes(12), 2)).toBe(false)
  expect(await storage.load('a')).toEqual([])
  await Promise.all([storage.close(), beside.close()])
})

test('a file of another program, of a newer relay or of none is a fault that names it', async () => {
  const other = new Database(path)
  other.exec('create table theirs (x)')
  other.close()
  const faultOf = (file: string): unknown => {
    try {
      openSqliteDocuments(file)
      return undefined
    } catch (error) {
      return error
    }
  }
  expect(faultOf(path)).toBeInstanceOf(StorageFault)
  expect(faultOf(path)).toMatchObject({ code: 'other' })
  const newer = join(folder, 'newer')
  await openSqliteDocuments(newer).close()
  const raw = new Database(newer)
  raw.pragma('user_version = 7')
  raw.close()
  expect(faultOf(newer)).toMatchObject({ code: 'newer' })
  const text = join(folder, 'text')
  await writeFile(text, 'not a database at all, but long enough for a header '.repeat(10))
  expect(faultOf(text)).toMatchObject({ code: 'damaged' })
})
