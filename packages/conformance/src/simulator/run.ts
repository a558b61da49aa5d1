import { pick } from './chance.ts'
import { settled } from './clock.ts'
import { brokenBy } from './failure.ts'
import { type Faults, noFaults } from './faults.ts'
import { type Class, classify, groupsWhole, tallied } from './invariants/classified.ts'
import { replicasAgree } from './invariants/replicas.ts'
import { nothingFoldedTwice } from './invariants/views.ts'
import { type Plan, planOf, type Step } from './plan.ts'
import type { SimulatedStrategy } from './strategies.ts'
import { POOL } from './users.ts'
import { createWorld, linkOf, reframed, type World } from './world.ts'

/** One seed under one strategy, from the first step to the peace at the end. */
export interface RunOptions {
  readonly seed: number
  readonly strategy: SimulatedStrategy
  readonly faults?: Faults
  /** instead of the one that follows from the seed */
  readonly plan?: Plan
}

export interface RunReport {
  readonly seed: number
  readonly strategy: SimulatedStrategy
  readonly devices: number
  readonly steps: number
  readonly edits: number
  readonly classes: Readonly<Partial<Record<Class, number>>>
  readonly frames: number
  readonly bytes: number
  /** frames between devices, and edits made in sight of another device's pending ones */
  readonly met: number
  readonly seeing: number
  readonly failure?: RunFailure
}

export interface RunFailure {
  readonly promise: string
  readonly detail: string
  /** the step at which it showed; the number of steps where it showed in the peace afterwards */
  readonly step: number
}

export const runSeed = async ({
  seed,
  strategy,
  faults = noFaults,
  plan = planOf(seed),
}: RunOptions): Promise<RunReport> => {
  const world = await createWorld({ seed, strategy, users: plan.users, faults })
  let at = 0
  let classes: ReadonlyMap<Class, number> = new Map()
  let failure: RunFailure | undefined
  try {
    for (; at < plan.steps.length; at++) {
      await takeStep(world, plan.steps[at]!)
      world.check()
    }
    classes = await peace(world)
    world.check()
  } catch (error) {
    const found = brokenBy(error)
    failure = { promise: found.promise, detail: found.detail, step: at }
  } finally {
    await world.close()
  }
  return {
    seed,
    strategy,
    devices: plan.users.length,
    steps: plan.steps.length,
    edits: world.ledger.saved.size,
    classes: Object.fromEntries(classes),
    frames: world.traffic.frames,
    bytes: world.traffic.bytes,
    met: world.meetings.frames,
    seeing: [...world.ledger.saved.values()].filter(({ edit }) => edit.seen !== undefined).length,
    ...(failure === undefined ? {} : { failure }),
  }
}

const takeStep = async (world: World, step: Step): Promise<void> => {
  const { network, relay, clock, devices } = world
  world.oracle.stepBegins()
  const device = pick(devices, step.who)
  const link = linkOf(world, device.index)
  const [a, b, c, d] = step.r
  switch (step.kind) {
    case 'create':
    case 'update':
    case 'delete':
    case 'chain':
    case 'group':
    case 'count':
    case 'add':
    case 'command':
    case 'discard':
    case 'retry':
    case 'resolve':
      if (device.running) world.users.act(device, step)
      break
    case 'office': {
      const table = a % 4 === 0 ? 'site' : 'task'
      const record = pick(POOL, b)
      const kind = pick(['update', 'update', 'update', 'delete', 'create'] as const, c)
      const values = {
        ...world.users.change(table, record, 'office', [d, c, b, a]),
        ...(kind === 'create' && table === 'task' ? { status: 'open', ownerid: 'cleo' } : {}),
      }
      world.office.write(kind, table, record, values)
      break
    }
    case 'deliver': {
      const busy = network.links().filter(({ up, down }) => up.length + down.length > 0)
      if (busy.length === 0) break
      const chosen = pick(busy, a)
      const direction =
        chosen.up.length === 0 ? 'down' : chosen.down.length === 0 ? 'up' : pick(['up', 'down'] as const, b)
      network.deliver(chosen, direction, 1 + (c % 4))
      await settled()
      await nothingFoldedTwice(world, chosen.device)
      break
    }
    case 'flow':
      await flow(world)
      break
    case 'cut':
    case 'half-cut':
      if (link !== undefined) network.cut(link, step.kind === 'half-cut')
      break
    case 'offline':
    case 'online':
      network.reach(device.index, step.kind === 'online')
      if (step.kind === 'offline' && link !== undefined) network.cut(link)
      break
    case 'repeat':
    case 'replay':
    case 'shuffle':
      meddle(world, device.index, step)
      break
    case 'wait':
      await clock.pass(pick([50, 500, 2_000, 10_000, 40_000], a))
      break
    case 'crash-device':
    case 'restart-device':
      if (step.kind === 'crash-device') await device.crash()
      else await device.stop()
      await device.start()
      break
    case 'stop-relay':
      await relay.stop()
      await relay.start()
      break
    case 'kill-relay':
      await relay.kill()
      await relay.start()
      break
    case 'kill-relay-after-commit':
      relay.killAfterCommit()
      break
    case 'peers': {
      const other = devices.find(each => each.user === device.user && each !== device)
      if (other !== undefined && device.running && other.running) world.meetings.toggle(device, other)
      break
    }
  }
  await settled()
  world.meetings.deliver(d % 4)
  await settled()
  if (!relay.running) await relay.start()
}

/** What an unsound network does to edits: again, later again, in another order. */
const meddle = (world: World, device: number, { kind, r: [a] }: Step): void => {
  const link = linkOf(world, device)
  const earlier = world.pushed[device]!
  if (link === undefined || earlier.length === 0) return
  const push = kind === 'repeat' ? earlier.at(-1)! : pick(earlier, a)
  if (kind !== 'shuffle') return world.network.inject(link, reframed(push, push.edits), a % 2 === 0 ? 'first' : 'last')
  // Edits of different records change places; groups stay together.
  const units = new Map<string, typeof push.edits>()
  for (const edit of push.edits) {
    const unit = edit.group ?? edit.id
    units.set(unit, [...(units.get(unit) ?? []), edit])
  }
  world.network.inject(link, reframed(push, [...units.values()].toReversed().flat()), 'first')
}

/** Everything on its way arrives, and what it causes, until nothing moves. */
export const flow = async ({ network, meetings, check }: World, rounds = 200): Promise<void> => {
  for (let round = 0; round < rounds; round++) {
    let any = meetings.deliver(1_000)
    for (const link of [...network.links()]) {
      for (const direction of ['up', 'down'] as const) {
        if (link.alive && network.deliver(link, direction, 1_000)) any = true
      }
    }
    await settled()
    check()
    if (!any) return
  }
}

/** All faults off, everybody connected, a minute passes: what is right now is what the run has come to. */
export const peace = async (world: World): Promise<ReadonlyMap<Class, number>> => {
  world.oracle.stepBegins()
  if (!world.relay.running) await world.relay.start()
  for (const device of world.devices) {
    world.network.reach(device.index, true)
    if (!device.running) await device.start()
  }
  for (let second = 0; second < 120; second++) {
    await world.clock.pass(500)
    await flow(world)
    if (!world.relay.running) await world.relay.start()
  }
  world.check()
  await replicasAgree(world)
  const classes = classify(world)
  groupsWhole(world)
  tallied(world)
  return classes
}
