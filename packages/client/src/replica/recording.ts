import {
  type Changes,
  clientId,
  type CommandCall,
  type Content,
  DELETED,
  type Edit,
  type EditKind,
  type Fields,
  guidOf,
  type Handle,
  nowhere,
  recordWrites,
  sameValue,
  stepOf,
  type Value,
} from '@rejoin/profile'
import { RejoinFault } from '../device/fault.ts'
import { blocks, type Entry } from '../outbox/outbox-state.ts'
import { type Draft, standingOn } from './draft.ts'
import { type Grant, imageColumns, schemaOf, strategyOf } from './grant.ts'
import { type Authored, type Decoded, decode, keyOf, type RecordKey, type Row } from './memory.ts'
import { isInside, outside, viewOf } from './view.ts'

/** What a user does to one record, in column ids. */
export interface Intent extends RecordKey {
  readonly kind: EditKind
  readonly fields: Fields
  /** of a command: `fields` are what its offline step made */
  readonly command?: CommandCall
  readonly group?: string
  readonly amends?: string
  /** when it was first done; now where absent */
  readonly at?: number
  /** its entry is never one with another (OB12) */
  readonly separate?: true
}

/** What recording needs from outside. */
export interface Pen {
  readonly now: () => number
  readonly newId: () => string
  /** whether an edit goes out as soon as it is saved: then it is stored as one that may have left */
  readonly leaving: () => boolean
  /** whether consecutive edits of one record become one entry as long as they stay here (OB12) */
  readonly consolidates?: boolean
}

/**
 * Records one edit on the record's work document: confirmed and the author's own unsettled edits, real structs only.
 * The edit and everything it moves (seq, tick, client id) are part of the draft, hence of one commit.
 */
export const recordEdit = (draft: Draft, intent: Intent, pen: Pen): Edit => {
  const { kind, table, id } = intent
  const grant = grantIn(draft)
  const { device, seq } = draft.meta()
  const key = keyOf(intent)
  const row = draft.rows.get(key)
  const confirmed = row === undefined ? undefined : decode(row)
  const chain = draft.chain(key)
  const before = viewIn(draft, key)
  const authored = nextAuthored(draft.authored.get(key), kind, confirmed)
  const seen = outside(row, draft.foreign(key))
  const tick = Math.max(authored.tick, ...seen.map(each => each.tick + 1))
  const client = clientId(grant.prefixes, authored.index)
  if (client === undefined) throw noIds(intent)
  const standing = standingOn(chain)
  const writes = kind === 'delete' ? { [DELETED]: true } : intent.fields
  const { update, work } = recordWrites(guidOf(table, id), workBytes(row, confirmed, standing, device), client, writes)
  const image = kind === 'update' ? imageOf(draft, table, before, intent.fields) : undefined
  const after = standing.at(-1)?.edit.id
  const edit: Edit = {
    id: pen.newId(),
    author: grant.user.id,
    device,
    seq: seq + 1,
    tick,
    at: intent.at ?? pen.now(),
    table,
    record: id,
    kind,
    base: confirmed === undefined ? nowhere : { rev: confirmed.confirmed.rev, commit: confirmed.confirmed.commit },
    incarnation: kind === 'create' ? '' : (confirmed?.confirmed.incarnation ?? ''),
    changes: kind === 'delete' ? {} : changesOf(before, intent.fields),
    update,
    ...(after === undefined ? {} : { after }),
    ...(seen.length === 0 ? {} : { seen: seen.slice(0, MAX_SEEN).map(each => each.id) }),
    ...(image === undefined ? {} : { image }),
    ...(intent.command === undefined ? {} : { command: intent.command }),
    ...(intent.group === undefined ? {} : { group: intent.group }),
    ...(intent.amends === undefined ? {} : { amends: intent.amends }),
  }
  works.set(edit, { row, bytes: work })
  draft.authored.set(key, { ...authored, tick })
  const left = leavesAtOnce(draft, pen)
  const { ids } = draft.meta()
  draft.setMeta({ seq: edit.seq, ids: Math.max(ids, authored.index), ...(left ? { left: edit.seq } : {}) })
  draft.putEntry({
    edit,
    state: { status: 'waiting', left },
    ...(intent.separate === undefined ? {} : { separate: true }),
    ...(before === undefined || before.deleted ? {} : { before: before.fields }),
  })
  return edit
}

/** As many as an edit may name. */
const MAX_SEEN = 100

/** Where something is stuck, the edit may be held behind it and stay here. */
const leavesAtOnce = (draft: Draft, pen: Pen): boolean =>
  pen.leaving() && !draft.entries().some(({ state }) => blocks(state))

/** The work document after an edit, as long as it stands on the same confirmed row. */
const works = new WeakMap<Edit, { readonly row: Row | undefined; readonly bytes: Uint8Array }>()

const workBytes = (
  row: Row | undefined,
  confirmed: Decoded | undefined,
  standing: readonly Entry[],
  device: string,
): readonly Uint8Array[] => {
  const last = standing.at(-1)
  const known = last === undefined ? undefined : works.get(last.edit)
  if (known !== undefined && known.row === row) return [known.bytes]
  const life = confirmed?.confirmed.incarnation
  const own = standing.filter(({ edit }) => {
    // Bytes of another life are never applied, and what is inside already adds nothing.
    const sameLife = life === undefined || edit.incarnation === '' || edit.incarnation === life
    return sameLife && !isInside(row, edit.seq, device)
  })
  return [...(confirmed === undefined ? [] : [confirmed.confirmed.bytes]), ...own.map(({ edit }) => edit.update)]
}

/** A fresh client id wherever structs under the present one may exist that the confirmed record lacks. */
const nextAuthored = (known: Authored | undefined, kind: EditKind, confirmed: Decoded | undefined): Authored => {
  const incarnation = confirmed?.confirmed.incarnation ?? ''
  if (known === undefined) return { index: 0, tick: 1, incarnation }
  const anotherLife = incarnation !== '' && known.incarnation !== '' && known.incarnation !== incarnation
  const index = kind === 'create' || anotherLife ? known.index + 1 : known.index
  return { index, tick: known.tick + 1, incarnation: incarnation === '' ? known.incarnation : incarnation }
}

/** Structs of the record's present client id were thrown away: durable in the commit that drops them. */
export const takeFreshId = (draft: Draft, key: string): void => {
  const known = draft.authored.get(key)
  if (known === undefined) return
  draft.authored.set(key, { ...known, index: known.index + 1 })
  draft.setMeta({ ids: Math.max(draft.meta().ids, known.index + 1) })
}

const changesOf = (before: Content | undefined, fields: Fields): Changes =>
  Object.fromEntries(
    Object.entries(fields).map(([column, after]) => [column, [before?.fields[column] ?? null, after] as const]),
  )

/** Only the columns whose value really changes. */
export const reallyChanged = (before: Content | undefined, fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([column, value]) => !sameValue(before?.fields[column], value)))

const imageOf = (draft: Draft, table: string, before: Content | undefined, fields: Fields): Fields | undefined => {
  const grant = grantIn(draft)
  const definition = schemaOf(grant).tables.get(table)
  if (definition === undefined || !strategyOf(grant, table, draft.strategies).image) return undefined
  const columns = imageColumns(grant, definition)
  const image: Record<string, Value> = {}
  for (const id of columns) image[id] = fields[id] ?? (id in fields ? null : (before?.fields[id] ?? null))
  return image
}

export const grantIn = (draft: Draft): Grant => {
  const { grant } = draft.meta()
  if (grant !== undefined) return grant
  throw new RejoinFault({
    code: 'not-ready',
    message: 'this device has not been granted anything yet',
    fix: 'connect once and let the first sync begin',
  })
}

export const viewIn = (draft: Draft, key: string): Content | undefined =>
  viewWith(draft, key, draft.chain(key), draft.foreign(key))

/** The same of what is settled alone: no answer to one of its edits is still to come. */
export const settledViewIn = (draft: Draft, key: string): Content | undefined =>
  viewWith(
    draft,
    key,
    draft.chain(key).filter(({ state }) => state.status === 'accepted'),
    [],
  )

const viewWith = (
  draft: Draft,
  key: string,
  chain: readonly Entry[],
  foreign: readonly Edit[],
): Content | undefined => {
  const { device, grant } = draft.meta()
  const table = key.slice(0, key.indexOf('/'))
  if (grant === undefined) return undefined
  const strategy = strategyOf(grant, table, draft.strategies)
  const seen = {
    device,
    strategy,
    outcome: (edit: string) => draft.settled.get(edit),
    stepOf: ({ table, record, author, at, command }: Edit) =>
      command === undefined ? undefined : offlineStep(draft, command, { table, record, author, at }),
  }
  return viewOf(draft.rows.get(key), chain, seen, foreign)
}

/** What a command shows here; undefined where the app has no such command, or the schema no such table. */
export const offlineStep = (
  draft: Draft,
  call: CommandCall,
  { table, record, author, at }: Pick<Edit, 'table' | 'record' | 'author' | 'at'>,
): Handle | undefined => {
  const command = draft.commands(table, call.name)
  const definition = schemaOf(grantIn(draft)).tables.get(table)
  if (command === undefined || definition === undefined) return undefined
  return stepOf(command, 'offline', call, definition, { record, user: author, at })
}

const noIds = ({ table, id }: RecordKey): RejoinFault =>
  new RejoinFault({
    code: 'no-ids',
    message: 'this record was recorded anew so often that the device has run out of ids for it',
    fix: 'connect, so that the relay grants more',
    table,
    record: id,
  })
