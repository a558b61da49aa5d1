import { type Edit, unpackEnvelope, unpackRows } from '@rejoin/profile'
import type { Disk } from '../disk.ts'

/** What is on a device's disk, read by its layout alone: the device is not asked. */
export interface OnDisk {
  /** confirmed envelopes by `table/id`, without those it may hold no more */
  readonly rows: ReadonlyMap<string, Uint8Array>
  /** envelopes kept only because own edits stand on them */
  readonly leftovers: ReadonlyMap<string, Uint8Array>
  readonly outbox: readonly { readonly edit: Edit; readonly state: { readonly status: string } }[]
  readonly incomplete: readonly string[]
  readonly columnSets: ReadonlyMap<string, string>
}

interface TableMeta {
  readonly state: string
  readonly generation: number
  readonly columnSet: string
}

export const readDisk = async ({ reader }: Disk, tables: readonly string[]): Promise<OnDisk> => {
  const rows = new Map<string, Uint8Array>()
  const leftovers = new Map<string, Uint8Array>()
  const incomplete: string[] = []
  const columnSets = new Map<string, string>()
  const overlay = await reader.scan('overlay')
  for (const table of tables) {
    const meta = (await reader.get('meta', `table:${table}`)) as TableMeta | undefined
    if (meta?.state !== 'complete') {
      incomplete.push(table)
      continue
    }
    columnSets.set(table, meta.columnSet)
    const generation = `${table}/${meta.generation}/`
    for (const [key, value] of await reader.scan('page')) {
      if (!key.startsWith(generation)) continue
      for (const { id, envelope } of unpackRows((value as { packed: Uint8Array }).packed))
        rows.set(`${table}/${id}`, envelope)
    }
    for (const [key, value] of overlay) {
      const row = value as { rev: number; generation: number; envelope?: Uint8Array; gone?: string }
      if (!key.startsWith(`${table}/`) || row.generation !== meta.generation) continue
      const page = rows.get(key)
      if (page !== undefined && unpackEnvelope(page).rev > row.rev) continue
      if (row.gone === undefined && row.envelope !== undefined) rows.set(key, row.envelope)
      else {
        rows.delete(key)
        if (row.envelope !== undefined) leftovers.set(key, row.envelope)
      }
    }
  }
  const outbox = (await reader.scan('outbox')).map(([, value]) => value as unknown as OnDisk['outbox'][number])
  return { rows, leftovers, outbox, incomplete, columnSets }
}
