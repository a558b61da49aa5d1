import { setTimeout } from 'node:timers/promises'
import { failed, nowhere, rightsOf } from '@rejoin/profile'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Core } from '../core.ts'
import { queryOf } from '../routes/checked.ts'
import { ApiFailure } from '../routes/failure.ts'
import type { ApiEnv, Caller } from '../routes/signed-in.ts'
import { type FeedChoice, followed } from './allowed.ts'
import { readCursor } from './cursor.ts'
import { type FeedLine, follow, otherTimeline } from './follow.ts'

/**
 * `GET /api/feed`: every change by revision, for systems that follow. Lines of JSON (NDJSON), or server-sent events where
 * `Accept` asks for them; open until the follower leaves, his sign-in ends or `stay=false` and everything was told.
 * Resumed by the cursor behind the last line: `after=REV:COMMIT`, or `Last-Event-ID`.
 */
export interface FeedParts {
  readonly core: Core
  readonly now: () => number
  readonly log: (error: unknown) => void
  /** ends every stream */
  readonly ending: AbortSignal
}

export const feedRoutes = ({ core, now, log, ending }: FeedParts) =>
  new Hono<ApiEnv>().get('/feed', queryOf(query), async context => {
    const { caller } = context.var
    const { after: asked, stay, ...filters } = context.req.valid('query')
    const after = cursorOf(context.req.header('last-event-id') ?? asked)
    const choice = { tables: listed(filters.tables), columns: listed(filters.columns) }
    const tables = () => allowedNow(core, caller, choice, now())
    const allowed = tables()
    if (!allowed.ok) throw new ApiFailure(allowed.faults[0]!.code === 'forbidden' ? 403 : 404, allowed.faults[0]!)
    const known = await core.storage.snapshot(view => view.commitOf(after.rev))
    if (known !== after.commit) throw new ApiFailure(409, otherTimeline)
    const leaving = new AbortController()
    const signal = AbortSignal.any([ending, leaving.signal])
    const lines = follow({ core, after, tables, stay: stay !== 'false', signal, sleep })
    const events = context.req.header('accept')?.includes('text/event-stream') === true
    return context.body(streamOf(lines, { leaving, log, encode: events ? asEvents : asLines }), 200, {
      'content-type': events ? 'text/event-stream; charset=utf-8' : 'application/x-ndjson',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
  })

const names = z.string().max(4_000).optional()
const query = z.object({
  after: z.string().optional(),
  tables: names,
  columns: names,
  stay: z.enum(['true', 'false']).optional(),
})

const listed = (text: string | undefined): readonly string[] | undefined =>
  text === undefined || text === '' ? undefined : text.split(',')

const cursorOf = (text: string | undefined) => {
  const cursor = text === undefined || text === '' ? nowhere : readCursor(text)
  if (cursor !== undefined) return cursor
  const fix = 'give the cursor of the last line, REV:COMMIT'
  throw new ApiFailure(400, { code: 'malformed', at: 'query after', message: 'is no cursor', fix })
}

/** By the environment and the time as they are, not as they were when the stream began. */
const allowedNow = (core: Core, { person: { id }, expires }: Caller, choice: FeedChoice, now: number) => {
  if (now >= expires) return failed(signInEnded)
  const { schema, person } = core.environment()
  const known = person(id)
  return known === undefined ? failed(signInEnded) : followed(schema, known, rightsOf(schema, known), choice)
}

const signInEnded = { code: 'unauthenticated', at: 'feed', message: 'the sign-in has ended', fix: 'sign in again' }

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => undefined)

const asLines = (line: FeedLine): string => `${JSON.stringify(line)}\n`

const asEvents = ({ type, ...data }: FeedLine): string => {
  const id = 'cursor' in data ? data.cursor : 'rev' in data ? `${data.rev}:${data.commit}` : undefined
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
}

interface Streaming {
  readonly leaving: AbortController
  readonly log: (error: unknown) => void
  readonly encode: (line: FeedLine) => string
}

/** A page is read when the socket has room for it. */
const streamOf = (
  pages: AsyncGenerator<readonly FeedLine[]>,
  { leaving, log, encode }: Streaming,
): ReadableStream<Uint8Array> => {
  const text = new TextEncoder()
  const bytesOf = (lines: readonly FeedLine[]): Uint8Array => text.encode(lines.map(encode).join(''))
  return new ReadableStream<Uint8Array>(
    {
      pull: async controller => {
        try {
          const { value, done } = await pages.next()
          if (done === true) controller.close()
          else controller.enqueue(bytesOf(value))
        } catch (error) {
          log(error)
          controller.enqueue(bytesOf([{ type: 'fault', ...broken }]))
          controller.close()
        }
      },
      cancel: async () => {
        leaving.abort()
        await pages.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}

const broken = {
  code: 'storage',
  at: 'feed',
  message: 'the relay could not read on',
  fix: 'come back later with the last cursor',
}
