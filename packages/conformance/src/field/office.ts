import type { Row } from './system.ts'

/** The back office, by the relay's online API as Olga uses it. */
export interface Office {
  create(table: string, id: string, values: Row): Promise<void>
  update(table: string, id: string, values: Row): Promise<void>
  remove(table: string, id: string): Promise<void>
  row(table: string, id: string): Promise<Row | undefined>
  rev(table: string, id: string): Promise<number | undefined>
  ids(table: string): Promise<readonly string[]>
  /** conflicts about a record, the latest first */
  ledger(table: string, record: string): Promise<readonly LedgerRow[]>
  refused(record: string): Promise<readonly RefusedRow[]>
  restore(table: string, entry: LedgerRow, version: 'mine' | 'theirs'): Promise<void>
}

interface Version {
  readonly values: Row
  readonly deleted: boolean
}

export interface LedgerRow {
  readonly edit: string
  readonly record: string
  readonly strategy: string
  readonly status: string
  readonly author: string
  readonly device: string
  readonly at: number
  readonly others: readonly { readonly author: string }[]
  readonly mine: Version
  readonly theirs: Version
  readonly result: Version
}

export interface RefusedRow {
  readonly edit: string
  readonly record: string
  readonly author: string
  readonly device: string
  readonly code?: string
  readonly message?: string
  readonly resolved: boolean
  readonly changes: Row
}

/** One request of a person; `path` follows `/api`. */
export type Ask = (
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly body: unknown }>

export const askAs =
  (url: string, token: string): Ask =>
  async (method, path, body) => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await response.text()
    return { status: response.status, body: parsed(text) }
  }

const parsed = (text: string): unknown => {
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return { message: text.slice(0, 200) }
  }
}

/** @throws Error where the relay answers otherwise than with success */
export const doneBy = async (ask: Ask, method: string, path: string, body?: unknown): Promise<unknown> => {
  const reply = await ask(method, path, body)
  if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
  return reply.body
}

export const createOffice = (ask: Ask): Office => {
  const done = (method: string, path: string, body?: unknown): Promise<unknown> => doneBy(ask, method, path, body)
  const found = async (table: string, id: string): Promise<{ rev: number; values: Row } | undefined> => {
    const reply = await ask('GET', `/tables/${table}/${id}`)
    return reply.status === 404 ? undefined : (reply.body as { rev: number; values: Row })
  }
  return {
    create: async (table, id, values) => void (await done('POST', `/tables/${table}`, { id, values })),
    update: async (table, id, values) => void (await done('PATCH', `/tables/${table}/${id}`, { values })),
    remove: async (table, id) => void (await done('DELETE', `/tables/${table}/${id}`)),
    row: async (table, id) => (await found(table, id))?.values,
    rev: async (table, id) => (await found(table, id))?.rev,
    ids: async table => {
      const ids: string[] = []
      for (let next: string | undefined = ''; next !== undefined;) {
        const after: string = next === '' ? '' : `&after=${next}`
        const page = (await done('GET', `/tables/${table}?limit=1000${after}`)) as {
          rows: readonly { id: string }[]
          next?: string
        }
        ids.push(...page.rows.map(({ id }) => id))
        next = page.next
      }
      return ids
    },
    ledger: async (table, record) =>
      ((await done('GET', `/ledger?table=${table}&record=${record}`)) as { entries: readonly LedgerRow[] }).entries,
    refused: async record =>
      ((await done('GET', '/refused?limit=1000')) as { edits: readonly RefusedRow[] }).edits.filter(
        edit => edit.record === record,
      ),
    restore: async (table, { edit, record }, version) =>
      void (await done('POST', `/ledger/${edit}/restore`, { table, record, version })),
  }
}
