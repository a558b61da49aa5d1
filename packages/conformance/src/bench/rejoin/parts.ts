import { randomBytes } from 'node:crypto'
import {
  checkUpdate,
  clientWins,
  type Confirmed,
  type Content,
  decodeUp,
  type Edit,
  encodeDown,
  encodeUp,
  guidOf,
  MAX_PUSHED,
  mergeEdit,
  packEnvelope,
  parseFlat,
  readFlat,
  recordWrites,
  unpackEnvelope,
} from '@rejoin/profile'
import { keyOf, openSqliteStorage, type Storage, type StoredEdit, type StoredRecord } from '@rejoin/server'
import { BENCH_TABLE, benchId, EDITED_COLUMN } from '../record.ts'

/**
 * Where a commit's time goes: the steps of the relay's path, each run by itself over a whole load with the functions
 * the relay runs, on a database of its own. One push is one transaction, as with a single busy device.
 *
 * @param path a database of the bench; it is written to
 * @returns processor time, us per edit
 */
export const measureParts = async (path: string, edits: number): Promise<Readonly<Record<string, number>>> => {
  const storage = await openSqliteStorage({ path, newId: () => hex(8) })
  try {
    const keys = Array.from({ length: edits }, (_, n) => ({ table: BENCH_TABLE, id: benchId(n) }))
    const stored = await storage.snapshot(view => view.records(keys))
    const frames = framesOf(stored.map((record, n) => editOn(record, n)))
    return await replay(storage, stored, frames)
  } finally {
    await storage.close()
  }
}

const hex = (bytes: number): string => randomBytes(bytes).toString('hex')
const DEVICE = hex(8)
const PREFIX = 77
const CLIENT = PREFIX * 256

const editOn = ({ id, envelope }: StoredRecord, n: number): Edit => {
  const { rev, commit, incarnation, bytes } = unpackEnvelope(envelope)
  const before = readFlat(bytes).fields
  const value = `replayed ${hex(4)}`
  return {
    id: hex(16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    author: 'technician-0',
    device: DEVICE,
    seq: n + 1,
    tick: 1,
    at: Date.now(),
    table: BENCH_TABLE,
    record: id,
    kind: 'update',
    base: { rev, commit },
    incarnation,
    changes: { [EDITED_COLUMN]: [before[EDITED_COLUMN] ?? null, value] },
    update: recordWrites(guidOf(BENCH_TABLE, id), [bytes], CLIENT, { [EDITED_COLUMN]: value }).update,
    image: { ...before, [EDITED_COLUMN]: value },
  }
}

const framesOf = (edits: readonly Edit[]): Uint8Array[] => {
  const frames: Uint8Array[] = []
  for (let at = 0; at < edits.length; at += MAX_PUSHED) {
    frames.push(encodeUp({ type: 'push', edits: edits.slice(at, at + MAX_PUSHED) }))
  }
  return frames
}

interface Standing {
  readonly state: 'held'
  readonly confirmed: Confirmed
  readonly content: Content
}

const replay = async (
  storage: Storage,
  stored: readonly StoredRecord[],
  frames: readonly Uint8Array[],
): Promise<Readonly<Record<string, number>>> => {
  const parts: Record<string, number> = {}
  const timed = async <T>(part: string, work: () => T | Promise<T>): Promise<T> => {
    const before = process.cpuUsage()
    const result = await work()
    const { user, system } = process.cpuUsage(before)
    parts[part] = (user + system) / stored.length
    return result
  }
  const commit = hex(8)
  const head = (await storage.snapshot(async view => view.head)).rev
  const edits = await timed('decode', () => frames.flatMap(frame => pushedIn(frame)))
  const standing = await timed('unpack', () =>
    stored.map(({ envelope }): Standing => {
      const confirmed = unpackEnvelope(envelope)
      return { state: 'held', confirmed, content: readFlat(confirmed.bytes) }
    }),
  )
  await timed('gate', () => {
    edits.forEach((edit, n) => {
      const verdict = checkUpdate(edit, parseFlat(standing[n]!.confirmed.bytes), [PREFIX])
      if (!verdict.pass) throw new Error(`an edit of the bench did not pass the gate: ${verdict.message}`)
    })
  })
  const merged = await timed('merge', () =>
    edits.map((edit, n) => {
      const place = { rev: head + n + 1, commit, authority: CLIENT + 1, base: edit.base.rev, at: edit.at }
      const { record, outcome } = mergeEdit(standing[n], edit, clientWins, place)
      if (record === undefined) throw new Error('an edit of the bench was not merged')
      return { edit, outcome, ...record }
    }),
  )
  const packed = await timed('pack', () =>
    merged.map(({ edit, confirmed, content }): StoredRecord => ({
      table: edit.table,
      id: edit.record,
      rev: confirmed.rev,
      deleted: content.deleted,
      purged: false,
      json: JSON.stringify(content.fields),
      envelope: packEnvelope(confirmed),
    })),
  )
  const settled = merged.map(({ edit, outcome }): StoredEdit => ({
    edit: edit.id,
    table: edit.table,
    id: edit.record,
    device: edit.device,
    seq: edit.seq,
    author: edit.author,
    kind: edit.kind,
    at: edit.at,
    received: edit.at,
    changes: edit.changes,
    outcome,
  }))
  await timed('storage', async () => {
    for (let at = 0; at < packed.length; at += MAX_PUSHED) {
      const records = packed.slice(at, at + MAX_PUSHED)
      const answered = settled.slice(at, at + MAX_PUSHED)
      const wanted = { records, edits: answered.map(({ edit }) => edit), revs: [head] }
      await storage.commit(wanted, found => {
        if (records.some(record => !found.records.has(keyOf(record))))
          throw new Error('a record of the bench is missing')
        return { result: undefined, head: { rev: records.at(-1)!.rev, commit: hex(8) }, records, edits: answered }
      })
    }
  })
  await timed('encode', () => {
    for (let at = 0; at < packed.length; at += MAX_PUSHED) {
      const rows = packed.slice(at, at + MAX_PUSHED)
      const answers = merged.slice(at, at + MAX_PUSHED).map(({ edit, outcome }) => ({ edit: edit.id, answer: outcome }))
      encodeDown({ type: 'changes', at: { rev: head, commit }, rows, gone: [], answers })
    }
  })
  return parts
}

const pushedIn = (frame: Uint8Array): readonly Edit[] => {
  const message = decodeUp(frame)
  if (message.type !== 'push') throw new Error('a frame of the bench is no push')
  return message.edits
}
