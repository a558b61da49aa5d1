import type { Value } from '@rejoin/profile'
import { openDatabase } from './database.ts'
import type { Row } from './messages.ts'

/** What a baseline device keeps. One call of `put` is one durable transaction. */
export interface BaselineStore {
  put(rows: readonly Row[]): void
  get(id: string): Readonly<Record<string, Value>> | undefined
  count(): number
  close(): void
}

export const sqliteStore = (file: string): BaselineStore => {
  const database = openDatabase(file)
  const replace = database.prepare('INSERT OR REPLACE INTO record VALUES (?, ?, ?)')
  const one = database.prepare<[string], { json: string }>('SELECT json FROM record WHERE id = ?')
  const size = database.prepare<[], { n: number }>('SELECT count(*) AS n FROM record')
  const put = database.transaction((rows: readonly Row[]) => {
    for (const [id, rev, values] of rows) replace.run(id, rev, JSON.stringify(values))
  })
  return {
    put: rows => put(rows),
    get: id => {
      const found = one.get(id)
      return found === undefined ? undefined : (JSON.parse(found.json) as Record<string, Value>)
    },
    count: () => size.get()?.n ?? 0,
    close: () => void database.close(),
  }
}

export const memoryStore = (): BaselineStore => {
  const rows = new Map<string, Readonly<Record<string, Value>>>()
  return {
    put: changed => {
      for (const [id, , values] of changed) rows.set(id, values)
    },
    get: id => rows.get(id),
    count: () => rows.size,
    close: () => rows.clear(),
  }
}
