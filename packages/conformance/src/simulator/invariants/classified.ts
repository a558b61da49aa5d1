import type { OutboxEntry } from '@rejoin/client'
import type { Edit } from '@rejoin/profile'
import { broken } from '../failure.ts'
import { SUM } from '../places.ts'
import type { World } from '../world.ts'

/** What became of the edits of a run. */
export type Class = 'applied' | 'lost' | 'rejected' | 'held' | 'withdrawn' | 'amended'

/**
 * Every edit any device ever saved ends in exactly one way, and the devices agree: what the relay has settled is in no
 * outbox, what it refused or parked waits there for its user, what it never heard of was given up or amended.
 */
export const classify = ({ ledger, oracle, devices }: World): ReadonlyMap<Class, number> => {
  const heirOf = heirs(ledger, oracle)
  const waiting = new Map(devices.flatMap(device => device.entries().map(entry => [entry.id, entry] as const)))
  const counts = new Map<Class, number>()
  for (const [id, { edit, device, discarded }] of ledger.saved) {
    const fate = oracle.fates.get(id)
    const heir = heirOf.get(id)
    const kept = waiting.get(id)
    const at = {
      edit: id,
      of: `${edit.table}/${edit.record}`,
      kind: edit.kind,
      fate,
      discarded,
      amendedBy: heir,
      outbox: kept,
    }
    // Behind another entry it never left the device, and says what holds it.
    const behind = kept?.state === 'held' && kept.heldBy !== undefined && waiting.has(kept.heldBy)
    const found = fate === undefined && behind ? 'held' : classOf(fate?.status, discarded, heir !== undefined)
    if (found === undefined) broken('no saved edit is lost', at)
    if (heir !== undefined && (found === 'applied' || found === 'lost')) broken('an edit takes effect once', at)
    const stuck = found === 'rejected' || found === 'held'
    // What was accepted of a record that is gone here stays under what is stuck on top of it.
    const under = kept?.state === 'accepted' && isStoodOn(kept, devices[device]!.entries())
    if (under) {
      counts.set(found!, (counts.get(found!) ?? 0) + 1)
      continue
    }
    if (kept !== undefined && !stuck) broken('the outbox drains', at)
    if (stuck && kept === undefined && !discarded && heir === undefined) broken('what was refused stays visible', at)
    // Behind something that is stuck it may not have heard yet what the relay thinks of it.
    if (kept !== undefined && kept.state !== found && !behind) broken('the outbox says what the relay said', at)
    counts.set(found!, (counts.get(found!) ?? 0) + 1)
  }
  return counts
}

/**
 * By the id of an edit, what took its place. Recorded again before it ever left, an edit is followed by one that amends
 * what it amended itself: nobody else knows of it.
 */
const heirs = (ledger: World['ledger'], oracle: World['oracle']): ReadonlyMap<string, string> => {
  const amended = new Map<string, string[]>()
  for (const { edit } of ledger.saved.values()) {
    if (edit.amends !== undefined) amended.set(edit.amends, [...(amended.get(edit.amends) ?? []), edit.id])
  }
  const heirOf = new Map<string, string>()
  for (const [edit, line] of amended) {
    const met = line.slice(0, -1).filter(id => oracle.fates.has(id))
    if (met.length > 0) broken('an edit is amended once', { edit, heirs: line })
    for (const [n, id] of line.entries()) heirOf.set(n === 0 ? edit : line[n - 1]!, id)
  }
  return heirOf
}

const isStoodOn = ({ table, record }: OutboxEntry, outbox: readonly OutboxEntry[]): boolean =>
  outbox.some(each => each.table === table && each.record === record && each.state !== 'accepted')

const classOf = (fate: string | undefined, discarded: boolean, amended: boolean): Class | undefined => {
  if (fate === undefined) return amended ? 'amended' : discarded ? 'withdrawn' : undefined
  if (fate === 'withdrawn') return amended ? 'amended' : discarded ? 'withdrawn' : undefined
  return fate as Class
}

/**
 * What was saved as one takes effect as one: all of it or none. What its author sends again after the relay has decided
 * is a group of its own.
 */
export const groupsWhole = ({ ledger, oracle }: World): void => {
  const replaced = new Set([...heirs(ledger, oracle).keys()].filter(id => !oracle.fates.has(id)))
  const rounds = (edit: Edit): number => {
    const before = edit.amends === undefined ? undefined : ledger.saved.get(edit.amends)?.edit
    return before === undefined ? 0 : rounds(before) + (oracle.fates.has(before.id) ? 1 : 0)
  }
  const groups = new Map<string, { readonly edit: string; readonly status: string }[]>()
  for (const [id, { edit }] of ledger.saved) {
    if (edit.group === undefined || replaced.has(id)) continue
    const name = `${edit.group} ${rounds(edit)}`
    groups.set(name, [...(groups.get(name) ?? []), { edit: id, status: oracle.fates.get(id)?.status ?? 'none' }])
  }
  for (const [group, members] of groups) {
    const effective = members.filter(({ status }) => status === 'applied').length
    if (effective > 0 && effective < members.length) broken('a group takes effect as one', { group, members })
  }
}

/** Tallies are only counted up, by devices in columns of their own and by a command in one for all: nothing twice, nothing never. */
export const tallied = ({ ledger, oracle, devices }: World): void => {
  const increments = new Map<string, number>()
  const sums = new Map<string, number>()
  const count = ({ table, record, changes, command }: Edit): void => {
    if (table !== 'tally') return
    if (command !== undefined) {
      sums.set(record, (sums.get(record) ?? 0) + Number(command.args['times']))
      return
    }
    for (const column of Object.keys(changes)) {
      increments.set(`${record} ${column}`, (increments.get(`${record} ${column}`) ?? 0) + 1)
    }
  }
  for (const [id, { edit }] of ledger.saved) if (oracle.fates.get(id)?.status === 'applied') count(edit)
  for (const [key, { content }] of oracle.records) {
    if (!key.startsWith('tally/')) continue
    const sum = sums.get(key.slice(6)) ?? 0
    if (content.fields[SUM] !== sum) broken('every command counts once', { key, sum, found: content.fields[SUM] })
    for (const { index } of devices) {
      const column = `c${index}`
      const expected = increments.get(`${key.slice(6)} ${column}`) ?? 0
      const found = content.fields[column] ?? 0
      if (found !== expected) broken('every increment counts once', { key, column, found, expected })
    }
  }
}
