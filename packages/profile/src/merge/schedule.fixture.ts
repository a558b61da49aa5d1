import fc from 'fast-check'
import { expect } from 'vitest'
import type { Edit } from '../edit/edit.ts'
import { settleDocument } from '../record/document.ts'
import { parseFlat, readFlat } from '../record/flat.ts'
import { checkUpdate } from '../record/gate.ts'
import type { Fields } from '../schema/schema.ts'
import { type Merged, sameLife } from './merge-edit.ts'
import {
  accept,
  contentOn,
  type Device,
  newDevice,
  newRelay,
  record,
  refresh,
  type Relay,
  writes,
} from './merge.fixture.ts'
import type { Strategy } from './strategy.ts'

/** Three devices and a relay under a generated schedule: edits offline, delivery in order, refreshes, purges. */
export type Action =
  | {
      readonly do: 'edit'
      readonly who: number
      readonly fields: Fields
      readonly deletes: boolean
      readonly runs: boolean
      readonly peers: boolean
    }
  | { readonly do: 'deliver' | 'refresh'; readonly who: number }
  | { readonly do: 'again'; readonly which: number }
  | { readonly do: 'purge' }

const who = fc.nat(2)

export const schedules: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('edit' as const),
        who,
        fields: writes,
        deletes: fc.nat(7).map(n => n === 0),
        runs: fc.nat(3).map(n => n === 0),
        peers: fc.nat(3).map(n => n === 0),
      }),
    },
    { weight: 8, arbitrary: fc.record({ do: fc.constant('deliver' as const), who }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('refresh' as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.constant({ do: 'purge' as const }) },
  ),
  { minLength: 4, maxLength: 60 },
)

export interface World {
  readonly relay: Relay
  readonly devices: readonly Device[]
  readonly strategy: Strategy
  /** edits in the order the relay settled them */
  readonly settled: Edit[]
  purges: number
  resyncs: number
}

export type Observe = (world: World, edit: Edit, merged: Merged, before: Relay['state']) => void

export const play = (actions: readonly Action[], strategy: Strategy, authority: number, observe: Observe): World => {
  const devices = [0, 1, 2].map(index => newDevice(index))
  const world: World = { relay: newRelay(authority), devices, strategy, settled: [], purges: 0, resyncs: 0 }
  for (const action of actions) {
    if (action.do === 'edit') edit(world, devices[action.who]!, action)
    else if (action.do === 'deliver') deliver(world, devices[action.who]!, observe)
    else if (action.do === 'refresh') refreshed(world, devices[action.who]!, observe)
    else if (action.do === 'again') deliverAgain(world, action.which)
    else purge(world)
  }
  return world
}

const edit = (world: World, device: Device, action: Extract<Action, { do: 'edit' }>): void => {
  const content = contentOn(device)
  const exists = device.confirmed !== undefined || device.pending.length > 0
  const kind = !exists || content.deleted ? 'create' : action.deletes ? 'delete' : action.runs ? 'command' : 'update'
  const foreign = world.devices.filter(each => each !== device).flatMap(({ pending }) => pending.map(({ id }) => id))
  record(device, kind, action.fields, action.peers && foreign.length > 0 ? { seen: foreign } : {})
}

const undelivered = (world: World, device: Device): Edit[] =>
  device.pending.filter(({ id }) => !world.relay.outcomes.has(id))

const prefixOf = (device: Device): number => Math.floor(device.client / 256)

const deliver = (world: World, device: Device, observe: Observe): boolean => {
  const [next] = undelivered(world, device)
  if (next === undefined) return false
  const { relay } = world
  const before = relay.state
  const after = next.after === undefined ? undefined : relay.outcomes.get(next.after)
  const stopped = after !== undefined && after.status !== 'applied' && after.status !== 'lost'
  if (!stopped && sameLife(before, next)) {
    const standing = before?.state === 'held' ? parseFlat(before.confirmed.bytes) : undefined
    const verdict = checkUpdate(next, standing, [prefixOf(device)])
    if (!verdict.pass) {
      // What was recorded on a life that is over has to be recorded again; nothing else may be refused.
      expect(verdict.why).toBe('resync')
      expect(world.purges).toBeGreaterThan(0)
      world.resyncs++
      device.pending = device.pending.filter(({ id }) => relay.outcomes.has(id))
      device.client++
      return true
    }
  }
  const merged = accept(relay, next, world.strategy)
  world.settled.push(next)
  observe(world, next, merged, before)
  return true
}

/** Refused or held edits leave with what was made on top of them, and with them their client id. */
const refreshed = (world: World, device: Device, observe: Observe): void => {
  const life = world.relay.state?.state === 'held' ? world.relay.state.confirmed.incarnation : undefined
  const outcomes = device.pending.map(({ id }) => world.relay.outcomes.get(id)?.status)
  const stopped = outcomes.some(status => status === 'rejected' || status === 'held')
  const renewed = device.confirmed !== undefined && device.confirmed.confirmed.incarnation !== life
  if (stopped || renewed) {
    while (deliver(world, device, observe));
    device.client++
  }
  // A device waits with a foreign creation until its own is settled.
  if (device.confirmed === undefined && device.pending.length > 0) while (deliver(world, device, observe));
  if (device.pending.some(({ id }) => ['rejected', 'held'].includes(world.relay.outcomes.get(id)?.status ?? '')))
    device.client++
  refresh(device, world.relay)
}

/** The same edit again, past the gate that would refuse it: the document must not mind. */
const deliverAgain = (world: World, which: number): void => {
  const { relay, settled } = world
  const again = settled[which % Math.max(1, settled.length)]
  if (again === undefined || relay.state?.state !== 'held') return
  const status = relay.outcomes.get(again.id)?.status
  const inside = again.seq <= (relay.state.confirmed.settled[again.device] ?? 0)
  if (!inside || again.incarnation !== relay.state.confirmed.incarnation || (status !== 'applied' && status !== 'lost'))
    return
  const { bytes } = relay.state.confirmed
  const prefixes = world.devices.map(prefixOf)
  expect(checkUpdate(again, parseFlat(bytes), prefixes)).toMatchObject({ pass: false, why: 'resync' })
  const same = settleDocument('task/r1', bytes, again.update, relay.state.content, relay.authority)
  expect(readFlat(same)).toEqual(relay.state.content)
}

const purge = (world: World): void => {
  if (world.relay.state?.state !== 'held' || !world.relay.state.content.deleted) return
  world.relay.state = { state: 'purged' }
  world.purges++
}
