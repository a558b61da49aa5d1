import type { Edit } from '@rejoin/profile'
import { broken } from '../failure.ts'
import type { World } from '../world.ts'

/** What became of the edits of a run. */
export type Class = 'applied' | 'lost' | 'rejected' | 'held' | 'withdrawn' | 'amended'

/**
 * Every edit any device ever saved ends in exactly one way, and the devices agree: what the relay has settled is in no
 * outbox, what it refused or parked waits there for its user, what it never heard of was given up or amended.
 */
export const classify = ({ ledger, oracle, devices }: World): ReadonlyMap<Class, number> => {
  const amended = new Map<string, string[]>()
  for (const { edit } of ledger.saved.values()) {
    if (edit.amends !== undefined) amended.set(edit.amends, [...(amended.get(edit.amends) ?? []), edit.id])
  }
  const waiting = new Map(devices.flatMap(device => device.entries().map(entry => [entry.id, entry] as const)))
  const counts = new Map<Class, number>()
  for (const [id, { edit, discarded }] of ledger.saved) {
    const fate = oracle.fates.get(id)
    const heirs = amended.get(id) ?? []
    if (heirs.length > 1) broken('an edit is amended once', { edit: id, heirs })
    const kept = waiting.get(id)
    const at = { edit: id, of: `${edit.table}/${edit.record}`, kind: edit.kind, fate, discarded, amendedBy: heirs[0], outbox: kept }
    // Behind another entry it never left the device, and says what holds it.
    const behind = kept?.state === 'held' && kept.heldBy !== undefined && waiting.has(kept.heldBy)
    const found = classOf(fate?.status, discarded, heirs.length > 0) ?? (behind ? 'held' : undefined)
    if (found === undefined) broken('no saved edit is lost', at)
    if (heirs.length > 0 && (found === 'applied' || found === 'lost')) broken('an edit takes effect once', at)
    const stuck = found === 'rejected' || found === 'held'
    if (kept !== undefined && !stuck) broken('the outbox drains', at)
    if (stuck && kept === undefined && !discarded && heirs.length === 0) broken('what was refused stays visible', at)
    if (kept !== undefined && kept.state !== found) broken('the outbox says what the relay said', at)
    counts.set(found!, (counts.get(found!) ?? 0) + 1)
  }
  return counts
}

const classOf = (fate: string | undefined, discarded: boolean, amended: boolean): Class | undefined => {
  if (fate === undefined) return amended ? 'amended' : discarded ? 'withdrawn' : undefined
  if (fate === 'withdrawn') return amended ? 'amended' : discarded ? 'withdrawn' : undefined
  return fate as Class
}

/** Tallies are only counted up, each device in its own column: what they say is how often each was counted. */
export const tallied = ({ ledger, oracle, devices }: World): void => {
  const increments = new Map<string, number>()
  const count = ({ table, record, changes }: Edit): void => {
    if (table !== 'tally') return
    for (const column of Object.keys(changes)) {
      increments.set(`${record} ${column}`, (increments.get(`${record} ${column}`) ?? 0) + 1)
    }
  }
  for (const [id, { edit }] of ledger.saved) if (oracle.fates.get(id)?.status === 'applied') count(edit)
  for (const [key, { content }] of oracle.records) {
    if (!key.startsWith('tally/')) continue
    for (const { index } of devices) {
      const column = `c${index}`
      const expected = increments.get(`${key.slice(6)} ${column}`) ?? 0
      const found = content.fields[column] ?? 0
      if (found !== expected) broken('every increment counts once', { key, column, found, expected })
    }
  }
}
