import { failed, ok, type Result } from '../fault.ts'
import { byCodePoint } from '../filter/fold.ts'
import { formFaults } from './check.ts'
import type { DownloadFilter, ProfileItem, ProfileSource } from './profile.ts'

/**
 * A whole profile as one JSON document fit for git: two profiles that mean the same are the same text. What has no
 * order of its own (items, relationships, columns) is sorted, what says nothing (`mine: false`) is left out.
 */
export const profileText = (profile: ProfileSource): string => `${JSON.stringify(canonical(profile), undefined, 2)}\n`

/** A document from a file. Its form alone is judged here: whether it fits a schema is for `checkProfile` to say. */
export const readProfile = (text: string): Result<ProfileSource> => {
  const parsed = parse(text)
  if (parsed === undefined) return failed({ code: 'json', at: 'profile', message: 'is not JSON' })
  return asProfile(parsed.value)
}

/** The same of JSON that is parsed already, as an API hands it over. */
export const asProfile = (source: unknown): Result<ProfileSource> => {
  if (isDeep(source)) {
    return failed({ code: 'too-deep', at: 'profile', message: `nests more than ${MOST_LEVELS} levels of JSON` })
  }
  const faults = formFaults(source)
  return faults.length > 0 ? failed(...faults) : ok(canonical(source as ProfileSource))
}

/** A copy in the one order, with every part of it frozen. */
export const canonical = ({ name, description, strategy, items }: ProfileSource): ProfileSource =>
  frozen({
    name,
    ...(description === undefined ? {} : { description }),
    ...(strategy === undefined ? {} : { strategy }),
    items: items.map(canonicalItem).toSorted((a, b) => byCodePoint(a.table, b.table)),
  })

const canonicalItem = ({ table, filter, relationships = [], columns, interval }: ProfileItem): ProfileItem => ({
  table,
  filter: canonicalFilter(filter),
  ...(relationships.length === 0 ? {} : { relationships: relationships.toSorted(byCodePoint) }),
  ...(columns === undefined ? {} : { columns: columns.toSorted(byCodePoint) }),
  ...(interval === undefined ? {} : { interval }),
})

export const canonicalFilter = (filter: DownloadFilter): DownloadFilter => {
  if (filter.kind === 'custom') return { kind: 'custom', where: arranged(filter.where) }
  if (filter.kind !== 'other') return { kind: filter.kind }
  const { mine, teams, unit } = filter
  return {
    kind: 'other',
    ...(mine === true ? { mine } : {}),
    ...(teams === true ? { teams } : {}),
    ...(unit === true ? { unit } : {}),
  }
}

export const sameFilter = (a: DownloadFilter, b: DownloadFilter): boolean =>
  JSON.stringify(canonicalFilter(a)) === JSON.stringify(canonicalFilter(b))

export const sameProfile = (a: ProfileSource, b: ProfileSource): boolean => profileText(a) === profileText(b)

/** Members of a group stay in the order they were written in; only the keys of conditions and links have one order. */
const arranged = <T>(part: T): T => {
  if (Array.isArray(part)) return part.map(arranged) as T
  if (typeof part !== 'object' || part === null) return part
  const entries = Object.entries(part).map(([key, value]) => [key, arranged(value)] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => rank(a) - rank(b) || byCodePoint(a, b))) as T
}
const keys = ['column', 'op', 'value', 'link', 'table', 'from', 'to', 'where']
const rank = (key: string): number => keys.indexOf(key)

const frozen = <T>(part: T): T => {
  if (typeof part === 'object' && part !== null) for (const value of Object.values(part)) frozen(value)
  return Object.freeze(part)
}

const parse = (text: string): { value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** more than any filter needs, and less than a stack bears */
const MOST_LEVELS = 64

const isDeep = (source: unknown): boolean => {
  let level: unknown[] = [source]
  for (let levels = 0; level.length > 0; levels += 1) {
    if (levels > MOST_LEVELS) return true
    level = level.flatMap(part => (typeof part === 'object' && part !== null ? Object.values(part) : []))
  }
  return false
}
