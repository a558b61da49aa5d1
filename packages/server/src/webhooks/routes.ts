import { nowhere } from '@rejoin/profile'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Core } from '../core.ts'
import { followed } from '../feed/allowed.ts'
import { cursorText, readCursor } from '../feed/cursor.ts'
import { otherTimeline } from '../feed/follow.ts'
import { jsonOf } from '../routes/checked.ts'
import { ApiFailure, invalid } from '../routes/failure.ts'
import type { ApiEnv } from '../routes/signed-in.ts'
import { entryKey } from '../storage/storage.ts'
import { addressFault, type Reach } from './post.ts'
import { type Progress, progressKey, type Webhook, webhookKey } from './webhook.ts'

/** Subscriptions, part of the administration and behind its door: made, seen with how they fare, resumed, ended. */
export interface WebhookRouteParts {
  readonly core: Core
  readonly reach: Reach
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
}

export const webhookRoutes = ({ core, reach, now, random }: WebhookRouteParts) =>
  new Hono<ApiEnv>()
    .get('/webhooks', async context => {
      const found = await core.storage.snapshot(async view => {
        const progress = new Map(
          (await view.entries('webhook-progress')).map(({ id, value }) => [id, value as Progress]),
        )
        return (await view.entries('webhook')).map(({ id, value }) => shown(value as Webhook, progress.get(id)))
      })
      return context.json({ webhooks: found })
    })
    .post('/webhooks', jsonOf(newWebhook), async context => {
      const { caller } = context.var
      const { from, ...wanted } = context.req.valid('json')
      const fault = addressFault(wanted.url, reach)
      if (fault !== undefined) throw invalid([fault])
      const { schema } = caller.environment
      const tables = followed(schema, caller.person, caller.rights, wanted)
      if (!tables.ok) throw invalid(tables.faults)
      const cursor = from === undefined ? nowhere : readCursor(from)
      const known = cursor && (await core.storage.snapshot(view => view.commitOf(cursor.rev)))
      if (cursor === undefined || known !== cursor.commit)
        throw new ApiFailure(409, { ...otherTimeline, at: 'body from' })
      const id = Buffer.from(random(8)).toString('hex')
      const secret = `whsec_${Buffer.from(random(24)).toString('base64')}`
      const { url, tables: only, columns } = wanted
      const webhook: Webhook = {
        ...{ id, url, secret, as: caller.person.id, created: now() },
        ...(only === undefined ? {} : { tables: only }),
        ...(columns === undefined ? {} : { columns }),
      }
      const progress: Progress = { state: 'running', cursor }
      await core.storage.commit({}, () => ({
        result: undefined,
        entries: [
          { ...webhookKey(id), value: webhook },
          { ...progressKey(id), value: progress },
        ],
      }))
      return context.json({ ...shown(webhook, progress), secret }, 201)
    })
    .post('/webhooks/:id/resume', async context => {
      const id = context.req.param('id')
      const keys = [webhookKey(id), progressKey(id)]
      const resumed = await core.storage.commit({ entries: keys }, ({ entries }) => {
        const [webhook, progress] = keys.map(key => entries.get(entryKey(key))?.value) as [Webhook?, Progress?]
        if (webhook === undefined || progress === undefined) return { result: undefined }
        const running: Progress = { state: 'running', cursor: progress.cursor }
        return { result: shown(webhook, running), entries: [{ ...progressKey(id), value: running }] }
      })
      if (resumed === undefined) throw noWebhook(id)
      return context.json(resumed)
    })
    .delete('/webhooks/:id', async context => {
      const id = context.req.param('id')
      await core.storage.commit({}, () => ({ result: undefined, removedEntries: [webhookKey(id), progressKey(id)] }))
      return context.body(null, 204)
    })

const names = z.array(z.string().max(200)).max(500).optional()
const newWebhook = z.strictObject({
  url: z.string().max(2_000),
  tables: names,
  columns: names,
  /** a cursor; default the beginning */
  from: z.string().optional(),
})

/** Without its secret. */
const shown = ({ secret: _secret, ...webhook }: Webhook, progress: Progress | undefined) => {
  if (progress === undefined)
    return { ...webhook, state: 'paused' as const, why: 'it has lost its place', cursor: '0:' }
  return { ...webhook, ...progress, cursor: cursorText(progress.cursor) }
}

const noWebhook = (id: string): ApiFailure =>
  new ApiFailure(404, { code: 'no-webhook', at: `webhook ${id}`, message: 'there is no such webhook' })
