import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { DELETED, ROOT } from '../record/record.ts'
import type { Fields } from '../schema/schema.ts'
import {
  accept,
  contentOn,
  type Field,
  field,
  heldContent,
  newDevice,
  record,
  refresh,
  sends,
  writes,
} from './merge.fixture.ts'
import { ask, clientWins, merge, serverWins, strategies, type Strategy } from './strategy.ts'

const all = Object.values(strategies)

describe('[CF1] a conflict is raised per record', () => {
  test('[CF1] it is raised exactly when another device changed the record since the base, whatever the columns', () => {
    fc.assert(
      fc.property(writes, writes, fc.boolean(), (theirs, mine, knew) => {
        const world = field()
        const before = JSON.stringify(heldContent(world.relay))
        const edit = knew ? undefined : record(world.bob, 'update', mine)
        sends(world, world.ann, record(world.ann, 'update', theirs), clientWins)
        if (knew) refresh(world.bob, world.relay)
        const changed = sorted(JSON.parse(before)) !== sorted(heldContent(world.relay))
        const merged = accept(world.relay, edit ?? record(world.bob, 'update', mine), clientWins)
        expect(merged.ledger !== undefined).toBe(changed && !knew)
        expect(merged.outcome.status === 'applied' && merged.outcome.conflict !== undefined).toBe(changed && !knew)
      }),
    )
  })

  test("[CF1] one device's own changes are no conflict, nor are foreign ones its author had seen", () => {
    const world = field()
    const first = record(world.ann, 'update', { status: 'a' })
    const seen = record(world.bob, 'update', { owner: 'bob' }, { seen: [first.id] })
    sends(world, world.ann, first, serverWins)
    const again = record(world.ann, 'update', { status: 'b' }, { base: { rev: 1, commit: '' } })
    expect(sends(world, world.ann, again, serverWins).outcome).toEqual({ status: 'applied', rev: 3 })
    const other = field()
    const theirs = record(other.ann, 'update', { status: 'a' })
    sends(other, other.ann, theirs, serverWins)
    expect(accept(other.relay, { ...seen, seen: [theirs.id] }, serverWins).outcome).toEqual({
      status: 'applied',
      rev: 3,
    })
  })

  test('[CF1] of more foreign changes than a record remembers the conflict is still found', () => {
    const world = field()
    const old = record(world.bob, 'update', { status: 'bob' })
    sends(world, world.ann, record(world.ann, 'update', { status: 'ann' }), clientWins)
    const own = newDevice(1, world.bob.client + 1)
    for (let n = 0; n < 12; n++) {
      refresh(own, world.relay)
      sends(world, own, record(own, 'update', { title: `${n}` }), clientWins)
    }
    expect(accept(world.relay, { ...old, id: 'late' }, serverWins).outcome).toMatchObject({ status: 'lost' })
  })
})

const sorted = (content: { readonly fields: Fields; readonly deleted: boolean }): string =>
  JSON.stringify([Object.entries(content.fields).toSorted(([a], [b]) => (a < b ? -1 : 1)), content.deleted])

/** Both sides edited offline; ann's edit came first. */
const race = (
  strategy: Strategy,
  mine: Fields,
  theirs: Fields,
  authority?: number,
): Field & { readonly merged: ReturnType<typeof accept>; readonly wanted: Fields } => {
  const world = field(undefined, authority)
  const edit = record(world.bob, 'update', mine)
  const wanted = contentOn(world.bob).fields
  sends(world, world.ann, record(world.ann, 'update', theirs), strategy)
  return { ...world, wanted, merged: sends(world, world.bob, edit, strategy) }
}

test("[CF3] client wins: the device's whole record stands, on both sides, and no error is shown", () => {
  fc.assert(
    fc.property(writes, writes, (mine, theirs) => {
      const { relay, bob, merged, wanted } = race(clientWins, mine, { ...theirs, status: 'theirs' })
      expect(merged.outcome).toMatchObject({ status: 'applied', conflict: 'clientWins' })
      expect(heldContent(relay)).toEqual({ fields: wanted, deleted: false })
      expect(contentOn(bob)).toEqual({ fields: wanted, deleted: false })
    }),
  )
})

test("[CF4] server wins: the device takes the server's record, and the conflict resolves by itself", () => {
  fc.assert(
    fc.property(writes, writes, (mine, theirs) => {
      const { relay, ann, bob, merged } = race(serverWins, mine, { ...theirs, status: 'theirs' })
      expect(merged.outcome).toMatchObject({ status: 'lost', rev: 3, to: 2, conflict: 'serverWins' })
      expect(heldContent(relay)).toEqual(contentOn(ann))
      expect(contentOn(bob)).toEqual(contentOn(ann))
      expect(bob.pending).toEqual([])
    }),
  )
})

test('[CF5] server wins: edits of different columns of one record conflict too', () => {
  const { relay, merged } = race(serverWins, { owner: 'bob' }, { status: 'done' })
  expect(merged.outcome.status).toBe('lost')
  expect(heldContent(relay).fields).toEqual({ title: 'pump', status: 'done', owner: 'ann' })
})

test('a settled conflict keeps both versions, who, when and which strategy', () => {
  const { merged, bob } = race(serverWins, { owner: 'bob' }, { status: 'done' })
  expect(merged.ledger).toMatchObject({
    strategy: 'serverWins',
    status: 'lost',
    author: bob.name,
    rev: 3,
    base: 1,
    changes: { owner: ['ann', 'bob'] },
    mine: { fields: { title: 'pump', status: 'open', owner: 'bob' } },
    theirs: { fields: { title: 'pump', status: 'done', owner: 'ann' } },
    result: { fields: { title: 'pump', status: 'done', owner: 'ann' } },
  })
  expect(merged.ledger?.against).toHaveLength(1)
})

test.each([
  [clientWins, { title: 'pump', status: 'open', owner: 'bob' }],
  [merge, { title: 'pump', status: 'theirs', owner: 'bob' }],
])('columns of a conflict: $name leaves %j', (strategy, expected) => {
  expect(heldContent(race(strategy, { owner: 'bob' }, { status: 'theirs' }).relay).fields).toEqual(expected)
})

const deletedMeanwhile = (strategy: Strategy): Field & { readonly merged: ReturnType<typeof accept> } => {
  const world = field()
  const edit = record(world.bob, 'update', { owner: 'bob' })
  sends(world, world.ann, record(world.ann, 'delete', {}), strategy)
  return { ...world, merged: sends(world, world.bob, edit, strategy) }
}

test("[CF7] a change of a record deleted meanwhile: client wins re-creates it with the device's values", () => {
  const { relay, merged } = deletedMeanwhile(clientWins)
  expect(merged.outcome.status).toBe('applied')
  expect(heldContent(relay)).toEqual({ fields: { title: 'pump', status: 'open', owner: 'bob' }, deleted: false })
})

test('[CF7] a change of a record deleted meanwhile: server wins keeps it deleted, merge revives it, ask asks', () => {
  expect(heldContent(deletedMeanwhile(serverWins).relay).deleted).toBe(true)
  expect(heldContent(deletedMeanwhile(merge).relay).deleted).toBe(false)
  expect(deletedMeanwhile(ask).merged.outcome).toMatchObject({
    status: 'held',
    question: { theirsDeleted: true, rev: 2 },
  })
})

test('[CF7] a change by someone who knew of the delete, or of a purged record, is "Record not found" under every strategy', () => {
  for (const strategy of all) {
    const world = field()
    sends(world, world.ann, record(world.ann, 'delete', {}), strategy)
    refresh(world.bob, world.relay)
    const edit = record(world.bob, 'update', { owner: 'bob' })
    const notFound = { status: 'rejected', code: 'not-found', message: 'Record not found' }
    expect(accept(world.relay, edit, strategy)).toEqual({ outcome: notFound })
    world.relay.state = { state: 'purged' }
    expect(accept(world.relay, edit, strategy)).toEqual({ outcome: notFound })
  }
})

test('[CF8] a delete of a record changed meanwhile: client wins deletes, server wins and merge keep it, ask asks', () => {
  const after = (strategy: Strategy): ReturnType<typeof accept> & Field => {
    const world = field()
    const edit = record(world.bob, 'delete', {})
    sends(world, world.ann, record(world.ann, 'update', { status: 'done' }), strategy)
    return { ...world, ...accept(world.relay, edit, strategy), relay: world.relay }
  }
  expect(heldContent(after(clientWins).relay)).toEqual({
    fields: { title: 'pump', status: 'done', owner: 'ann' },
    deleted: true,
  })
  for (const strategy of [serverWins, merge]) {
    const { relay, outcome } = after(strategy)
    expect(outcome.status).toBe('lost')
    expect(heldContent(relay)).toEqual({ fields: { title: 'pump', status: 'done', owner: 'ann' }, deleted: false })
  }
  expect(after(ask).outcome.status).toBe('held')
})

test('[CF9] a create with the id of a living record is "Record already exists"; over a deleted one it is a new record', () => {
  for (const strategy of all) {
    const world = field()
    const twin = newDevice(2)
    const merged = accept(world.relay, record(twin, 'create', { title: 'twin' }), strategy)
    expect(merged).toEqual({ outcome: { status: 'rejected', code: 'exists', message: 'Record already exists' } })
    sends(world, world.ann, record(world.ann, 'delete', {}), strategy)
    const again = newDevice(3)
    expect(accept(world.relay, record(again, 'create', { title: 'new' }), strategy).outcome.status).toBe('applied')
    expect(heldContent(world.relay)).toEqual({ fields: { title: 'new' }, deleted: false })
  }
})

test('[CF13] device clocks and client ids decide nothing: only what was known and the order of acceptance', () => {
  for (const strategy of all) {
    const results = [1, 2 ** 53 - 1].flatMap(authority =>
      [0, 2 ** 52].map(at => {
        const world = field(undefined, authority)
        const edit = { ...record(world.bob, 'update', { status: 'bob', title: 'b' }), at }
        sends(world, world.ann, { ...record(world.ann, 'update', { status: 'ann' }), at: 2 ** 52 - at }, strategy)
        accept(world.relay, edit, strategy)
        return sorted(heldContent(world.relay))
      }),
    )
    expect(new Set(results).size).toBe(1)
  }
})

test('[CF14] every device that took the confirmed bytes reads the same record, in Yjs too', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), writes), { maxLength: 8 }),
      fc.constantFrom(...all),
      (edits, strategy) => {
        const world = field()
        for (const [mine, fields] of edits) {
          const device = mine ? world.ann : world.bob
          if (contentOn(device).deleted) continue
          accept(world.relay, record(device, 'update', fields), strategy)
          if (mine) refresh(device, world.relay)
        }
        refresh(world.ann, world.relay)
        refresh(world.bob, world.relay)
        expect(contentOn(world.ann)).toEqual(contentOn(world.bob))
        const doc = new Y.Doc({ guid: 'task/r1' })
        Y.applyUpdate(doc, world.ann.confirmed!.confirmed.bytes)
        const { [DELETED]: _mark, ...fields } = doc.getMap(ROOT).toJSON()
        const read = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
        expect(read).toEqual(contentOn(world.bob).fields)
      },
    ),
  )
})

test('[CF15] a new strategy counts from the next conflict on; earlier outcomes stand', () => {
  const world = field()
  const edits = [record(world.bob, 'update', { owner: 'bob' })]
  sends(world, world.ann, record(world.ann, 'update', { status: 'a' }), serverWins)
  const lost = sends(world, world.bob, edits[0]!, serverWins)
  const mine = record(world.bob, 'update', { owner: 'bob' })
  sends(world, world.ann, record(world.ann, 'update', { status: 'b' }), clientWins)
  expect(sends(world, world.bob, mine, clientWins).outcome.status).toBe('applied')
  expect(lost.outcome.status).toBe('lost')
  expect(heldContent(world.relay).fields).toMatchObject({ owner: 'bob', status: 'a' })
})
