import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Edit } from '../edit/edit.ts'
import { recordWrites } from '../record/document.ts'
import { readFlat } from '../record/flat.ts'
import type { Fields } from '../schema/schema.ts'
import {
  accept,
  becoming,
  COLUMNS,
  newDevice,
  newRelay,
  noted,
  record,
  refresh,
  type Relay,
  writes,
} from './merge.fixture.ts'
import { merge as mergeColumns, serverWins, strategies } from './strategy.ts'
import { truthFor, type TruthRow, truthTable } from './truth-table.ts'

type Situation = { readonly [Part in 'strategy' | 'kind' | 'record' | 'chain']: Exclude<TruthRow[Part], 'any'> }

const parts = {
  strategy: ['clientWins', 'serverWins', 'merge', 'ask'],
  kind: ['create', 'update', 'delete', 'command'],
  record: ['absent', 'purged', 'same', 'changed', 'gone', 'deleted'],
  chain: ['none', 'applied', 'lost', 'lostSeen', 'stopped'],
} as const

/**
 * 48 of the 480 cannot be: an earlier edit of the chain that was applied or lost is merged into a record, and a
 * merged record leaves at least a tombstone for ever, so it is never `absent` again. Outcomes and records are
 * restored together, so another timeline does not bring it about either. All others can: `lost` with `same` and
 * `gone` where the edit's author had meanwhile seen, through a peer, what the earlier one lost to; `create` on a
 * living record by a race of ids; `purged` after any end of the chain.
 */
const cannotBe = ({ record: standing, chain }: Situation): boolean =>
  standing === 'absent' && (chain === 'applied' || chain === 'lost' || chain === 'lostSeen')

const all: readonly Situation[] = parts.strategy.flatMap(strategy =>
  parts.kind.flatMap(kind =>
    parts.record.flatMap(standing => parts.chain.map(chain => ({ strategy, kind, record: standing, chain }))),
  ),
)
const situations = all.filter(each => !cannotBe(each))

const fits = (row: TruthRow, situation: Situation): boolean =>
  (['strategy', 'kind', 'record', 'chain'] as const).every(part => row[part] === 'any' || row[part] === situation[part])

test('every situation that can be has a row, and those that cannot be have none to be wrong about', () => {
  expect(all).toHaveLength(480)
  expect(situations).toHaveLength(432)
  for (const situation of situations) expect(truthFor(situation), JSON.stringify(situation)).toBeDefined()
})

test('rows do not contradict one another: where several fit, only a stopped or lost chain and a missing record come first', () => {
  for (const situation of situations) {
    const fitting = truthTable.filter(row => fits(row, situation))
    const [first] = fitting
    const agree = fitting.every(row => row.status === first!.status && row.becomes === first!.becomes)
    const keptKind = situation.kind === 'update' || situation.kind === 'command'
    const ordered = situation.chain === 'stopped' || (keptKind && situation.chain === 'lost')
    expect(agree || ordered, JSON.stringify(situation)).toBe(true)
    expect(truthFor(situation)).toBe(first)
  }
})

test('every row of the table decides at least one situation', () => {
  const deciding = new Set(situations.map(truthFor))
  expect(truthTable.filter(row => !deciding.has(row))).toEqual([])
})

interface Scene {
  readonly relay: Relay
  readonly edit: Edit
}

interface Wishes {
  readonly start: Fields
  readonly earlier: Fields
  readonly foreign: Fields
  readonly foreignAgain: Fields
  readonly mine: Fields
}

/** Brings a situation about, with edits recorded on devices and merged one after the other. */
const scene = ({ kind, record: standing, chain }: Situation, wishes: Wishes, authority: number): Scene => {
  const relay = newRelay(authority)
  const [me, other] = [newDevice(0), newDevice(1)]
  const gone = standing === 'gone' || standing === 'deleted'
  if (standing === 'absent') {
    // A stopped chain: the create it begins with was refused.
    const first = chain === 'stopped' ? record(me, 'create', wishes.earlier) : undefined
    if (first !== undefined) relay.outcomes.set(first.id, { status: 'rejected', code: 'rule', message: '' })
    return { relay, edit: record(me, kind, wishes.mine) }
  }
  accept(relay, record(other, 'create', { ...wishes.start, title: 'begin' }), serverWins)
  const both = (): void => [me, other].forEach(device => refresh(device, relay))
  both()
  const change = (fields: Fields, deletes = false): Edit => {
    const edit = record(other, deletes ? 'delete' : 'update', fields)
    expect(accept(relay, edit, serverWins).outcome.status).toBe('applied')
    refresh(other, relay)
    return edit
  }
  const visible = { ...wishes.foreign, status: 'foreign' }
  const again = { ...wishes.foreignAgain, note: 'foreign again' }
  const seen: string[] = []
  if (chain === 'stopped') {
    const first = record(me, 'update', wishes.earlier)
    relay.outcomes.set(first.id, { status: 'withdrawn' })
    if (standing === 'changed' || gone) change(again, gone)
  } else if (chain === 'lost' || chain === 'lostSeen') {
    const first = record(me, 'update', wishes.earlier)
    const winner = change(visible, standing === 'gone')
    expect(accept(relay, first, serverWins).outcome.status).toBe('lost')
    if (chain === 'lostSeen') {
      refresh(me, relay)
      // Made on the confirmed record, and still said to follow the lost one.
      const made = record(me, kind, wishes.mine, { after: first.id })
      if (standing === 'changed' || standing === 'deleted') change(again, gone)
      return purgedWhere(standing, relay, made)
    }
    if (standing === 'same' || standing === 'gone') seen.push(winner.id)
    if (standing === 'changed' || standing === 'deleted') change(again, gone)
  } else if (chain === 'applied') {
    const first = record(me, standing === 'gone' ? 'delete' : 'update', wishes.earlier)
    expect(accept(relay, first, serverWins).outcome.status).toBe('applied')
    const edit = record(me, kind, wishes.mine)
    refresh(other, relay)
    if (standing === 'changed' || standing === 'deleted') change(again, gone)
    return purgedWhere(standing, relay, edit)
  } else {
    if (standing === 'gone') change({}, true)
    refresh(me, relay)
    const edit = record(me, kind, wishes.mine)
    if (standing === 'changed' || standing === 'deleted') change(again, gone)
    return purgedWhere(standing, relay, edit)
  }
  return purgedWhere(standing, relay, record(me, kind, wishes.mine, seen.length === 0 ? {} : { seen }))
}

const purgedWhere = (standing: Situation['record'], relay: Relay, edit: Edit): Scene => {
  if (standing !== 'purged') return { relay, edit }
  relay.state = { state: 'purged' }
  if (edit.kind !== 'create') return { relay, edit }
  // What was recorded on the old document is refused by the gate (its clocks) and comes again recorded on none.
  const afters = Object.entries(edit.changes).map(([column, [, after]]) => [column, after] as const)
  const { update } = recordWrites('task/r1', [], newDevice(0).client, Object.fromEntries(afters))
  return { relay, edit: { ...edit, update } }
}

const wishes: fc.Arbitrary<Wishes> = fc.record({
  start: writes,
  earlier: writes,
  foreign: writes,
  foreignAgain: writes,
  mine: writes,
})
/** Far below and far above every author's client id. */
const authorities = fc.constantFrom(1, 2 ** 53 - 1)

const agrees = (situation: Situation, wish: Wishes, authority: number): void => {
  const { relay, edit } = scene(situation, wish, authority)
  const before = relay.state?.state === 'held' ? relay.state : undefined
  const merged = accept(relay, edit, strategies[situation.strategy])
  const row = truthFor(situation)!
  const place = JSON.stringify(situation)

  const status = merged.outcome.status === 'rejected' ? merged.outcome.code : merged.outcome.status
  expect(status, place).toBe(row.status)
  const standing = before?.content ?? { fields: {}, deleted: false }
  expect(merged.ledger !== undefined, place).toBe(noted(row, standing, edit))
  if (row.status !== 'applied' && row.status !== 'lost') {
    expect(merged.record, place).toBeUndefined()
    return
  }
  const expected = becoming(row.becomes, standing, edit)
  expect(merged.record?.content, place).toEqual(expected)
  expect(readFlat(merged.record!.confirmed.bytes), place).toEqual(expected)
  if (merged.ledger === undefined) return
  expect(merged.ledger.result, place).toEqual(expected)
  expect(merged.ledger.theirs, place).toEqual(standing)
  expect(merged.ledger.changes, place).toEqual(edit.changes)
}

for (const strategy of parts.strategy) {
  for (const kind of parts.kind) {
    const here = situations.filter(each => each.strategy === strategy && each.kind === kind)
    const title = strategy === 'clientWins' && kind === 'update' ? '[CF13] ' : ''
    test(`${title}${strategy}, ${kind}: all ${here.length} situations end as the table says, whatever the values and the client ids`, () => {
      for (const situation of here) {
        fc.assert(
          fc.property(wishes, authorities, (wish, authority) => agrees(situation, wish, authority)),
          { numRuns: 12 },
        )
      }
    })
  }
}

test('an image that misses hidden columns leaves them as they stand', () => {
  const relay = newRelay()
  const [me, other] = [newDevice(0), newDevice(1)]
  accept(relay, record(other, 'create', { title: 'a', note: 'hidden' }), mergeColumns)
  refresh(me, relay)
  refresh(other, relay)
  accept(relay, record(other, 'update', { note: 'still hidden', status: 'x' }), mergeColumns)
  const image = { title: 'mine', status: null }
  const merged = accept(relay, record(me, 'update', { title: 'mine' }, { image }), strategies.clientWins)
  expect(merged.record?.content.fields).toEqual({ title: 'mine', note: 'still hidden' })
  expect(COLUMNS).toContain('note')
})
