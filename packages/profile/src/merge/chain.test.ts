import { describe, expect, test } from 'vitest'
import { accept, field, heldContent, newDevice, newRelay, record, refresh, sends } from './merge.fixture.ts'
import { ask, clientWins, serverWins } from './strategy.ts'

describe('[CF11] several edits of one device to one record form a chain', () => {
  test('[CF11] the part not yet accepted loses as a whole', () => {
    const world = field()
    const chain = [{ owner: 'b1' }, { title: 'b2' }, { note: 'b3' }].map(fields => record(world.bob, 'update', fields))
    sends(world, world.ann, record(world.ann, 'update', { status: 'done' }), serverWins)
    expect(chain.map(edit => accept(world.relay, edit, serverWins).outcome.status)).toEqual(['lost', 'lost', 'lost'])
    expect(heldContent(world.relay).fields).toEqual({ title: 'pump', status: 'done', owner: 'ann' })
  })

  test('[CF11] the part not yet accepted wins as a whole, and undoes nothing that came between its parts', () => {
    const world = field()
    const chain = [{ owner: 'b1' }, { title: 'b2' }].map(fields => record(world.bob, 'update', fields))
    sends(world, world.ann, record(world.ann, 'update', { status: 'done' }), clientWins)
    expect(chain.map(edit => accept(world.relay, edit, clientWins).outcome)).toMatchObject([
      { conflict: 'clientWins' },
      { status: 'applied' },
    ])
    expect(heldContent(world.relay).fields).toEqual({ title: 'b2', status: 'open', owner: 'b1' })
  })

  test('[CF11] what was accepted stays accepted: only the rest of the chain loses', () => {
    const world = field()
    const [first, second] = [record(world.bob, 'update', { owner: 'b1' }), record(world.bob, 'update', { title: 'b2' })]
    expect(accept(world.relay, first, serverWins).outcome.status).toBe('applied')
    refresh(world.ann, world.relay)
    sends(world, world.ann, record(world.ann, 'update', { status: 'done' }), serverWins)
    expect(accept(world.relay, second, serverWins).outcome.status).toBe('lost')
    expect(heldContent(world.relay).fields).toEqual({ title: 'pump', status: 'done', owner: 'b1' })
  })

  test.each([
    ['exactly the revision it lost to is seen: it starts anew', 2, 'applied'],
    ['one revision less is seen: it is lost too', 1, 'lost'],
  ])('[CF11] an edit on top of a lost one, when %s', (_, base, status) => {
    const world = field()
    const first = record(world.bob, 'update', { owner: 'b1' })
    const winner = record(world.ann, 'update', { status: 'done' })
    sends(world, world.ann, winner, serverWins)
    expect(accept(world.relay, first, serverWins).outcome).toMatchObject({ status: 'lost', to: 2 })
    const next = record(
      world.bob,
      'update',
      { title: 'b2' },
      { after: first.id, base: { rev: base, commit: '' }, seen: [winner.id] },
    )
    expect(accept(world.relay, next, serverWins).outcome.status).toBe(status)
  })

  test('[CF11] under ask the whole chain is parked as one question', () => {
    const world = field()
    const chain = [{ owner: 'b1' }, { title: 'b2' }].map(fields => record(world.bob, 'update', fields))
    sends(world, world.ann, record(world.ann, 'update', { status: 'done' }), ask)
    const [first, second] = chain.map(edit => accept(world.relay, edit, ask).outcome)
    expect(first).toMatchObject({ status: 'held', by: chain[0]!.id, question: { theirs: { status: 'done' } } })
    expect(second).toEqual({ status: 'held', by: chain[0]!.id })
    expect(heldContent(world.relay).fields).toEqual({ title: 'pump', status: 'done', owner: 'ann' })
  })

  test('an edit behind a pending create is merged with its clocks, so that the next one fits', () => {
    const [relay, ann] = [newRelay(), newDevice(0)]
    const edits = [
      record(ann, 'create', { title: 'a' }),
      record(ann, 'update', { title: 'b', note: 'n' }),
      record(ann, 'update', { note: 'm' }),
    ]
    for (const edit of edits.slice(0, 2)) accept(relay, edit, clientWins)
    refresh(ann, relay)
    expect(ann.pending).toEqual([edits[2]])
    const next = record(ann, 'update', { status: 'x' })
    for (const edit of [edits[2]!, next]) expect(accept(relay, edit, clientWins).outcome.status).toBe('applied')
    expect(heldContent(relay).fields).toEqual({ title: 'b', note: 'm', status: 'x' })
  })
})
