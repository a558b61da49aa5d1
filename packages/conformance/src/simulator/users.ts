import type { OutboxEntry } from '@rejoin/client'
import type { Edit, Fields, Value } from '@rejoin/profile'
import type { Canary } from './canary.ts'
import type { Chance } from './chance.ts'
import { pick } from './chance.ts'
import type { SimulatedDevice } from './device.ts'
import type { Ledger } from './ledger.ts'
import { uuid } from './office.ts'
import { columnsOf, heldColumns, holdsTable, TALLY_COLUMNS, USERS, type User } from './places.ts'
import type { Step } from './plan.ts'

/**
 * People at their devices. They work on what they see, on few records, so that they meet; what a device refuses on the
 * spot is no edit.
 */
export const POOL: readonly string[] = Array.from({ length: 6 }, (_, at) => `00000000-0000-4000-8000-00000000000${at}`)
export const TALLIES: readonly string[] = POOL.slice(0, 2)

export interface Users {
  act(device: SimulatedDevice, step: Step): void
  /** a change somebody makes of a record: few columns, new tokens */
  change(table: string, record: string, user: User | 'office', raw: Step['r']): Fields
}

export const createUsers = (canary: Canary, ledger: Ledger, chance: Chance): Users => {
  const value = (table: string, record: string, column: string, user: User | 'office', raw: number): Value => {
    if (column === 'priority') return raw % 9
    if (column === 'status') return pick(['open', 'open', 'busy', 'done'], raw)
    if (column === 'ownerid') return pick(USERS, raw)
    return raw % 11 === 0 ? null : canary.token(table, record, column, user)
  }

  const change: Users['change'] = (table, record, user, [a, b, c]) => {
    const columns = user === 'office' ? columnsOf[table]! : heldColumns(user, table)
    const chosen = [...new Set([pick(columns, a), ...(b % 2 === 0 ? [pick(columns, b >> 1)] : [])])]
    return Object.fromEntries(chosen.map((column, at) => [column, value(table, record, column, user, c >> at)]))
  }

  const fresh = (table: string, record: string, user: User, raw: Step['r']): Fields => ({
    ...change(table, record, user, raw),
    ...(table === 'task' ? { title: canary.token(table, record, 'title', user), status: 'open' } : {}),
    ...(table === 'task' && raw[3] % 5 !== 0 ? { ownerid: user } : {}),
  })

  const tableFor = (raw: number): string => (raw % 5 === 0 ? 'site' : 'task')

  /** One write on something the user sees; undefined where he sees nothing. */
  const anyWrite = (device: SimulatedDevice, kind: Edit['kind'], raw: Step['r']): Write | undefined => {
    const table = holdsTable(device.user, tableFor(raw[0])) ? tableFor(raw[0]) : 'task'
    if (kind === 'create') {
      const record = raw[1] % 4 === 0 ? uuid(chance) : pick(POOL, raw[1] >> 2)
      return { kind, table, record, values: fresh(table, record, device.user, raw) }
    }
    const seen = device.rows(table)
    if (seen.length === 0) return undefined
    const { id: record } = pick(seen, raw[1])
    return { kind, table, record, values: kind === 'delete' ? {} : change(table, record, device.user, raw) }
  }

  const act: Users['act'] = (device, { kind, r }) => {
    const [a, b, c, d] = r
    switch (kind) {
      case 'create':
      case 'update':
      case 'delete': {
        const write = anyWrite(device, kind, r)
        if (write !== undefined) device.write([write])
        return
      }
      case 'chain': {
        const first = anyWrite(device, 'update', r)
        if (first === undefined) return
        device.write([first])
        for (let more = 1 + (c % 3); more > 0; more--) {
          const raw = [a >> more, d >> more, b >> more, c] as const
          const last = more === 1 && d % 6 === 0
          device.write([
            last
              ? { ...first, kind: 'delete', values: {} }
              : { ...first, values: change(first.table, first.record, device.user, raw) },
          ])
        }
        return
      }
      case 'group': {
        const kinds = [
          pick(['update', 'create', 'update'] as const, a),
          'update',
          pick(['update', 'delete'] as const, b),
        ] as const
        const writes = kinds.flatMap((each, at) => anyWrite(device, each, [a >> at, b >> at, c >> at, d >> at]) ?? [])
        if (writes.length > 1) device.group(writes)
        return
      }
      case 'count': {
        const record = pick(TALLIES, a)
        const column = TALLY_COLUMNS[device.index]!
        const row = device.rows('tally').find(({ id }) => id === record)
        if (row === undefined) return
        device.write([
          { kind: 'update', table: 'tally', record, values: { [column]: Number(row.fields[column] ?? 0) + 1 } },
        ])
        return
      }
      case 'add': {
        const record = pick(TALLIES, a)
        if (!device.rows('tally').some(({ id }) => id === record)) return
        const writes = Array.from({ length: 1 + (b % 2) }, (_, at) => ({
          kind: 'command' as const,
          table: 'tally',
          record,
          values: { times: 1 + ((c >> at) % 5) },
        }))
        device.write(writes)
        return
      }
      case 'command': {
        const seen = device.rows('task')
        if (seen.length === 0) return
        const { id: record } = pick(seen, a)
        const title = canary.token('task', record, 'title', device.user)
        const run: Write = { kind: 'command', table: 'task', record, values: { title } }
        const values = change('task', record, device.user, [b, c, d, a])
        const update: Write = { kind: 'update', table: 'task', record, values }
        if (d % 4 === 0) device.group([run, update])
        else device.write(pick([[run], [run, update], [update, run, run]], b))
        return
      }
      case 'discard':
      case 'retry':
      case 'resolve':
        return answer(device, kind, r)
      default:
        return
    }
  }

  /** Something is done about an entry that needs it; now and then one that does not is given up. */
  const answer = (device: SimulatedDevice, kind: 'discard' | 'retry' | 'resolve', [a, b]: Step['r']): void => {
    const entries = device.entries().filter(({ table }) => table !== 'tally')
    const stuck = entries.filter(
      ({ state, heldBy }) => state === 'rejected' || (state === 'held' && heldBy === undefined),
    )
    const questions = entries.filter(({ question }) => question !== undefined)
    const from = kind === 'resolve' ? questions : kind === 'discard' && b % 4 === 0 ? entries : stuck
    if (from.length === 0) return
    const entry = pick(from, a)
    const choice = kind === 'resolve' ? pick(['mine', 'theirs'] as const, b) : kind
    // Over a delete, 'mine' is one new record instead of all that was asked about.
    const anew = choice === 'mine' && entry.question?.theirsDeleted === true
    if (choice === 'discard' || choice === 'theirs' || anew) {
      for (const edit of givenUpWith(entry, entries)) ledger.discard(edit)
    }
    device.act(entry.id, choice)
  }

  return { act, change }
}

/** A group is given up as a whole, and with a create, or a question, all that follows on its record. */
const givenUpWith = (entry: OutboxEntry, all: readonly OutboxEntry[]): Set<string> => {
  const given = new Set([entry.id])
  for (let size = 0; size !== given.size;) {
    size = given.size
    const members = all.filter(({ id }) => given.has(id))
    for (const { id, group, table, record } of all) {
      const joins = members.some(each => each.group !== undefined && each.group === group)
      const follows = members.some(
        each =>
          (each.kind === 'create' || each.question !== undefined) && each.table === table && each.record === record,
      )
      if (joins || follows) given.add(id)
    }
  }
  return given
}

export interface Write {
  readonly kind: Edit['kind']
  readonly table: string
  readonly record: string
  /** of a command, its arguments */
  readonly values: Fields
}
