import { setImmediate } from 'node:timers/promises'
import type { Group } from '@rejoin/client'
import type { SchemaSource } from '@rejoin/profile'
import { pick } from '../simulator/chance.ts'
import { markOf, type Save } from './book.ts'
import type { Desk } from './desk.ts'
import { detailIn } from './field.ts'
import { type Land, TALLIES } from './land.ts'
import type { Step } from './plan.ts'
import { tried } from './tried.ts'

/** What people do on their devices: each save writes a mark of its own. They work on what they see. */
export const save = async (land: Land, desk: Desk, { kind, r }: Step): Promise<void> => {
  const [a, b, c] = r
  switch (kind) {
    case 'create':
      return saved(land, [creation(land, desk, r)])
    case 'update':
      return saved(land, changes(land, desk, r, 1))
    case 'chain':
      return Promise.all(changes(land, desk, r, 2 + (c % 3)).map(each => saved(land, [each]))).then(() => undefined)
    case 'delete':
      return saved(land, deletion(land, desk, a))
    case 'group':
      return together(land, desk, r)
    case 'annotate':
      return saved(land, annotation(land, desk, r))
    case 'complete':
      return saved(land, command(land, desk, r))
    case 'raise':
      return saved(land, raise(land, desk, r))
    case 'submit':
      return submitted(land, desk, r)
    case 'save-and-crash':
      return crashed(land, desk, r, b % 6)
    default:
  }
}

/** A save in the making: what is done, and what of it goes into the book. */
interface Doing {
  readonly desk: Desk
  readonly save: Save
  run(): Promise<unknown>
  /** as a member of a group */
  join(group: Group<SchemaSource>): void
}

type Raw = Step['r']

const visible = ({ device }: Desk): readonly string[] =>
  device
    .rows('workorder')
    .map(row => String(row['workorderid']))
    .filter(id => !TALLIES.includes(id))

const isThere = ({ device }: Desk): boolean => device.rejoin.ready

/** Into the book when it is promised; what was refused on the spot never was a save. */
const saved = async (land: Land, doings: readonly Doing[]): Promise<void> => {
  for (const { desk, save: made, run } of doings) {
    if ((await tried(run)) !== undefined) return refused(made)
    promised(land, desk, made)
  }
}

const refused = (made: Save): void => {
  made.choice = 'refused'
}

const promised = (land: Land, desk: Desk, made: Save): void => {
  made.promised = true
  writeOver(land, desk, made)
}

/** What its author wrote over before it ever left, on a device that makes one entry of both, lives on in that. */
const writeOver = ({ book }: Land, { index, consolidates }: Desk, made: Save): void => {
  if (!consolidates || !made.mergeable || made.kind !== 'update') return
  const before = book.saves.filter(each => each.desk === index && each.nr < made.nr && each.promised).toReversed()
  for (const { record, kind, mergeable, left, column, ...rest } of before) {
    if (record !== made.record || !mergeable || left || (kind !== 'create' && kind !== 'update')) return
    if (column === made.column) book.saves[rest.nr]!.over = made
  }
}

const begin = (land: Land, desk: Desk, parts: Omit<Parameters<Land['book']['write']>[0], 'desk' | 'since'>): Save =>
  land.book.write({ ...parts, desk: desk.index, since: land.rig.applied().length })

const creation = (land: Land, desk: Desk, [a, b, c]: Raw): Doing => {
  const { next } = land.book
  // Now and then under an id that somebody else may choose too.
  const record = a % 4 === 0 ? `S${b % 3}` : `N${next}`
  const word = pick(['New', 'New', 'New', 'New and long', 'unwanted'] as const, c)
  const made = begin(land, desk, { kind: 'create', table: 'workorder', record, column: 'title' })
  const values = { title: `${word} ${markOf(made.nr)}`, status: 'open', ownerid: 'north' }
  return {
    desk,
    save: made,
    run: () => desk.device.create('workorder', record, values),
    join: group => void group.table('workorder').create({ workorderid: record, ...values }),
  }
}

/** Changes of one record, each of one column. */
const changes = (land: Land, desk: Desk, [a, b, , d]: Raw, count: number): readonly Doing[] => {
  const ids = isThere(desk) ? visible(desk) : []
  if (ids.length === 0) return []
  const record = pick(ids, a)
  const detail = detailIn(desk.device.row('workorder', record))
  return Array.from({ length: count }, (_, at): Doing => {
    const column = pick(['note', 'note', 'title', detail ?? 'note'] as const, b >> at)
    const mergeable = (d >> at) % 5 !== 0
    const made = begin(land, desk, {
      kind: 'update',
      table: 'workorder',
      record,
      column: column === detail ? 'detail' : column,
      mergeable,
    })
    const word = (d >> (at + 3)) % 4 === 0 ? 'Something long' : 'New'
    const values = { [column]: `${word} ${markOf(made.nr)}` }
    return {
      desk,
      save: made,
      run: () => desk.device.rejoin.table('workorder').update(record, values, { mergeable }),
      join: group => group.table('workorder').update(record, values),
    }
  })
}

/** A record is deleted by one person at most, and once. */
const deletion = (land: Land, desk: Desk, a: number): readonly Doing[] => {
  const { book } = land
  const ids = isThere(desk) ? visible(desk).filter(id => !book.deleted.has(id)) : []
  if (ids.length === 0) return []
  const record = pick(ids, a)
  book.deleted.set(record, desk.index)
  const made = begin(land, desk, { kind: 'delete', table: 'workorder', record })
  return [
    {
      desk,
      save: made,
      run: () => desk.device.remove('workorder', record),
      join: group => group.table('workorder').delete(record),
    },
  ]
}

const annotation = (land: Land, desk: Desk, [a]: Raw): readonly Doing[] => {
  const ids = isThere(desk) ? visible(desk) : []
  if (ids.length === 0) return []
  const { next } = land.book
  const made = begin(land, desk, { kind: 'create', table: 'annotation', record: `A${next}`, column: 'subject' })
  const values = { subject: `About ${markOf(made.nr)}`, workorder: pick(ids, a), ownerid: desk.user }
  return [
    {
      desk,
      save: made,
      run: () => desk.device.create('annotation', made.record, values),
      join: group => void group.table('annotation').create({ annotationid: made.record, ...values }),
    },
  ]
}

const command = (land: Land, desk: Desk, [a]: Raw): readonly Doing[] => {
  const ids = isThere(desk) ? visible(desk) : []
  if (ids.length === 0) return []
  const record = pick(ids, a)
  const made = begin(land, desk, { kind: 'command', table: 'workorder', record, column: 'note' })
  const args = { note: `dry ${markOf(made.nr)}` }
  return [
    {
      desk,
      save: made,
      run: () => desk.device.rejoin.table('workorder').run('complete', record, args),
      join: group => group.table('workorder').run('complete', record, args),
    },
  ]
}

/** By a power of two that nobody raised this record by: what it comes to tells which of them took effect. */
const raise = (land: Land, desk: Desk, [a]: Raw): readonly Doing[] => {
  const record = pick(TALLIES, a)
  if (!isThere(desk) || desk.device.row('workorder', record) === undefined) return []
  const before = land.book.saves.filter(each => each.by !== undefined && each.record === record).length
  const by = 2 ** before
  const made = begin(land, desk, { kind: 'command', table: 'workorder', record, by })
  return [
    {
      desk,
      save: made,
      run: () => desk.device.rejoin.table('workorder').run('raise', record, { by }),
      join: group => group.table('workorder').run('raise', record, { by }),
    },
  ]
}

const together = async (land: Land, desk: Desk, r: Raw): Promise<void> => {
  const [a, b, c, d] = r
  const members = [
    ...changes(land, desk, r, 1),
    ...pick([[creation(land, desk, [b, c, d, a])], annotation(land, desk, r), command(land, desk, [d, a, b, c])], c),
    ...(d % 3 === 0 ? changes(land, desk, [b, c, d, a], 1) : []),
  ]
  const fault = await tried(() =>
    desk.device.rejoin.group(group => {
      for (const { join } of members) join(group)
    }),
  )
  for (const { save: made } of members) {
    if (fault === undefined) made.promised = true
    else refused(made)
  }
}

/** Kept as a form first, through a crash now and then. */
const submitted = async (land: Land, desk: Desk, [a, b]: Raw): Promise<void> => {
  const ids = isThere(desk) ? visible(desk) : []
  if (ids.length === 0) return
  const record = pick(ids, a)
  const made = begin(land, desk, { kind: 'update', table: 'workorder', record, column: 'note', mergeable: true })
  const { device } = desk
  await device.rejoin.drafts.keep('form', {
    table: 'workorder',
    record,
    values: { note: `From a form ${markOf(made.nr)}` },
  })
  if (b % 3 === 0) {
    await device.crash()
    desk.began()
  }
  if ((await tried(() => device.rejoin.drafts.submit('form'))) === undefined) return promised(land, desk, made)
  refused(made)
  await device.rejoin.drafts.drop('form')
}

/** The device is killed while it saves: what it had promised by then it has. */
const crashed = async (land: Land, desk: Desk, r: Raw, turns: number): Promise<void> => {
  const [doing] = changes(land, desk, r, 1)
  if (doing === undefined) return
  let died = false
  writeOver(land, desk, doing.save)
  doing.run().then(
    () => {
      if (!died) promised(land, desk, doing.save)
    },
    () => {},
  )
  for (let turn = 0; turn < turns; turn++) await (turn < 4 ? Promise.resolve() : setImmediate())
  died = true
  await desk.device.crash()
  desk.began()
}
