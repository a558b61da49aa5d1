import type { Change, DownloadFilter, ItemDifference, ProfileDifference } from '@rejoin/profile'

/** How two versions of a profile differ, a line for each item: `+ contact`, `- account`, `~ order: …`. */
export const differenceLines = ({
  name,
  description,
  strategy,
  added,
  removed,
  changed,
}: ProfileDifference): string[] => [
  ...said('name', name),
  ...said('description', description),
  ...said('strategy', strategy && { before: strategy.before ?? 'none', after: strategy.after ?? 'none' }),
  ...added.map(({ table, filter }) => `+ ${table}: ${filterText(filter)}`),
  ...removed.map(({ table, filter }) => `- ${table}: ${filterText(filter)}`),
  ...changed.map(item => `~ ${item.table}: ${itemParts(item).join('; ')}`),
]

const itemParts = ({ filter, relationships, columns, interval }: ItemDifference): string[] => [
  ...(filter === undefined ? [] : [`filter ${filterText(filter.before)} → ${filterText(filter.after)}`]),
  ...(relationships?.added.map(each => `relationship + ${each}`) ?? []),
  ...(relationships?.removed.map(each => `relationship - ${each}`) ?? []),
  ...(columns === undefined ? [] : [`columns ${columnsText(columns.before)} → ${columnsText(columns.after)}`]),
  ...(interval === undefined ? [] : [`every ${interval.before} → ${interval.after} minutes`]),
]

/** In the documents' words. */
export const filterText = (filter: DownloadFilter): string => {
  switch (filter.kind) {
    case 'related':
      return 'related only'
    case 'all':
      return 'all records'
    case 'custom':
      return `custom ${JSON.stringify(filter.where)}`
    case 'other': {
      const { mine = false, teams = false, unit = false } = filter
      const whose = [...(mine ? ['mine'] : []), ...(teams ? ["my teams'"] : []), ...(unit ? ["my unit's"] : [])]
      return whose.join(' or ')
    }
  }
}

const columnsText = (columns: 'all' | readonly string[]): string => (columns === 'all' ? columns : columns.join(', '))

const said = (what: string, change: Change<string> | undefined): string[] =>
  change === undefined ? [] : [`~ ${what}: ${change.before} → ${change.after}`]
