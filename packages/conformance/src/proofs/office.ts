import type { Value } from '@rejoin/profile'
import type { Relay } from '@rejoin/server'
import type { User } from './world.ts'

/** The back office: the online API of the relay, over HTTP requests without a socket, as one of its people. */
export interface Office {
  create(table: string, id: string, values: Values): Promise<Reply>
  update(table: string, id: string, values: Values): Promise<Reply>
  remove(table: string, id: string): Promise<Reply>
  /** values by column name; undefined where there is no such record for this person */
  row(table: string, id: string): Promise<Values | undefined>
  rows(table: string): Promise<readonly ApiRow[]>
  ledger(record?: string): Promise<readonly LedgerRow[]>
  refused(): Promise<readonly RefusedRow[]>
  /** brings one side of a conflict about a work order back */
  restore(entry: LedgerRow, version: 'mine' | 'theirs'): Promise<Reply>
}

export type Values = Readonly<Record<string, Value>>

export interface ApiRow {
  readonly id: string
  readonly rev: number
  readonly values: Values
}

export interface Reply {
  readonly status: number
  readonly body: { readonly code?: string; readonly message?: string; readonly at?: string; readonly rule?: string }
}

export interface LedgerRow {
  readonly edit: string
  readonly record: string
  readonly strategy: string
  readonly status: string
  readonly author: string
  readonly device: string
  readonly at: number
  readonly against: readonly string[]
  readonly others: readonly { readonly edit: string; readonly author: string; readonly device: string }[]
  readonly changes: Readonly<Record<string, readonly [Value, Value]>>
  readonly mine: { readonly values: Values; readonly deleted: boolean }
  readonly theirs: { readonly values: Values; readonly deleted: boolean }
  readonly result: { readonly values: Values; readonly deleted: boolean }
}

export interface RefusedRow {
  readonly edit: string
  readonly table: string
  readonly record: string
  readonly kind: string
  readonly author: string
  readonly device: string
  readonly at: number
  readonly code?: string
  readonly message?: string
  readonly column?: string
  readonly rule?: string
  readonly resolved: boolean
  readonly command?: { readonly name: string; readonly args?: Values }
  readonly changes: Readonly<Record<string, unknown>>
}

export const createOffice = (relay: () => Relay, user: User): Office => {
  const request = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const response = await relay().app.request(`/api${path}`, {
      method,
      headers: { authorization: `Bearer ${user}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
  }
  const write = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const reply = await request(method, path, body)
    return { status: reply.status, body: reply.body as Reply['body'] }
  }
  const read = async <T>(path: string): Promise<T> => {
    const reply = await request('GET', path)
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
    return reply.body as T
  }
  return {
    create: (table, id, values) => write('POST', `/tables/${table}`, { id, values }),
    update: (table, id, values) => write('PATCH', `/tables/${table}/${id}`, { values }),
    remove: (table, id) => write('DELETE', `/tables/${table}/${id}`),
    row: async (table, id) => {
      const reply = await request('GET', `/tables/${table}/${id}`)
      return reply.status === 404 ? undefined : (reply.body as { values: Values }).values
    },
    rows: async table => {
      const rows: ApiRow[] = []
      for (let after: string | undefined = ''; after !== undefined;) {
        const page: { rows: ApiRow[]; next?: string } = await read(
          `/tables/${table}?limit=1000${after === '' ? '' : `&after=${after}`}`,
        )
        rows.push(...page.rows)
        after = page.next
      }
      return rows
    },
    ledger: async record =>
      (
        await read<{ entries: LedgerRow[] }>(
          `/ledger?limit=1000${record === undefined ? '' : `&table=workorder&record=${record}`}`,
        )
      ).entries,
    restore: ({ edit, record }, version) =>
      write('POST', `/ledger/${edit}/restore`, { table: 'workorder', record, version }),
    refused: async () => (await read<{ edits: RefusedRow[] }>('/refused?limit=1000')).edits,
  }
}
