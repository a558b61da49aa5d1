import { compileScope, failed, ok, type Person, type Result, rightsOf, type Scope, type Table } from '@rejoin/profile'
import { notThere } from '../admin/change.ts'
import type { Environment } from '../environment/environment.ts'
import type { Effective } from '../environment/profiles.ts'
import { createLens } from '../live/linked.ts'
import { storedNeighbours, TooFar } from '../live/neighbours.ts'
import type { StoredRecord, View } from '../storage/storage.ts'
import { type Past, pastOf } from './past.ts'
import { createStandings, type Standing } from './standing.ts'

/** What is asked: is this record on that user's devices, in this app, at that moment? */
export interface ExplainQuestion {
  readonly user: string
  readonly app: string
  readonly table: string
  readonly id: string
  /** what relative dates mean, ms since 1970 */
  readonly at: number
}

/** Why a record is, is not, or is no longer on a user's devices (PR19), once they have synced. */
export interface Explanation extends ExplainQuestion {
  readonly held: boolean
  /** the profile in force, and why it is his */
  readonly profile?: Pick<Effective, 'profile' | 'why' | 'conflict'> & { readonly version?: number }
  readonly standing: Standing | { readonly held: false; readonly why: 'no-profile' | 'not-published' }
  /** of a record that was there */
  readonly record?: 'deleted' | 'purged'
  /** columns of the table that stay on the relay, by name */
  readonly without?: readonly { readonly column: string; readonly why: readonly ('item' | 'role')[] }[]
  readonly past?: Past
}

export const explain = async (
  view: View,
  environment: Environment,
  question: ExplainQuestion,
): Promise<Result<Explanation>> => {
  const { user, app, table, id, at } = question
  const person = environment.person(user)
  const definition = environment.schema.tables.get(table)
  if (person === undefined) return failed(notThere(`user ${user}`))
  if (definition === undefined) return failed(notThere(`table ${table}`))
  const effective = environment.effectiveOf(person, app)
  const [stored] = await view.records([{ table, id }])
  const asked = { ...question, ...endOf(stored) }
  if (effective === undefined) return ok({ ...asked, held: false, standing: { held: false, why: 'no-profile' } })
  const { profile, why, conflict, published } = effective
  const inForce = { profile, why, conflict, ...(published === undefined ? {} : { version: published.version }) }
  if (published === undefined) {
    return ok({ ...asked, held: false, profile: inForce, standing: { held: false, why: 'not-published' } })
  }
  const scope = compileScope(environment.schema, published, person, at, createLens().rows)
  const neighbours = storedNeighbours(view, environment.schema)
  try {
    const standing = await createStandings(scope, neighbours).of(table, id)
    const earlier = environment.profiles.lives.get(profile)?.life.earlier ?? []
    // Of what never was, or was erased for good, there is no past to tell.
    const past =
      standing.held || stored === undefined || stored.purged
        ? undefined
        : await pastOf({ view, scope, neighbours, earlier, key: { table, id }, standing })
    return ok({
      ...asked,
      held: standing.held,
      profile: inForce,
      standing,
      ...withoutOf(scope, definition, person),
      ...(past === undefined ? {} : { past }),
    })
  } catch (error) {
    if (!(error instanceof TooFar)) throw error
    const fix = 'ask about a record that fewer rows bring'
    return failed({ code: 'too-far', at: `${table} ${id}`, message: 'it hangs on more rows than are followed', fix })
  }
}

const endOf = (stored: StoredRecord | undefined): Pick<Explanation, 'record'> => {
  if (stored?.purged === true) return { record: 'purged' }
  return stored?.deleted === true ? { record: 'deleted' } : {}
}

const withoutOf = (scope: Scope, table: Table, person: Person): Pick<Explanation, 'without'> => {
  const part = scope.tables.get(table.name)
  if (part === undefined) return {}
  const selected = scope.profile?.items.find(item => item.table === table.name)?.columns
  const readable = rightsOf(scope.schema, person).readable(table.name)
  const without = table.columns
    .filter(({ id }) => !part.columns.has(id))
    .map(({ id, name }) => ({
      column: name,
      why: [
        ...(selected === undefined || selected.includes(name) ? [] : (['item'] as const)),
        ...(readable.has(id) ? [] : (['role'] as const)),
      ],
    }))
  return without.length === 0 ? {} : { without }
}
