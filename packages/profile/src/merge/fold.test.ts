import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Edit } from '../edit/edit.ts'
import { foldPending } from './fold.ts'
import { standingOf } from './merge-edit.ts'
import { accept, field, handlerOf, heldContent, newDevice, record, refresh, sends } from './merge.fixture.ts'
import { type Action, play, schedules, type World } from './schedule.fixture.ts'
import { ask, clientWins, serverWins, strategies, type BuiltInStrategy } from './strategy.ts'

const foldOn = (
  { relay, strategy }: Pick<World, 'relay' | 'strategy'>,
  edits: readonly Edit[],
): ReturnType<typeof foldPending> =>
  foldPending(
    {
      standing: standingOf(relay.state),
      rev: relay.rev,
      outcomes: relay.outcomes,
      ...(relay.state?.state === 'held' ? { incarnation: relay.state.confirmed.incarnation } : {}),
    },
    edits,
    strategy,
    handlerOf,
  )

/** What all devices have not delivered yet, in the order in which devices fold: (tick, device). */
const outstanding = ({ devices, relay }: World): Edit[] =>
  devices
    .flatMap(({ pending }) => pending.filter(({ id }) => !relay.outcomes.has(id)))
    .toSorted((a, b) => a.tick - b.tick || (a.device < b.device ? -1 : 1))

/** One device has created the record, and all hold it. */
const begun: readonly Action[] = [
  { do: 'edit', who: 0, fields: { title: 'pump', status: 'open' }, deletes: false, runs: false, peers: false },
  { do: 'deliver', who: 0 },
  ...[0, 1, 2].map((who): Action => ({ do: 'refresh', who })),
]

for (const name of Object.keys(strategies) as BuiltInStrategy[]) {
  test(`[PE5] ${name}: the view predicts what the relay does when it accepts in that order, up to the first refused edit`, () => {
    let predicted = 0
    fc.assert(
      fc.property(schedules, actions => {
        const world = play([...begun, ...actions], strategies[name], 2 ** 50, () => undefined)
        // Edits of a life that is over are refused by the gate before anything is judged.
        if (world.purges > 0) return
        const edits = outstanding(world)
        const until = firstStopped(world, edits)
        for (let count = 1; count <= until; count++) {
          const { content, verdicts } = foldOn(world, edits.slice(0, count))
          const edit = edits[count - 1]!
          const verdict = verdicts.get(edit.id)!
          const mirror = { ...world.relay, outcomes: new Map(world.relay.outcomes) }
          for (const each of edits.slice(0, count)) accept(mirror, each, world.strategy)
          const outcome = mirror.outcomes.get(edit.id)!
          expect(verdict.status).toBe(outcome.status)
          if (verdict.status === 'applied' || verdict.status === 'lost') {
            expect(content).toEqual(heldContent(mirror))
            expect(verdict.conflict !== undefined).toBe('conflict' in outcome)
            if (verdict.status === 'lost') expect(outcome).toMatchObject({ to: verdict.to })
            predicted++
          }
        }
      }),
      { numRuns: 200 },
    )
    expect(predicted).toBeGreaterThan(30)
  })
}

/** How many edits until one is not merged, that one included. */
const firstStopped = (world: World, edits: readonly Edit[]): number => {
  const relay = { ...world.relay, outcomes: new Map(world.relay.outcomes) }
  const index = edits.findIndex(edit => accept(relay, edit, world.strategy).record === undefined)
  return index === -1 ? edits.length : index + 1
}

test('without pending edits the view is the confirmed record', () => {
  const { relay } = field()
  expect(foldOn({ relay, strategy: clientWins }, []).content).toEqual(heldContent(relay))
  expect(foldPending({ standing: undefined, rev: 0 }, [], clientWins).content).toBeUndefined()
})

test('a pending create shows before the relay has heard of it', () => {
  const edit = record(newDevice(0), 'create', { title: 'new', note: null })
  expect(foldPending({ standing: undefined, rev: 0 }, [edit], ask).content).toEqual({
    fields: { title: 'new' },
    deleted: false,
  })
})

test('what its author typed stays in sight while it is held or refused', () => {
  const world = field()
  const mine = record(world.bob, 'update', { owner: 'bob' })
  sends(world, world.ann, record(world.ann, 'update', { status: 'done' }), ask)
  const { content, verdicts } = foldOn({ ...world, strategy: ask }, [mine])
  expect(verdicts.get(mine.id)?.status).toBe('held')
  expect(content?.fields).toEqual({ title: 'pump', status: 'done', owner: 'bob' })
})

test('an edit that changes nothing visible is no change that the next one could conflict with', () => {
  const { relay, ann, bob } = field()
  const nothing = record(ann, 'update', { status: 'open' })
  const mine = record(bob, 'update', { owner: 'bob' })
  const { content, verdicts } = foldOn({ relay, strategy: serverWins }, [nothing, mine])
  expect(verdicts.get(mine.id)).toMatchObject({ status: 'applied' })
  expect(content?.fields['owner']).toBe('bob')
})

test('an edit whose predecessor was accepted meanwhile is judged as its successor, not as if it stood alone', () => {
  const world = field()
  const [first, second] = [record(world.bob, 'update', { owner: 'b1' }), record(world.bob, 'update', { title: 'b2' })]
  sends(world, world.ann, record(world.ann, 'update', { status: 'done' }), clientWins)
  accept(world.relay, first, clientWins)
  refresh(world.bob, world.relay)
  expect(foldOn({ ...world, strategy: serverWins }, [second]).verdicts.get(second.id)?.status).toBe('applied')
  expect(accept(world.relay, second, serverWins).outcome.status).toBe('applied')
})

test('an edit of another life of the record is judged as one that knew nothing of this one', () => {
  const world = field()
  const edit = record(
    world.bob,
    'update',
    { owner: 'bob' },
    { base: { rev: 99, commit: '' }, incarnation: 'ffffffffffffffff' },
  )
  expect(foldOn({ ...world, strategy: serverWins }, [edit]).verdicts.get(edit.id)?.status).toBe('lost')
  expect(accept(world.relay, edit, serverWins).outcome.status).toBe('lost')
})
