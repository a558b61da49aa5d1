import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { openRejoin, openSqliteStore } from '@rejoin/client/node'
import type { PlainRow } from '@rejoin/profile'
import { type ContentRow, contentHash } from './content.ts'
import { createLoad } from './device.load.ts'
import type { Deed, DeviceContent, Question, Reply, Save, Talk, Told } from './talk.ts'

/**
 * The process behind `startDevice`: an app on the offline replica, worked by lines on its standard input. Its own lines
 * are written synchronously, so that what it said before it was killed was true when it said it.
 */
const { name, url, token, store: path } = JSON.parse(process.argv[2]!) as Readonly<Record<string, string>>

const say = (line: Reply | Told): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

process.on('unhandledRejection', error => {
  say({ told: 'trouble', message: String(error) })
  process.exit(1)
})

const store = await openSqliteStore({ path: path! })
const rejoin = await openRejoin({ url: url!, token: token!, app: 'rig', store, connect: false })

/** An edit is seen in the outbox only after it is durable; its id stays known after it has left. */
const last = new Map<string, string>()
let present = new Set<string>()
const note = (): void => {
  const now = new Set<string>()
  for (const { id, table, record } of rejoin.outbox.current) {
    now.add(id)
    last.set(`${table}/${record}`, id)
  }
  const left = [...present].filter(id => !now.has(id))
  present = now
  if (left.length > 0) void tellSettled(left)
}
const tellSettled = async (edits: readonly string[]): Promise<void> => {
  for (const edit of await settledAmong(edits)) say({ told: 'settled', edit })
}
const settledAmong = async (edits: readonly string[]): Promise<string[]> => {
  const found = await Promise.all(
    edits.map(async edit => ((await store.get('settled', edit)) === undefined ? [] : [edit])),
  )
  return found.flat()
}
note()
rejoin.outbox.subscribe(note)
rejoin.link.subscribe(({ state }) => say({ told: 'link', link: state }))
rejoin.progress.subscribe(({ rows, table }) => say({ told: 'progress', ...rows, note: table ?? '' }))

const save = async ({ kind, table, record, values }: Save, what: Deed): Promise<{ edit: string; record: string }> => {
  const on = rejoin.table(table)
  let id = record ?? ''
  if (kind === 'create') id = await on.create(values)
  else if (kind === 'update') await on.update(id, values)
  else await on.delete(id)
  const edit = last.get(`${table}/${id}`)
  if (edit === undefined) throw new Error(`the edit of ${table}/${id} is not in the outbox`)
  say({ told: 'saved', edit, record: id, what })
  return { edit, record: id }
}

const load = createLoad({ maker: name!, rejoin, save })

const answers: { readonly [Name in keyof Talk]: (what: Talk[Name]['ask']) => Promise<Talk[Name]['answer']> } = {
  connect: async () => {
    // also at once where it was waiting to come back, as an app does when the network returns
    rejoin.disconnect()
    rejoin.connect()
    return {}
  },
  disconnect: async () => {
    rejoin.disconnect()
    return {}
  },
  firstSync: async () => {
    const began = performance.now()
    rejoin.connect()
    await rejoin.firstSync()
    return { rows: rejoin.progress.current.rows.done, ms: Math.round(performance.now() - began) }
  },
  save: what => save(what, 'other'),
  row: async ({ table, record }) => ({ row: rejoin.table(table).get(record) ?? null }),
  content: async () => content(),
  outbox: async () => ({
    entries: rejoin.outbox.current.map(({ id, record, state }) => ({ edit: id, record, status: state })),
  }),
  settled: async ({ edits }) => ({ edits: await settledAmong(edits) }),
  drained: async ({ within }) => {
    const until = Date.now() + within
    while (Date.now() < until && (rejoin.outbox.current.length > 0 || rejoin.link.current.state !== 'live'))
      await sleep(20)
    return { left: rejoin.outbox.current.length, link: rejoin.link.current.state }
  },
  load: async what => {
    load.work(what)
    return {}
  },
  rest: async () => {
    await load.rest()
    return {}
  },
}

const content = (): DeviceContent => {
  const held = Object.entries(rejoin.fingerprint())
  const rows = held.flatMap(([table]): ContentRow[] =>
    rejoin
      .table(table)
      .query()
      .current.map(values => ({ table, values: values as PlainRow })),
  )
  const fingerprints = Object.fromEntries(held.map(([table, { fingerprint }]) => [table, fingerprint]))
  return { content: contentHash(rows), rows: rows.length, fingerprints }
}

createInterface({ input: process.stdin }).on('line', line => {
  const { n, ask, with: what } = JSON.parse(line) as Question
  void (answers[ask] as (what: unknown) => Promise<unknown>)(what).then(
    answer => say({ n, answer }),
    (error: unknown) => say({ n, failed: error instanceof Error ? error.message : String(error) }),
  )
})
process.once('SIGTERM', () => {
  void rejoin.close().then(() => process.exit(0))
})
