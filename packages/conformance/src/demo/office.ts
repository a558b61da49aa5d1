import type { PlainRow } from '@rejoin/profile'
import type { Reason } from './report.ts'

/** The back office: the online API over HTTP, as any program would use it. */
export interface Office {
  read(table: string, record: string): Promise<PlainRow | undefined>
  write(table: string, record: string, values: PlainRow): Promise<void>
  create(table: string, record: string, values: PlainRow): Promise<void>
  remove(table: string, record: string): Promise<void>
  /** oldest first */
  ledger(table: string, record: string): Promise<readonly Entry[]>
}

export interface Entry extends Omit<Reason, 'who'> {
  readonly author: string
}

/** @param url read at each request */
export const openOffice = (url: () => string, token: string): Office => {
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${url()}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (response.ok || response.status === 404) return response
    throw new Error(`${method} ${path} was answered with ${response.status}: ${await response.text()}`)
  }
  const done = async (asked: Promise<Response>): Promise<void> => {
    const response = await asked
    if (!response.ok) throw new Error(`the record is not there: ${await response.text()}`)
    await response.arrayBuffer()
  }
  const at = (table: string, record: string): string => `/tables/${table}/${encodeURIComponent(record)}`
  return {
    read: async (table, record) => {
      const response = await ask('GET', at(table, record))
      if (response.ok) return ((await response.json()) as { values: PlainRow }).values
      await response.arrayBuffer()
      return undefined
    },
    write: (table, record, values) => done(ask('PATCH', at(table, record), { values })),
    create: (table, id, values) => done(ask('POST', `/tables/${table}`, { id, values })),
    remove: (table, record) => done(ask('DELETE', at(table, record))),
    ledger: async (table, record) => {
      const response = await ask('GET', `/ledger?table=${table}&record=${encodeURIComponent(record)}`)
      const { entries } = (await response.json()) as { entries: Entry[] }
      return entries.toReversed()
    },
  }
}
