import { addRow, emptyFingerprint, type Fields, fingerprintText, unpackEnvelope } from '@rejoin/profile'
import { contentOf, hydrated } from '../documents.ts'
import { broken, same } from '../failure.ts'
import { columnsOf, heldColumns, holdsTable, inScope, TABLES } from '../places.ts'
import type { World } from '../world.ts'
import { type OnDisk, readDisk } from './held.ts'

/** Every device holds exactly the rows of its scope, each as the oracle has it, cut to its columns; all documents are whole. */
export const replicasAgree = async (world: World): Promise<void> => {
  for (const device of world.devices) {
    const { user } = device
    const tables = TABLES.filter(table => holdsTable(user, table))
    const disk = await readDisk(device.disk, tables)
    if (disk.incomplete.length > 0) broken('every table is complete', { device: device.index, tables: disk.incomplete })
    const unanswered = disk.outbox.filter(({ state }) => state.status === 'withdrawing')
    if (unanswered.length > 0) broken('the outbox drains', { device: device.index, unanswered })
    const expected = new Map<string, { fields: Fields; rev: number }>()
    for (const [key, { content, rev }] of world.oracle.records) {
      const table = key.slice(0, key.indexOf('/'))
      if (!tables.includes(table) || content.deleted || !inScope(user, table, content.fields)) continue
      const held: readonly string[] = heldColumns(user, table)
      const fields = Object.fromEntries(Object.entries(content.fields).filter(([column]) => held.includes(column)))
      expected.set(key, { fields, rev })
    }
    for (const [key, { fields, rev }] of expected) {
      const envelope = disk.rows.get(key)
      const row = envelope === undefined ? undefined : rowOf(world, key, envelope)
      if (row === undefined || row.rev !== rev || !same(row.fields, fields)) {
        broken('all replicas are equal', { device: device.index, user, key, held: row, expected: { fields, rev } })
      }
    }
    const excess = [...disk.rows.keys()].filter(key => !expected.has(key))
    if (excess.length > 0) broken('a device holds its scope and no more', { device: device.index, user, excess })
    for (const table of tables) {
      const sum = emptyFingerprint()
      const columnSet = disk.columnSets.get(table)!
      for (const [key, { rev }] of expected) {
        if (key.startsWith(`${table}/`)) addRow(sum, { id: key.slice(table.length + 1), rev }, columnSet)
      }
      if (device.fingerprint(table) !== fingerprintText(sum))
        broken('fingerprints are equal', { device: device.index, user, table })
    }
    workDocumentsWhole(disk, device.index)
    viewsFollow(world, device.index, expected, disk)
  }
}

const rowOf = (world: World, key: string, envelope: Uint8Array): { fields: Fields; rev: number } => {
  const { rev, bytes } = unpackEnvelope(envelope)
  const doc = hydrated([bytes], key)
  world.book.kept(key, doc)
  return { fields: contentOf(doc).fields, rev }
}

/** Confirmed bytes with the device's own edits on top wait for nothing. */
const workDocumentsWhole = ({ rows, leftovers, outbox }: OnDisk, device: number): void => {
  const chains = new Map<string, Uint8Array[]>()
  for (const { edit, state } of outbox) {
    if (state.status === 'withdrawing') continue
    const key = `${edit.table}/${edit.record}`
    const confirmed = rows.get(key) ?? leftovers.get(key)
    if (
      confirmed !== undefined &&
      edit.incarnation !== '' &&
      unpackEnvelope(confirmed).incarnation !== edit.incarnation
    )
      continue
    if (!chains.has(key)) chains.set(key, confirmed === undefined ? [] : [unpackEnvelope(confirmed).bytes])
    chains.get(key)!.push(edit.update)
  }
  for (const [key, bytes] of chains) hydrated(bytes, `${key} on device ${device}`)
}

/** Where nothing of his own is unsettled, a user sees the confirmed record. */
const viewsFollow = (
  { devices }: World,
  index: number,
  expected: ReadonlyMap<string, { fields: Fields }>,
  { outbox }: OnDisk,
): void => {
  const device = devices[index]!
  const busy = new Set(outbox.map(({ edit }) => `${edit.table}/${edit.record}`))
  for (const table of TABLES.filter(each => holdsTable(device.user, each))) {
    const seen = new Map(device.rows(table).map(({ id, fields }) => [`${table}/${id}`, fields]))
    for (const key of new Set([...seen.keys(), ...[...expected.keys()].filter(each => each.startsWith(`${table}/`))])) {
      if (busy.has(key)) continue
      const view = Object.fromEntries(
        Object.entries(seen.get(key) ?? {}).filter(
          ([column, value]) => value !== null && columnsOf[table]!.includes(column),
        ),
      )
      if (!seen.has(key) || !same(view, expected.get(key)?.fields)) {
        broken('what a user sees is the confirmed record', {
          device: index,
          key,
          sees: seen.get(key),
          confirmed: expected.get(key),
        })
      }
    }
  }
}
