import {
  canonical,
  checkProfile,
  type Fault,
  type ProfileItem,
  type ProfileSource,
  type RelationshipSource,
  type Schema,
} from '@rejoin/profile'
import type { Uses } from './notes.ts'
import type { SourceFile } from './syntax.ts'
import { usesOf } from './uses.ts'

/** What came of an app's source. The profile is a draft: an administrator looks at it, narrows it, publishes it. */
export interface Generated {
  readonly profile: ProfileSource
  /** used by the app, but asked of the relay: not downloaded */
  readonly online: readonly string[]
  /** relationships that the app uses and the profile cannot have beside the others, with the reason */
  readonly left: readonly { readonly table: string; readonly relationship: string; readonly why: string }[]
  /** what in the source, or of the profile, needs a hand */
  readonly faults: readonly Fault[]
}

/**
 * A profile from an app's source (PR20): the tables it uses, the columns it uses of them, and the relationships by which
 * it goes from one to the other; no filters. As in the documents, every table is downloaded with all rows the user may
 * read: source does not say which of them matter, and with one filter too narrow the app would silently miss rows. The
 * relationships bring nothing as long as their items take everything; they are there for the administrator who changes
 * an item to "related only". Rows without owners are only ever related (PR8), so that theirs bring rows at once.
 */
export const profileFromSource = (schema: Schema, files: readonly SourceFile[], name: string): Generated => {
  const uses = usesOf(schema, files)
  const bare: ProfileSource = {
    name,
    description: `Tables and columns used by ${files.length === 1 ? '1 file' : `${files.length} files`} of the app`,
    items: [...uses.tables].map(([table, columns]) => itemOf(schema, table, columns)),
  }
  const { profile, left } = withRelationships(schema, bare, candidates(schema, uses))
  return {
    profile: canonical(profile),
    online: [...uses.online].filter(table => !uses.tables.has(table)),
    left,
    faults: [...uses.faults, ...checkProfile(schema, profile)],
  }
}

const itemOf = (schema: Schema, name: string, columns: ReadonlySet<string>): ProfileItem => ({
  table: name,
  filter: { kind: schema.tables.get(name)?.ownership === 'none' ? 'related' : 'all' },
  columns: [...columns].filter(column => column !== schema.tables.get(name)?.primaryKey),
})

/** A lookup that is followed brings the row it names; one that is asked by brings the rows that hold it (PR16). */
const candidates = (schema: Schema, { tables, followed, asked }: Uses): readonly Candidate[] => {
  const all = [...schema.relationships.values()].filter(({ to }) => tables.has(to))
  const from = (lookups: ReadonlySet<string>): RelationshipSource[] => all.filter(each => lookups.has(each.from))
  return [
    ...from(followed).map(({ name, to }) => ({ table: to, relationship: name })),
    ...from(asked).map(({ name, from: lookup }) => ({ table: lookup.split('.')[0]!, relationship: name })),
  ]
}

interface Candidate {
  readonly table: string
  readonly relationship: string
}

/** One after the other, each as long as the relationships still fit together: without circles, and within the limits. */
const withRelationships = (
  schema: Schema,
  bare: ProfileSource,
  wanted: readonly Candidate[],
): { profile: ProfileSource; left: Generated['left'] } => {
  const left: { table: string; relationship: string; why: string }[] = []
  let profile = bare
  for (const candidate of wanted) {
    const { table, relationship } = candidate
    const next = choose(profile, candidate)
    const known = new Set(checkProfile(schema, profile).map(({ at, code }) => `${code} ${at}`))
    const fault = checkProfile(schema, next).find(({ at, code }) => !known.has(`${code} ${at}`))
    if (fault === undefined) profile = next
    else left.push({ table, relationship, why: fault.message })
  }
  return { profile, left }
}

const choose = (profile: ProfileSource, { table, relationship }: Candidate): ProfileSource => ({
  ...profile,
  items: profile.items.map(item =>
    item.table === table ? { ...item, relationships: [...(item.relationships ?? []), relationship] } : item,
  ),
})
