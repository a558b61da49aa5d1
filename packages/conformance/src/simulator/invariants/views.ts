import { unpackEnvelope } from '@rejoin/profile'
import { contentOf, hydrated } from '../documents.ts'
import { broken, same } from '../failure.ts'
import { holdsTable, TABLES } from '../places.ts'
import type { World } from '../world.ts'
import { readDisk } from './held.ts'

/**
 * An edit that is inside a confirmed record is never laid over it again, whatever path the record came by: where the
 * relay is known to have merged all a device has pending, its user sees the confirmed record.
 */
export const nothingFoldedTwice = async ({ devices, oracle, meetings }: World, index: number): Promise<void> => {
  const device = devices[index]!
  // Side by side with another device a user sees that one's pending edits too.
  if (!device.running || device.entries().length === 0 || meetings.meets(index)) return
  const { rows, outbox } = await readDisk(
    device.disk,
    TABLES.filter(table => holdsTable(device.user, table)),
  )
  for (const key of new Set(outbox.map(({ edit }) => `${edit.table}/${edit.record}`))) {
    const envelope = rows.get(key)
    if (envelope === undefined) continue
    const { rev, bytes } = unpackEnvelope(envelope)
    const inside = outbox
      .filter(({ edit }) => `${edit.table}/${edit.record}` === key)
      .every(({ edit }) => {
        const fate = oracle.fates.get(edit.id)
        return (fate?.status === 'applied' || fate?.status === 'lost') && fate.rev <= rev
      })
    if (!inside) continue
    const table = key.slice(0, key.indexOf('/'))
    const confirmed = contentOf(hydrated([bytes], key))
    const seen = device.rows(table).find(({ id }) => `${table}/${id}` === key)?.fields
    const expected = confirmed.deleted ? undefined : confirmed.fields
    if (!same(seen ?? null, expected ?? null))
      broken('nothing is folded twice', { device: index, key, sees: seen, confirmed })
  }
}
