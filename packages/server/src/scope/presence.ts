import type { Fields, Position, Scope } from '@rejoin/profile'
import { createAudience } from '../live/audience.ts'
import { holdersOf } from '../live/concern.ts'
import type { Lens } from '../live/linked.ts'
import { keyOf, type StoredIndex, type View } from '../storage/storage.ts'
import { type Members, membersOf } from './members.ts'

/** Which rows a scope holds, for one run through them: a catch-up, a comparison, one question. */
export interface Presence {
  /** of all tables that have to be asked for, as of a view */
  members(view: View): Promise<Members>
  /** ids of those among some rows of a table, as of a view */
  among(view: View, table: string, rows: readonly StoredIndex[]): Promise<ReadonlySet<string>>
}

/** Rows that are followed one by one, each over all that brings it; of more, the whole scope is asked for. */
const FEW = 4

/** @param lens the one the scope was compiled with */
export const createPresence = (scope: Scope, lens: Lens): Presence => {
  let known: { readonly at: Position; readonly members: Members } | undefined

  const members: Presence['members'] = async view => {
    if (known?.at.rev !== view.head.rev || known.at.commit !== view.head.commit) {
      known = { at: view.head, members: await membersOf(view, scope) }
    }
    return known.members
  }

  return {
    members,
    among: async (view, table, rows) => {
      const part = scope.tables.get(table)
      const live = rows.filter(row => !row.deleted && !row.purged)
      if (part === undefined || live.length === 0) return new Set()
      if (part.everything) return new Set(live.map(({ id }) => id))
      if (part.alone) {
        return new Set(live.filter(row => part.holds(JSON.parse(row.json) as Fields, row.id)).map(({ id }) => id))
      }
      const ids = live.map(({ id }) => id)
      if (ids.length <= FEW) {
        const held = await followed(view, scope, lens, table, ids)
        if (held !== undefined) return held
      }
      const listed = new Set((await members(view)).get(table)?.map(({ id }) => id))
      return new Set(ids.filter(id => listed.has(id)))
    },
  }
}

/** @returns undefined where too many rows bring one of them */
const followed = async (
  view: View,
  scope: Scope,
  lens: Lens,
  table: string,
  ids: readonly string[],
): Promise<ReadonlySet<string> | undefined> => {
  const audience = createAudience<{ readonly scope: Scope }>(scope.schema, scope.profile, lens)
  audience.add({ scope })
  const holders = await holdersOf(
    view,
    audience,
    ids.map(id => ({ table, id })),
  )
  return holders && new Set(ids.filter(id => (holders.get(keyOf({ table, id }))?.size ?? 0) > 0))
}
