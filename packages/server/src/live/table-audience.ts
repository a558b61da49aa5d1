import {
  type Asking,
  compileFilter,
  dependenceOf,
  type DownloadFilter,
  type Filter,
  type Match,
  type PersonKey,
  personKeys,
  type Rows,
  type Scalar,
  type Schema,
  type Scope,
  type Table,
  type TableScope,
  momentOf,
  operandOf,
  operatorKind,
  valueIn,
  visitFilter,
} from '@rejoin/profile'
import type { Lens } from './linked.ts'
import type { Row } from './neighbours.ts'

/** One who hears of what concerns his scope. */
export interface Listener {
  readonly scope: Scope
}

/**
 * The listeners of one profile as one table's rows concern them. Who is singled out by a value of the row (an owner, a
 * resource, a team, a unit) is kept by that value, so a row finds its listeners without asking the others.
 */
export interface TableAudience<L extends Listener> {
  add(listener: L): void
  remove(listener: L): void
  /** whom the item's own filter selects the row for, and who may read it */
  selecting(row: Row, linked: Rows): ReadonlySet<L>
  /** those of a set who may read the row */
  reading(listeners: ReadonlySet<L>, row: Row): ReadonlySet<L>
}

export const createTableAudience = <L extends Listener>(
  schema: Schema,
  table: Table,
  filter: DownloadFilter,
  everyone: ReadonlySet<L>,
  lens: Lens,
): TableAudience<L> => {
  const readers = createReaders<L>(table, everyone)
  const interest = interestOf(schema, table, filter, lens)
  const moments = createShelf<L>()
  const atMoment = (listener: L, change: 'add' | 'remove'): void => {
    if (interest.kind === 'dated') moments[change](momentOf(table.name, interest.where, listener.scope), listener)
  }
  const keyed = interest.kind === 'keyed' ? interest.keys.map(key => ({ key, byValue: createShelf<L>() })) : []
  const partOf = (listener: L): TableScope | undefined => listener.scope.tables.get(table.name)

  const selected = (row: Row, linked: Rows): ReadonlySet<L> => {
    switch (interest.kind) {
      case 'everyone':
        return everyone
      case 'nobody':
        return nobody
      case 'alike':
        return lens.through(linked, () => interest.selects(row.fields, row.id)) ? everyone : nobody
      case 'keyed':
        return asked(candidates(row, linked), row, linked)
      case 'dated':
        return lens.through(linked, () => ofMoments(row))
      case 'each':
        return asked(everyone, row, linked)
    }
  }

  /** Any one of a moment is asked for all of them. */
  const ofMoments = (row: Row): ReadonlySet<L> => {
    const selecting = moments.sets().filter(set => {
      const [any] = set
      return any !== undefined && partOf(any)?.selects(row.fields, row.id) === true
    })
    if (selecting.length === moments.sets().length) return selecting.length === 0 ? nobody : everyone
    return selecting.length === 1 ? selecting[0]! : new Set(selecting.flatMap(set => [...set]))
  }

  const candidates = (row: Row, linked: Rows): Iterable<L> => {
    const found = new Set<L>()
    for (const { key, byValue } of keyed) {
      for (const value of valuesOf(schema, table, key, row, linked)) {
        for (const listener of byValue.get(value)) found.add(listener)
      }
    }
    return found
  }

  const asked = (listeners: Iterable<L>, row: Row, linked: Rows): ReadonlySet<L> =>
    lens.through(linked, () => {
      const found = new Set<L>()
      for (const listener of listeners) if (partOf(listener)?.selects(row.fields, row.id) === true) found.add(listener)
      return found
    })

  return {
    add: listener => {
      if (partOf(listener) === undefined) return
      readers.add(listener)
      atMoment(listener, 'add')
      for (const { key, byValue } of keyed)
        for (const value of key.valuesFor(listener.scope)) byValue.add(value, listener)
    },
    remove: listener => {
      if (partOf(listener) === undefined) return
      readers.remove(listener)
      atMoment(listener, 'remove')
      for (const { key, byValue } of keyed)
        for (const value of key.valuesFor(listener.scope)) byValue.remove(value, listener)
    },
    selecting: (row, linked) => readers.among(selected(row, linked), row),
    reading: (listeners, row) => readers.among(listeners, row),
  }
}

const nobody: ReadonlySet<never> = new Set()

type Interest =
  | { readonly kind: 'everyone' | 'nobody' }
  /** the filter asks nothing of the person: one answer for all */
  | { readonly kind: 'alike'; readonly selects: Match }
  | { readonly kind: 'keyed'; readonly keys: readonly PersonKey[] }
  /** it asks for dates alone: one answer for all of one time zone and day */
  | { readonly kind: 'dated'; readonly where: Filter }
  /** nothing singles anybody out: each is asked, and the cost grows with their number */
  | { readonly kind: 'each' }

const interestOf = (schema: Schema, table: Table, filter: DownloadFilter, { rows }: Lens): Interest => {
  switch (filter.kind) {
    case 'all':
      return { kind: 'everyone' }
    case 'related':
      return { kind: 'nobody' }
    case 'other':
      return { kind: 'keyed', keys: ownerKeys(table, filter) }
    case 'custom': {
      const { person, clock } = dependenceOf(table.name, filter.where)
      if (!person && !clock)
        return { kind: 'alike', selects: compileFilter(schema, table.name, filter.where, anybody, rows) }
      if (!asksForPeople(table, filter.where)) return { kind: 'dated', where: filter.where }
      const keys = personKeys(schema, table.name, filter.where)
      return keys === undefined ? { kind: 'each' } : { kind: 'keyed', keys }
    }
  }
}

const asksForPeople = (table: Table, filter: Filter): boolean => {
  let asks = false
  visitFilter(table.name, filter, (_, part) => {
    asks ||= !('link' in part) && operatorKind(part.op) === 'user'
  })
  return asks
}

const anybody = { person: { id: '', name: '', teams: [], roles: [] }, now: 0 }

/** Whether a filter singles people out, or each of them has to be asked about each change: said at publish. */
export const asksEach = (schema: Schema, table: Table, filter: DownloadFilter): boolean =>
  interestOf(schema, table, filter, { rows: { where: () => [] }, through: (_, look) => look() }).kind === 'each'

const ownerKeys = (
  { ownerId, unitId }: Table,
  { mine, teams, unit }: Extract<DownloadFilter, { kind: 'other' }>,
): PersonKey[] => [
  ...(mine === true ? [columnKey(ownerId, person => [person.id])] : []),
  ...(teams === true ? [columnKey(ownerId, person => person.teams)] : []),
  ...(unit === true ? [columnKey(unitId, person => (person.unit === undefined ? [] : [person.unit]))] : []),
]

const columnKey = (column: string | undefined, values: (person: Asking['person']) => readonly string[]): PersonKey => ({
  links: [],
  valueIn: fields => {
    const value = column === undefined ? undefined : fields[column]
    return typeof value === 'string' ? value : undefined
  },
  valuesFor: ({ person }) => values(person),
})

/** A key's values at the end of its links. */
const valuesOf = (schema: Schema, table: Table, key: PersonKey, row: Row, linked: Rows): Scalar[] => {
  let rows: Iterable<Row> = [row]
  let of = table
  for (const { to, from, table: next } of key.links) {
    const operand = operandOf(of, to)!
    rows = [...rows].flatMap(each => {
      const id = valueIn(operand, each.fields, each.id)
      return typeof id === 'string' ? [...linked.where(next, from, id)] : []
    })
    of = schema.tables.get(next)!
  }
  return [...new Set([...rows].flatMap(each => key.valueIn(each.fields, each.id) ?? []))]
}

interface Readers<L> {
  add(listener: L): void
  remove(listener: L): void
  among(listeners: ReadonlySet<L>, row: Row): ReadonlySet<L>
}

/** Who may read a row: asked of each where few are meant; looked up by owner and unit where everyone is. */
const createReaders = <L extends Listener>(table: Table, everyone: ReadonlySet<L>): Readers<L> => {
  const all = new Set<L>()
  const byOwner = createShelf<L>()
  const byUnit = createShelf<L>()
  const byShare = createShelf<L>()

  const each = (listener: L, change: 'add' | 'remove'): void => {
    const { person, tables } = listener.scope
    const { readDepth } = tables.get(table.name)!
    if (readDepth === 'all') {
      if (change === 'add') all.add(listener)
      else all.delete(listener)
      return
    }
    for (const owner of readDepth === 'own' ? [person.id] : [person.id, ...person.teams])
      byOwner[change](owner, listener)
    if (readDepth === 'unit' && person.unit !== undefined) byUnit[change](person.unit, listener)
    for (const id of Object.keys(person.shared?.[table.name] ?? {})) byShare[change](id, listener)
  }

  const valueOf = (column: string | undefined, row: Row): Scalar => {
    const value = column === undefined ? undefined : row.fields[column]
    return typeof value === 'string' ? value : ''
  }

  const ofEveryone = (row: Row): ReadonlySet<L> => {
    if (all.size === everyone.size) return everyone
    const few = [
      ...byOwner.get(valueOf(table.ownerId, row)),
      ...byUnit.get(valueOf(table.unitId, row)),
      ...byShare.get(row.id),
    ]
    const reading = few.filter(listener => listener.scope.tables.get(table.name)!.reads(row.fields, row.id))
    return reading.length === 0 ? all : new Set([...all, ...reading])
  }

  return {
    add: listener => each(listener, 'add'),
    remove: listener => each(listener, 'remove'),
    among: (listeners, row) => {
      if (listeners === everyone) return ofEveryone(row)
      const reading = new Set<L>()
      for (const listener of listeners) {
        if (listener.scope.tables.get(table.name)?.reads(row.fields, row.id) === true) reading.add(listener)
      }
      return reading.size === listeners.size ? listeners : reading
    },
  }
}

/** Listeners by a value. */
interface Shelf<L> {
  get(value: Scalar): ReadonlySet<L>
  sets(): readonly ReadonlySet<L>[]
  add(value: Scalar, listener: L): void
  remove(value: Scalar, listener: L): void
}

const createShelf = <L>(): Shelf<L> => {
  const sets = new Map<Scalar, Set<L>>()
  return {
    get: value => sets.get(value) ?? nobody,
    sets: () => [...sets.values()],
    add: (value, listener) => {
      const set = sets.get(value)
      if (set === undefined) sets.set(value, new Set([listener]))
      else set.add(listener)
    },
    remove: (value, listener) => {
      const set = sets.get(value)
      set?.delete(listener)
      if (set?.size === 0) sets.delete(value)
    },
  }
}
