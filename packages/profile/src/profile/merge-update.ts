import type { DownloadFilter, ProfileItem, ProfileSource } from './profile.ts'

/**
 * Three-way: what the vendor changed since the last default is changed, what the customer added, removed or changed
 * stays (MG3). Filters stay the customer's here. A table that is new comes with its relationships and brings related
 * rows alone; one without relationships would bring rows by its filter alone, and waits with it.
 *
 * @param met tables of earlier defaults: what the customer removed of them does not come back as new
 * @returns the merged profile, and by table the filters that tables new to the default begin with
 */
export const mergeUpdate = (
  base: ProfileSource,
  ours: ProfileSource,
  theirs: ProfileSource,
  met: ReadonlySet<string>,
): { readonly profile: ProfileSource; readonly begun: Readonly<Record<string, DownloadFilter>> } => {
  const from = byTable(base)
  const to = byTable(theirs)
  const present = byTable(ours)
  const fresh = theirs.items.filter(({ table }) => !met.has(table))
  const added = fresh
    .filter(({ table, relationships = [] }) => !present.has(table) && relationships.length > 0)
    .map((item): ProfileItem => ({ ...item, filter: { kind: 'related' } }))
  const items = ours.items.map(item => {
    const their = to.get(item.table)
    return their === undefined ? item : mergeItem(from.get(item.table), item, their)
  })
  const description = three(base.description, ours.description, theirs.description)
  const strategy = three(base.strategy, ours.strategy, theirs.strategy)
  return {
    profile: {
      name: three(base.name, ours.name, theirs.name),
      ...(description === undefined ? {} : { description }),
      ...(strategy === undefined ? {} : { strategy }),
      items: [...items, ...added],
    },
    begun: Object.fromEntries([
      ...added.map(({ table, filter }) => [table, filter] as const),
      // a table the customer had before the vendor: its filter is the customer's own
      ...fresh.filter(({ table }) => present.has(table)).map(({ table, filter }) => [table, filter] as const),
    ]),
  }
}

const mergeItem = (base: ProfileItem | undefined, ours: ProfileItem, theirs: ProfileItem): ProfileItem => {
  const columns = three(base?.columns, ours.columns, theirs.columns)
  const interval = three(base?.interval, ours.interval, theirs.interval)
  const before = base?.relationships ?? []
  const given = theirs.relationships ?? []
  const kept = (ours.relationships ?? []).filter(name => given.includes(name) || !before.includes(name))
  return {
    table: ours.table,
    filter: ours.filter,
    relationships: [...new Set([...kept, ...given.filter(name => !before.includes(name))])],
    ...(columns === undefined ? {} : { columns }),
    ...(interval === undefined ? {} : { interval }),
  }
}

/** Theirs where ours is still what both began with. */
const three = <T>(base: T, ours: T, theirs: T): T => (JSON.stringify(ours) === JSON.stringify(base) ? theirs : ours)

const byTable = ({ items }: ProfileSource): ReadonlyMap<string, ProfileItem> =>
  new Map(items.map(item => [item.table, item]))
