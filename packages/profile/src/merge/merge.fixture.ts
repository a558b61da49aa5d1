import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Changes, Edit, EditKind } from '../edit/edit.ts'
import type { Outcome } from '../edit/outcome.ts'
import { recordWrites } from '../record/document.ts'
import { type Content, DELETED } from '../record/record.ts'
import type { Fields, Value } from '../schema/schema.ts'
import type { Handle } from './judge.ts'
import { type Merged, mergeEdit, type RecordState } from './merge-edit.ts'
import { serverWins, type Strategy } from './strategy.ts'
import type { TruthRow } from './truth-table.ts'

/** A relay with one record and the devices that edit it, small enough to read; only mergeEdit decides. */

export const COLUMNS: readonly string[] = ['title', 'status', 'owner', 'note']

export const value: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.integer({ min: -9, max: 9 }),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.nat(3), { minLength: 1, maxLength: 2 }),
)
/** What one edit writes. */
export const writes: fc.Arbitrary<Fields> = fc.dictionary(fc.constantFrom(...COLUMNS), value, {
  minKeys: 1,
  maxKeys: 3,
  noNullPrototype: true,
})

export const present = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, each]) => each !== null))

export const commitAt = (rev: number): string => rev.toString(16).padStart(16, '0')

export interface Relay {
  state: RecordState | undefined
  rev: number
  readonly authority: number
  readonly outcomes: Map<string, Outcome>
}

export const newRelay = (authority: number = 2 ** 50): Relay => ({
  state: undefined,
  rev: 0,
  authority,
  outcomes: new Map(),
})

export const accept = (relay: Relay, edit: Edit, strategy: Strategy): Merged => {
  const after = edit.after === undefined ? undefined : relay.outcomes.get(edit.after)
  const rev = relay.rev + 1
  const handle = handlerOf(edit)
  const merged = mergeEdit(relay.state, edit, strategy, {
    ...(handle === undefined ? {} : { handle }),
    rev,
    commit: commitAt(rev),
    authority: relay.authority,
    base: edit.base.rev,
    at: 0,
    ...(after === undefined ? {} : { after }),
  })
  relay.outcomes.set(edit.id, merged.outcome)
  if (merged.record !== undefined) {
    relay.state = { state: 'held', ...merged.record }
    relay.rev = rev
  }
  return merged
}

/** A device: the confirmed record it holds and its own edits not yet in it. */
export interface Device {
  readonly name: string
  /** changes when structs that nobody else has were thrown away */
  client: number
  confirmed: Extract<RecordState, { state: 'held' }> | undefined
  pending: Edit[]
  seq: number
}

export const newDevice = (index: number, client: number = (2000 + index) * 256): Device => ({
  name: (0xd0 + index).toString(16).padStart(16, '0'),
  client,
  confirmed: undefined,
  pending: [],
  seq: 0,
})

/** The device takes the record as the relay states it; its edits that are settled leave. */
export const refresh = (device: Device, relay: Relay): void => {
  device.confirmed = relay.state?.state === 'held' ? relay.state : undefined
  device.pending = device.pending.filter(edit => !relay.outcomes.has(edit.id))
}

export const contentOn = (device: Device): Content =>
  device.pending.reduce(said, device.confirmed?.content ?? { fields: {}, deleted: false })

/** The one command of this world, on both sides: sets what it is given, and counts in `note` how often it ran. */
export const handled = (fields: Fields, args: Fields): Fields => ({
  ...args,
  note: 1 + (typeof fields['note'] === 'number' ? fields['note'] : 0),
})

export const handlerOf = ({ command }: Edit): Handle | undefined =>
  command === undefined ? undefined : ({ fields }) => ({ set: handled(fields, command.args) })

/** What an edit alone makes of a content, in plain values. */
export const said = (content: Content, edit: Pick<Edit, 'kind' | 'changes'>): Content => {
  if (edit.kind === 'delete') return { ...content, deleted: true }
  const afters = Object.fromEntries(Object.entries(edit.changes).map(([column, [, after]]) => [column, after]))
  return { fields: present({ ...content.fields, ...afters }), deleted: false }
}

/** Records one edit on the device's work document, the image included. */
export const record = (device: Device, kind: EditKind, given: Fields, part: Partial<Edit> = {}): Edit => {
  const before = contentOn(device)
  const fields = kind === 'command' ? handled(before.fields, given) : given
  const changes: Changes =
    kind === 'delete'
      ? {}
      : Object.fromEntries(
          Object.entries(fields).map(([column, after]) => [column, [before.fields[column] ?? null, after]]),
        )
  const work = [
    ...(device.confirmed === undefined ? [] : [device.confirmed.confirmed.bytes]),
    ...device.pending.map(each => each.update),
  ]
  const { update } = recordWrites('task/r1', work, device.client, kind === 'delete' ? { [DELETED]: true } : fields)
  const last = device.pending.at(-1)
  const seq = ++device.seq
  const blank = Object.fromEntries(COLUMNS.map(column => [column, null]))
  const edit: Edit = {
    id: `01890000-0000-7000-8000-${device.name.slice(-4)}${seq.toString(16).padStart(8, '0')}`,
    author: device.name,
    device: device.name,
    seq,
    tick: seq,
    at: 0,
    table: 'task',
    record: 'r1',
    kind,
    ...(kind === 'command' ? { command: { name: 'touch', args: given } } : {}),
    base: { rev: device.confirmed?.confirmed.rev ?? 0, commit: device.confirmed?.confirmed.commit ?? '' },
    incarnation: kind === 'create' ? '' : (device.confirmed?.confirmed.incarnation ?? ''),
    changes,
    update,
    image: { ...blank, ...said(before, { kind, changes }).fields },
    ...(last === undefined ? {} : { after: last.id }),
    ...part,
  }
  device.pending.push(edit)
  return edit
}

/** What `becomes` of the truth table means, on plain values; the judge is never asked. */
export const becoming = (becomes: TruthRow['becomes'], standing: Content, edit: Edit): Content => {
  switch (becomes) {
    case 'fields':
      return said({ fields: {}, deleted: false }, edit)
    case 'changes':
      return said(standing, edit)
    case 'image':
      return { fields: present({ ...standing.fields, ...edit.image }), deleted: false }
    case 'standing':
      return standing
    case 'deleted':
      return { ...standing, deleted: true }
    case 'handled':
      return {
        fields: present({ ...standing.fields, ...handled(standing.fields, edit.command!.args) }),
        deleted: false,
      }
  }
}

/** Whether the ledger must keep both versions. */
export const noted = (row: TruthRow, standing: Content, edit: Edit): boolean =>
  row.ledger === 'yes' ||
  (row.ledger === 'differs' && !isDeepStrictEqual(becoming('handled', standing, edit), said(standing, edit)))

export const heldContent = (relay: Relay): Content => {
  if (relay.state?.state !== 'held') throw new Error('no record')
  return relay.state.content
}

export interface Field {
  readonly relay: Relay
  readonly ann: Device
  readonly bob: Device
}

/** One record that both devices hold. */
export const field = (fields: Fields = { title: 'pump', status: 'open', owner: 'ann' }, authority?: number): Field => {
  const [relay, ann, bob] = [newRelay(authority), newDevice(0), newDevice(1)]
  accept(relay, record(ann, 'create', fields), serverWins)
  refresh(ann, relay)
  refresh(bob, relay)
  return { relay, ann, bob }
}

export const sends = ({ relay }: Field, device: Device, edit: Edit, strategy: Strategy): Merged => {
  const merged = accept(relay, edit, strategy)
  refresh(device, relay)
  return merged
}
