import { Hono } from 'hono'
import { z } from 'zod'
import type { Core } from '../core.ts'
import { jsonOf } from '../routes/checked.ts'
import { invalid } from '../routes/failure.ts'
import type { ApiEnv } from '../routes/signed-in.ts'
import { makeId } from '../routes/write.ts'
import { type Erasures, knownErasures, type KnownErasure } from './erasures.ts'
import { resolveSubject, subjectShape } from './subject.ts'

/** Erasure, part of the administration and behind its door. `dry` only says what would go. */
export interface ErasureRouteParts {
  readonly core: Core
  readonly erasures: Erasures
  readonly now: () => number
}

export const erasureRoutes = ({ core, erasures, now }: ErasureRouteParts) =>
  new Hono<ApiEnv>()
    .get('/erasures', async context => context.json({ erasures: (await knownErasures(core.storage)).map(shown) }))
    .post('/erasures', jsonOf(newErasure), async context => {
      const { person, environment } = context.var.caller
      const { reason, dry, ...subject } = context.req.valid('json')
      const resolved = await core.storage.snapshot(view => resolveSubject(view, environment.schema, subject))
      if (!resolved.ok) throw invalid(resolved.faults)
      const targets = resolved.value
      if (dry === true) return context.json({ targets: named(targets) })
      const erasure = { id: makeId(), at: now(), by: person.id, reason, targets }
      const report = await erasures.erase(erasure)
      return context.json(shown({ erasure, progress: { done: targets.length, report } }), 201)
    })

const newErasure = z.strictObject({
  ...subjectShape,
  reason: z.string().min(1).max(500),
  dry: z.boolean().optional(),
})

const shown = ({ erasure: { targets, ...erasure }, progress: { done, report } }: KnownErasure) => ({
  ...erasure,
  targets: targets.length,
  done,
  report,
})

const named = (targets: readonly { readonly table: string; readonly id: string }[]) =>
  targets.slice(0, 1_000).map(({ table, id }) => ({ table, id }))
