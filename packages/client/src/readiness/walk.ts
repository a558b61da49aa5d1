import type { Table } from '@rejoin/profile'
import { columnSetOf, type Grant, schemaOf } from '../replica/grant.ts'
import { decode, keyOf, type RecordKey } from '../replica/memory.ts'
import type { Reading } from '../replica/replica.ts'
import type { Missing, WhyMissing } from './readiness.ts'
import { type Related, relatedIn } from './related.ts'

/** From records along what is related to them, each once; what is not here is noted, with the way that led to it. */
export interface Walk {
  visit(key: RecordKey): void
  /** all of a table has to be here */
  table(table: string): void
  missing(): readonly Missing[]
}

/** The record that relates to another, and by which lookup column: by name. */
interface Way {
  readonly of: RecordKey
  readonly column: string
}

/** @param documents `table/record/column` of each whose text is here; undefined where the app keeps none */
export const createWalk = (replica: Reading, grant: Grant, documents: ReadonlySet<string> | undefined): Walk => {
  const { memory, present } = replica
  const schema = schemaOf(grant)
  const related = relatedIn(grant)
  const granted = new Map(grant.tables.map(each => [each.table, each]))
  const seen = new Set<string>()
  const missing = new Map<string, Missing>()
  const rowsNaming = createNaming(replica)
  /** by table, the revision up to which everything of it is here */
  const upTo = new Map(
    replica.holdings().flatMap(each => (each.state === 'complete' ? [[each.table, each.at.rev] as const] : [])),
  )

  const say = (one: Missing): void => {
    const { table, record = '', column = '', why } = one
    const place = `${table}/${record}/${column}/${why}`
    if (!missing.has(place)) missing.set(place, one)
  }
  const holds = (table: string, column: string): boolean => granted.get(table)?.columns?.includes(column) !== false
  const documentsOf = (table: string): Table['columns'] =>
    documents === undefined
      ? []
      : (schema.tables.get(table)?.columns ?? []).filter(({ id, type }) => type === 'document' && holds(table, id))

  const whyIncomplete = (table: string): WhyMissing | undefined => {
    if (!granted.has(table)) return 'outside'
    const state = memory.tables.get(table)
    if (state === undefined) return 'not-downloaded'
    return state.state === 'complete' && state.columnSet === columnSetOf(grant, table) ? undefined : 'partial'
  }

  /** Of a complete table: whether all that a record relates to had to come with it. */
  const whyNotBrought = (of: RecordKey, table: string): WhyMissing | undefined => {
    const row = present.rows.get(keyOf(of))
    // Added by the user, it is no part of the scope, and brings nothing (OM10).
    if (row === undefined) return memory.pinned.has(keyOf(of)) ? 'outside' : undefined
    return row.rev > (upTo.get(table) ?? 0) ? 'not-downloaded' : undefined
  }

  const whyAbsent = (key: RecordKey, way: (Way & { readonly id: string }) | undefined): WhyMissing | undefined => {
    const row = present.rows.get(keyOf(key))
    // Of a table that is coming anew nobody knows yet what has left.
    if (row?.gone === 'left') return (granted.has(key.table) ? whyIncomplete(key.table) : undefined) ?? 'left'
    if (row?.gone !== undefined) return row.gone === 'unknown' ? 'unreadable' : row.gone
    if (replica.view(keyOf(key)) !== undefined) return undefined
    if (row !== undefined) return 'deleted'
    if (way === undefined) return whyIncomplete(key.table) ?? 'outside'
    if (!granted.has(key.table)) return 'unreadable'
    // Named here and not there yet: it comes when the relay has heard of it.
    const stated = present.rows.get(keyOf(way.of))
    const isStated = stated !== undefined && decode(stated)?.content.fields[way.id] === key.id
    const isPending = memory.chains.has(keyOf(way.of)) && !isStated
    return (
      whyIncomplete(key.table) ?? (isPending ? 'not-downloaded' : (whyNotBrought(way.of, key.table) ?? 'unreadable'))
    )
  }

  const visit = (key: RecordKey, way?: Way & { readonly id: string }): void => {
    if (seen.has(keyOf(key))) return
    seen.add(keyOf(key))
    const why = whyAbsent(key, way)
    if (why !== undefined) return say({ table: key.table, record: key.id, ...placed(way), why })
    for (const { name } of documentsOf(key.table)) {
      if (documents?.has(`${keyOf(key)}/${name}`) === false)
        say({ table: key.table, record: key.id, column: name, why: 'document' })
    }
    for (const each of related.get(key.table) ?? []) {
      if (each.side === 'one') up(key, each)
      else down(key, each)
    }
  }

  const up = (of: RecordKey, { table, column: id }: Related): void => {
    const known = schema.tables.get(of.table)?.byId.get(id)
    const way = { of, column: known?.name ?? id, id }
    if (!holds(of.table, id)) return say({ table, ...placed(way), why: 'hidden' })
    const named = replica.view(keyOf(of))?.fields[id]
    if (typeof named !== 'string') return
    // A lookup to one of several tables does not say to which.
    const others = (known?.targets ?? []).filter(each => each !== table)
    if (others.some(each => replica.view(keyOf({ table: each, id: named })) !== undefined)) return
    visit({ table, id: named }, way)
  }

  const down = (of: RecordKey, { table, column: id }: Related): void => {
    // Of a table its user may read nothing of, nothing is known to be missing.
    if (!granted.has(table)) return
    const way = { of, column: schema.tables.get(table)?.byId.get(id)?.name ?? id, id }
    const why = whyIncomplete(table) ?? (holds(table, id) ? whyNotBrought(of, table) : 'hidden')
    if (why !== undefined) return say({ table, ...placed(way), why })
    if (documentsOf(table).length === 0 && !related.has(table)) return
    for (const named of rowsNaming(table, id).get(of.id) ?? []) visit({ table, id: named }, way)
  }

  return {
    visit,
    table: table => {
      const why = whyIncomplete(table)
      if (why !== undefined) say({ table, why })
    },
    missing: () => [...missing.values()],
  }
}

const placed = (way: Way | undefined): Pick<Missing, 'of' | 'column'> =>
  way === undefined ? {} : { column: way.column, of: { table: way.of.table, record: way.of.id } }

/** By table and lookup column, ids of rows by what they name: found once for all records that are asked about. */
const createNaming = (
  replica: Reading,
): ((table: string, column: string) => ReadonlyMap<unknown, readonly string[]>) => {
  const known = new Map<string, ReadonlyMap<unknown, readonly string[]>>()
  return (table, column) => {
    const place = `${table}.${column}`
    const found = known.get(place)
    if (found !== undefined) return found
    const rows = new Map<unknown, string[]>()
    replica.each(table, (id, { fields }) => {
      const before = rows.get(fields[column])
      if (before === undefined) rows.set(fields[column], [id])
      else before.push(id)
    })
    known.set(place, rows)
    return rows
  }
}
