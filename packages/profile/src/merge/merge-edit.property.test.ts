import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Edit } from '../edit/edit.ts'
import { flatten } from '../record/document.ts'
import { readFlat } from '../record/flat.ts'
import { type Content, DELETED, REMEMBERED, type Visible } from '../record/record.ts'
import { becoming, commitAt, noted } from './merge.fixture.ts'
import { play, schedules, type World } from './schedule.fixture.ts'
import { strategies, type BuiltInStrategy } from './strategy.ts'
import { truthFor, type TruthRow } from './truth-table.ts'

/** What a record must be, kept on plain values with its whole history; situations are looked up in the truth table. */
interface Model {
  state: 'absent' | 'purged' | 'held'
  content: Content
  rev: number
  changed: number
  incarnation: string
  log: Visible[]
  columns: Record<string, number>
  settled: Record<string, number>
  readonly ends: Map<string, { readonly status: string; readonly rev: number; readonly to: number }>
}

const blank = (): Model => ({
  state: 'absent',
  content: { fields: {}, deleted: false },
  rev: 0,
  changed: 0,
  incarnation: '',
  log: [],
  columns: {},
  settled: {},
  ends: new Map(),
})

const situationOf = (model: Model, edit: Edit): Pick<TruthRow, 'kind' | 'record' | 'chain'> => {
  const sameLife = edit.incarnation === '' || edit.incarnation === model.incarnation
  const base = model.state === 'held' && sameLife ? edit.base.rev : 0
  const after = edit.after === undefined ? undefined : model.ends.get(edit.after)!
  const chain =
    after === undefined
      ? 'none'
      : after.status === 'applied'
        ? 'applied'
        : after.status === 'lost'
          ? base >= after.to
            ? 'lostSeen'
            : 'lost'
          : 'stopped'
  if (model.state !== 'held') return { kind: edit.kind, record: model.state, chain }
  const known = chain === 'applied' ? Math.max(base, after!.rev) : base
  const later = model.log.filter(({ rev }) => rev > known)
  const byOthers = later.some(each => each.device !== edit.device && edit.seen?.includes(each.edit) !== true)
  // Of more changes than a record remembers it is not known whose they were.
  const conflict = later
    .slice(-REMEMBERED)
    .some(each => each.device !== edit.device && edit.seen?.includes(each.edit) !== true)
  const forgotten = later.length >= REMEMBERED
  expect(byOthers && !conflict && !forgotten).toBe(false)
  const { deleted } = model.content
  return {
    kind: edit.kind,
    record: conflict || forgotten ? (deleted ? 'deleted' : 'changed') : deleted ? 'gone' : 'same',
    chain,
  }
}

const moved = (from: Content, to: Content): string[] => [
  ...[...new Set([...Object.keys(from.fields), ...Object.keys(to.fields)])].filter(
    column => JSON.stringify(from.fields[column]) !== JSON.stringify(to.fields[column]),
  ),
  ...(from.deleted === to.deleted ? [] : [DELETED]),
]

const step = (model: Model, edit: Edit, strategy: BuiltInStrategy): TruthRow & { readonly noted: boolean } => {
  const row = truthFor({ strategy, ...situationOf(model, edit) })!
  const to = model.changed
  const result = { ...row, noted: noted(row, model.content, edit) }
  if (row.status !== 'applied' && row.status !== 'lost') {
    model.ends.set(edit.id, { status: row.status, rev: 0, to: 0 })
    return result
  }
  const content = becoming(row.becomes, model.content, edit)
  const rev = ++model.rev
  model.ends.set(edit.id, { status: row.status, rev, to })
  const visible = { rev, edit: edit.id, device: edit.device }
  if (model.state !== 'held') {
    const fresh = {
      state: 'held',
      changed: rev,
      incarnation: commitAt(rev),
      log: [visible],
      columns: {},
      settled: {},
    } as const
    Object.assign(model, { ...fresh, log: [visible], columns: {}, settled: {} })
  } else {
    const columns = moved(model.content, content)
    for (const column of columns) model.columns[column] = rev
    if (columns.length > 0) {
      model.changed = rev
      model.log.push(visible)
    }
  }
  model.content = content
  model.settled[edit.device] = Math.max(model.settled[edit.device] ?? 0, edit.seq)
  return result
}

/** Plays a schedule beside the model; returns what the record said after each settled edit. */
const compared = (
  actions: Parameters<typeof play>[0],
  name: BuiltInStrategy,
  authority: number,
  met: Set<string>,
): Content[] => {
  const model = blank()
  const said: Content[] = []
  play(actions, strategies[name], authority, (world, edit, merged, before) => {
    if (before?.state === 'purged' && model.state === 'held')
      Object.assign(model, { state: 'purged', content: blank().content })
    const row = step(model, edit, name)
    met.add(`${row.status} ${row.becomes}`)
    const { outcome } = merged
    expect(outcome.status === 'rejected' ? outcome.code : outcome.status).toBe(row.status)
    expect(merged.ledger !== undefined).toBe(row.noted)
    if (outcome.status === 'lost') expect(outcome.to).toBe(model.ends.get(edit.id)!.to)
    if (row.status !== 'applied' && row.status !== 'lost') {
      expect(merged.record).toBeUndefined()
      return
    }
    matches(world, model)
    said.push(model.content)
  })
  return said
}

const matches = ({ relay }: World, model: Model): void => {
  if (relay.state?.state !== 'held') throw new Error('the record is gone')
  const { confirmed, content } = relay.state
  const { bytes, ...beside } = confirmed
  expect(content).toEqual(model.content)
  expect(beside).toEqual({
    rev: model.rev,
    commit: commitAt(model.rev),
    changed: model.changed,
    incarnation: model.incarnation,
    recent: model.log.slice(-REMEMBERED),
    columns: model.columns,
    settled: model.settled,
  })
  expect(readFlat(bytes)).toEqual(content)
  const doc = new Y.Doc({ guid: 'task/r1' })
  Y.applyUpdate(doc, bytes)
  expect(doc.store.pendingStructs).toBeNull()
  expect(flatten(doc)).toEqual(bytes)
}

for (const name of Object.keys(strategies) as BuiltInStrategy[]) {
  test(`[CF13] ${name}: whatever the schedule, outcomes, content and bookkeeping are the model's, and the bytes are flat`, () => {
    const met = new Set<string>()
    fc.assert(
      fc.property(schedules, actions => {
        // The relay's client id below and above every author's: Yjs's tie-break decides nothing.
        const low = compared(actions, name, 1, met)
        const high = compared(actions, name, 2 ** 53 - 1, met)
        expect(low).toEqual(high)
      }),
      { numRuns: 150 },
    )
    expect([...met]).toEqual(
      expect.arrayContaining(['applied fields', 'applied changes', 'applied handled', 'exists standing']),
    )
  })
}
