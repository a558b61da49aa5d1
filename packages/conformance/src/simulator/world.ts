import { decodeUp, encodeUp, type Up } from '@rejoin/profile'
import { type Canary, createCanary } from './canary.ts'
import { type Chance, createChance, pick } from './chance.ts'
import { type Clock, createClock, settled } from './clock.ts'
import { createSimulatedDevice, type SimulatedDevice } from './device.ts'
import { type ClockBook, createClockBook, readStored } from './documents.ts'
import { broken, brokenBy } from './failure.ts'
import type { Faults } from './faults.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { createMeetings, type Meetings } from './meeting.ts'
import { createNetwork, type Link, type Network } from './network.ts'
import { createOffice, type Office } from './office.ts'
import { createOracle, type Oracle } from './oracle/oracle.ts'
import { SUM, type User, USERS } from './places.ts'
import { createRelay, type SimulatedRelay } from './relay.ts'
import type { SimulatedStrategy } from './strategies.ts'
import { createUsers, POOL, TALLIES, type Users } from './users.ts'

/** Everything one seed makes: a relay, devices and their disks, the wire between them, people, time, and who watches. */
export interface World {
  readonly clock: Clock
  readonly relay: SimulatedRelay
  readonly network: Network
  readonly meetings: Meetings
  readonly devices: readonly SimulatedDevice[]
  readonly office: Office
  readonly users: Users
  readonly oracle: Oracle
  readonly ledger: Ledger
  readonly canary: Canary
  readonly book: ClockBook
  /** pushes by device as they reached the relay, for repeating them */
  readonly pushed: readonly (readonly Push[])[]
  /** frames from the relay to devices, counted */
  readonly traffic: { frames: number; bytes: number; edits: number }
  /** @throws Broken what went wrong where nobody was waiting for it */
  check(): void
  alarm(error: unknown): void
  close(): Promise<void>
}

export type Push = Extract<Up, { type: 'push' }>

export interface WorldParts {
  readonly seed: number
  readonly strategy: SimulatedStrategy
  /** of each device */
  readonly users: readonly User[]
  readonly faults: Faults
}

export const createWorld = async ({ seed, strategy, users: holders, faults }: WorldParts): Promise<World> => {
  const chance = (name: string): Chance => createChance(seed, name)
  const clock = createClock()
  const oracle = createOracle(strategy)
  const ledger = createLedger()
  const canary = createCanary()
  const book = createClockBook()
  const traffic = { frames: 0, bytes: 0, edits: 0 }
  const pushed: Push[][] = holders.map(() => [])
  const devices: SimulatedDevice[] = []
  let alarm: unknown

  const raise = (error: unknown): void => {
    alarm ??= error
  }
  /** Watchers stand inside the engines' calls: what they find must not take an engine down in their place. */
  const watching =
    <A extends unknown[]>(watch: (...given: A) => void) =>
    (...given: A): void => {
      try {
        watch(...given)
      } catch (error) {
        raise(error)
      }
    }

  const relay = await createRelay({
    clock,
    chance: chance('relay'),
    strategy,
    forgetful: faults.has('relay-forgets'),
    committed: watching(decision => {
      for (const { edit, outcome } of decision.edits ?? []) {
        const author = ledger.saved.get(edit)
        if (author === undefined || outcome.status !== 'held' || outcome.question === undefined) continue
        canary.asked(devices[author.device]!.user, author.edit.table, outcome.question.theirs)
      }
      oracle.committed(decision)
      for (const stored of decision.records ?? []) book.kept(`${stored.table}/${stored.id}`, readStored(stored).doc)
    }),
    died: () => {
      for (const link of [...network.links()]) network.cut(link)
    },
    failed: raise,
  })

  const network: Network = createNetwork((_link, toDevice) => relay.answer(toDevice), {
    sent: watching((device, frame) => {
      traffic.frames++
      traffic.bytes += frame.length
      canary.inspect(devices[device]!.user, frame, oracle.recently)
    }),
    arrived: watching((device, frame) => {
      const message = decodeUp(frame)
      if (message.type !== 'push') return
      traffic.edits += message.edits.length
      pushed[device]!.push(message)
      for (const ids of groupsOf(message)) oracle.grouped(ids)
      for (const edit of message.edits) {
        const saved = ledger.saved.get(edit.id)
        if (saved === undefined) broken('nothing leaves a device before it is saved', { edit: edit.id })
      }
    }),
  })

  const office = createOffice(relay, oracle, chance('office'), raise)
  const users = createUsers(canary, ledger, chance('users'))

  const meetings = createMeetings(
    watching((device, frame) => canary.inspect(devices[device]!.user, frame, oracle.recently)),
  )
  for (const [index, user] of holders.entries()) {
    devices.push(
      createSimulatedDevice({
        index,
        user,
        clock,
        network,
        chance: chance(`device ${index}`),
        forgetful: faults.has('device-forgets'),
        saved: watching(edit => {
          if (!ledger.save(index, edit)) return
          oracle.authored(edit, user)
          book.emitted(`${edit.table}/${edit.record}`, edit.update)
        }),
        watched: watching(watch => watch()),
        died: () => meetings.drop(index),
        alarm: raise,
      }),
    )
  }

  const world: World = {
    clock,
    relay,
    network,
    meetings,
    devices,
    office,
    users,
    oracle,
    ledger,
    canary,
    book,
    pushed,
    traffic,
    alarm: raise,
    check: () => {
      if (alarm !== undefined) throw brokenBy(alarm)
    },
    close: async () => {
      for (const device of devices) await device.crash()
      await relay.kill()
      await relay.close()
    },
  }
  await relay.start()
  await furnish(world, chance('furniture'))
  for (const device of devices) await device.start()
  return world
}

/** What the office has written before anybody signs in. */
const furnish = async ({ office, users, oracle, check }: World, chance: Chance): Promise<void> => {
  const raw = (): number => chance.below(2 ** 31)
  const write = async (table: string, record: string, values: Parameters<Office['write']>[3]): Promise<void> => {
    oracle.stepBegins()
    office.write('create', table, record, values)
    await settled()
    check()
  }
  for (const record of TALLIES) await write('tally', record, { c0: 0, [SUM]: 0 })
  for (const record of POOL.slice(0, 4)) {
    const values = users.change('task', record, 'office', [raw(), raw(), raw(), raw()])
    await write('task', record, { status: 'open', ...values, ownerid: pick(USERS, raw()) })
  }
  for (const record of POOL.slice(0, 2)) {
    await write('site', record, users.change('site', record, 'office', [raw(), raw(), raw(), raw()]))
  }
}

/** Ids of edits that travel as one. */
const groupsOf = ({ edits }: Push): string[][] => {
  const groups = new Map<string, string[]>()
  for (const { id, group } of edits) if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), id])
  return [...groups.values()]
}

/** The same edits in another order or number: what a relay must bear from an unsound network. */
export const reframed = (push: Push, edits: Push['edits']): Uint8Array => encodeUp({ ...push, edits })

export const linkOf = (world: World, device: number): Link | undefined =>
  world.network.links().find(link => link.device === device && link.alive)
