import type { PublishedProfile } from '@rejoin/profile'
import { keyFrom, keyOf } from '../replica/memory.ts'
import type { Reading } from '../replica/replica.ts'
import type { Absence, Presence } from './inspection.ts'

/** Why a record is on this device; empty where it is not. */
export const presenceOf = ({ memory, grant }: Reading, key: string): readonly Presence[] => {
  const { table, id } = keyFrom(key)
  const row = memory.rows.get(table)?.get(id)
  const own = memory.chains.get(key) ?? []
  const pinned = memory.pinned.get(key)
  const told = memory.foreign.get(key) ?? []
  const item = (grant?.profile as PublishedProfile | null | undefined)?.items.find(each => each.table === table)
  const found: Presence[] = []
  if (row !== undefined && row.gone === undefined) {
    found.push({
      is: 'in scope',
      ...(item === undefined ? {} : { filter: item.filter.kind }),
      ...(item?.relationships === undefined ? {} : { relationships: item.relationships }),
    })
  }
  if (own.length > 0) found.push({ is: 'own work', entries: own })
  if (pinned !== undefined) found.push({ is: 'pinned', by: pinned.by })
  if (told.length > 0) found.push({ is: 'told by a peer', entries: told.map(edit => edit.id) })
  return found
}

export const absenceOf = ({ memory, view }: Reading, key: string): Absence | undefined => {
  if (view(key) !== undefined) return undefined
  const { table, id } = keyFrom(key)
  const row = memory.rows.get(table)?.get(id)
  if (row?.gone !== undefined) return { is: 'gone', why: row.gone }
  if (memory.meta.sealed === true) return { is: 'expired' }
  return row === undefined && !memory.chains.has(key) ? { is: 'never here' } : undefined
}

/** Records of a table for each reason to have them. */
export const countPresence = (replica: Reading, table: string): Readonly<Record<Presence['is'], number>> => {
  const { memory } = replica
  const counts = { 'in scope': 0, 'own work': 0, pinned: 0, 'told by a peer': 0 }
  const keys = new Set([...(memory.rows.get(table)?.keys() ?? [])].map(id => keyOf({ table, id })))
  for (const held of [memory.chains, memory.pinned, memory.foreign]) {
    for (const key of held.keys()) if (keyFrom(key).table === table) keys.add(key)
  }
  for (const key of keys) for (const { is } of presenceOf(replica, key)) counts[is]++
  return counts
}
