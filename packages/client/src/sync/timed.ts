import { type ProfileSource, relatedItems } from '@rejoin/profile'
import { type Grant, schemaOf } from '../replica/grant.ts'
import type { Memory } from '../replica/memory.ts'
import { allowed, type SyncChoice, type Timed } from './schedule.ts'

/** What a device holds as its schedule sees it. */
export const timedIn = ({ meta, tables }: Pick<Memory, 'meta' | 'tables'>): readonly Timed[] => {
  const { grant } = meta
  if (grant === undefined) return []
  const related = relatedIn(grant)
  return grant.tables.map(({ table, columnSet, interval }) => {
    const state = tables.get(table)
    const passed = state?.state === 'complete' && state.columnSet === columnSet ? (state.passed ?? 0) : 'due'
    return {
      table,
      related: related.get(table) ?? [],
      ...(interval === undefined ? {} : { interval }),
      ...(passed === 'due' ? {} : { last: passed }),
    }
  })
}

/** In force: what the user chose, as far as he may. */
export const choiceIn = ({ meta }: Pick<Memory, 'meta'>): SyncChoice =>
  allowed(meta.sync ?? { mode: 'auto' }, meta.grant?.syncModes)

const known = new WeakMap<object, ReadonlyMap<string, readonly string[]>>()

/** Both ways: whose rows a table brings, and what brings its own. */
const relatedIn = (grant: Grant): ReadonlyMap<string, readonly string[]> => {
  if (grant.profile === null || grant.schema === null) return new Map()
  const found = known.get(grant)
  if (found !== undefined) return found
  const related = new Map<string, string[]>()
  const relate = (a: string, b: string): void => void related.set(a, [...(related.get(a) ?? []), b])
  for (const { item, reaches } of relatedItems(schemaOf(grant), grant.profile as ProfileSource)) {
    for (const { by } of reaches) {
      relate(item.table, by)
      relate(by, item.table)
    }
  }
  known.set(grant, related)
  return related
}
