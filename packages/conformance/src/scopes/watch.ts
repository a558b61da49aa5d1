import { isDeepStrictEqual } from 'node:util'
import { RejoinFault } from '@rejoin/client'
import { createCanaries } from './canaries.ts'
import type { Device } from './device.ts'
import { userIds } from './land.ts'
import { type Holding, holdingOf } from './oracle/oracle.ts'
import type { Place } from './place.ts'
import type { Row, State } from './state.ts'

/** What histories did, and what it cost. */
export interface Counts {
  /** contents of devices that were compared with the oracle's */
  readonly looks: number
  /** of those, rows */
  readonly rows: number
  /** canaries found where they belong */
  readonly canaries: number
  /** live devices that heard of a step */
  readonly told: number
  /** of those, such that had to compare, though a message should have told them all */
  readonly compared: number
}

export const nothing: Counts = { looks: 0, rows: 0, canaries: 0, told: 0, compared: 0 }

export const added = (a: Counts, b: Counts): Counts => ({
  looks: a.looks + b.looks,
  rows: a.rows + b.rows,
  canaries: a.canaries + b.canaries,
  told: a.told + b.told,
  compared: a.compared + b.compared,
})

/** A device was not what the oracle says. The seed says it all again. */
export class ScopeFailure extends Error {}

/** Looks at every device, and at all it was sent, with the oracle's eyes. */
export interface Watch {
  readonly counts: Counts
  /** something has begun that changes what devices should hold */
  moved(): void
  /**
   * @param live those who were live before should have been told what happened, and have nothing to compare
   * @returns names of devices that had to compare all the same
   */
  look(live: boolean): Promise<readonly string[]>
}

export const createWatch = (place: Place, state: State): Watch => {
  const canaries = createCanaries()
  const counts = { ...nothing }
  /** each as it was for a while since the last look, the first at that look */
  let passed: State[] = []
  let compared: string[] = []
  const greetings = new Map<Device, number>()
  const comparisons = new Map<Device, number>()
  const sent = (device: Device, type: string): number =>
    device.line.frames.filter(frame => frame.direction === 'up' && frame.message.type === type).length

  const count = (device: Device, live: boolean): void => {
    const [hellos, compares] = [sent(device, 'hello'), sent(device, 'compare')]
    if (live && hellos === greetings.get(device)) {
      counts.told++
      if (compares > comparisons.get(device)!) {
        counts.compared++
        compared.push(device.name)
      }
    }
    greetings.set(device, hellos)
    comparisons.set(device, compares)
  }

  const moved = (): void => {
    state.now = place.time.now()
    passed.push(structuredClone(state))
  }

  /** What happens at once happens in any order: rows, people and time may each have been as at another moment. */
  const mixed = (): State[] =>
    passed.flatMap(people =>
      passed.flatMap(({ rows, dead }) => passed.map(({ now }) => ({ ...people, rows, dead, now }))),
    )

  const look = (device: Device, held: Holding, live: boolean): void => {
    const bad = canaries.scan(device, passed, mixed)
    if (bad.length > 0) throw new ScopeFailure(`${device.name} was sent what is not in its scope: ${bad.join(', ')}`)
    count(device, live && device.online)
    if (!device.online) return
    const { state: link, fault } = device.rejoin.link.current
    if (link !== 'live') throw new ScopeFailure(`${device.name} is ${link} ${JSON.stringify(fault)}`)
    const difference = differenceOf(held, device.content())
    if (difference !== undefined) throw new ScopeFailure(`${device.name} ${difference}`)
    counts.looks++
    for (const rows of held.values()) counts.rows += rows.size
  }

  return {
    counts,
    moved,
    look: async live => {
      compared = []
      await place.quiet()
      // What was refused shows until its author lets go of it.
      const authors = place.devices.filter(({ online, rejoin }) => online && rejoin.outbox.current.length > 0)
      for (const { rejoin } of authors) {
        for (const entry of rejoin.outbox.current) await entry.discard().catch(unlessSettled)
      }
      if (authors.length > 0) await place.quiet()
      if (place.bugs.length > 0) throw new ScopeFailure(`a bug was reported: ${place.bugs.map(textOf).join('; ')}`)
      moved()
      const held = new Map(userIds.map(user => [user as string, holdingOf(state, user)] as const))
      for (const device of place.devices) look(device, held.get(device.user)!, live)
      counts.canaries = canaries.found
      passed = passed.slice(-1)
      return compared
    },
  }
}

/** Letting go of one entry takes others along, and answers come meanwhile. */
const unlessSettled = (error: unknown): void => {
  if (!(error instanceof RejoinFault && error.code === 'settled')) throw error
}

const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

const differenceOf = (expected: Holding, shown: Holding): string | undefined => {
  const lines: string[] = []
  for (const table of new Set([...expected.keys(), ...shown.keys()])) {
    const [should, does] = [expected.get(table) ?? none, shown.get(table) ?? none]
    for (const id of new Set([...should.keys(), ...does.keys()])) {
      const [wanted, found] = [should.get(id), does.get(id)]
      if (wanted === undefined) lines.push(`has ${table} ${id}, which is not in its scope`)
      else if (found === undefined) lines.push(`lacks ${table} ${id} ${JSON.stringify(wanted)}`)
      else if (!isDeepStrictEqual(wanted, found))
        lines.push(`has ${table} ${id} as ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`)
    }
  }
  return lines.length === 0 ? undefined : lines.slice(0, 8).join('\n  and ')
}

const none: ReadonlyMap<string, Row> = new Map()
