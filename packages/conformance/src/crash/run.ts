import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readContent, readEdits, readHead, readLedger, readRows } from '../rig/database.ts'
import type { DeviceProcess } from '../rig/device.ts'
import { type Chance, createChance, pick } from '../simulator/chance.ts'
import { TABLE } from './environment.ts'
import { type Accounts, accountFor, breaches, type Evidence, missingAcknowledged } from './proof.ts'
import { openWorld, type World } from './world.ts'

/**
 * Kill -9 at random moments under load, again and again, then peace: everything drains, and the proof is made from the
 * relay's database and from what the devices had said. A seed fixes who is killed and when; what is under way at
 * that moment is up to the machine.
 */
export interface CrashOptions {
  readonly seed: number
  readonly kills: number
  readonly onKill?: (done: number, victim: string) => void
}

export interface CrashReport {
  readonly seed: number
  readonly kills: Readonly<Record<'relay' | 'device', number>>
  readonly saved: number
  readonly acknowledged: number
  /** answered writes of the back office that made a record */
  readonly office: number
  readonly accounts: Accounts
  /** edits that a killed device held unsent or unanswered when it came back, and edits acknowledged when a relay fell */
  readonly carried: number
  readonly heldTrue: number
  readonly revisions: number
  readonly rows: number
  /** relay first, then the devices */
  readonly contents: readonly string[]
  readonly seconds: number
  /** sentences; none is the proof */
  readonly breaches: readonly string[]
}

/** Ms of load between a restart and the next kill. */
const CALM = 50
const STORM = 400
/** Ms between a device's return and the kill that meets its upload. */
const UPLOAD = 60
/** Ms the kill waits for a first answer. */
const ANSWER = 500
/** Within which outboxes are empty and everyone is live after the last kill (G11: 10 s). */
const DRAIN = 20_000

export const runCrashes = async ({ seed, kills, onKill = () => {} }: CrashOptions): Promise<CrashReport> => {
  const directory = await mkdtemp(join(tmpdir(), 'rejoin-crash-'))
  try {
    const world = await openWorld(directory, seed)
    try {
      return await crashes(world, { seed, kills, onKill })
    } finally {
      await world.close()
    }
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 })
  }
}

const crashes = async (world: World, { seed, kills, onKill }: Required<CrashOptions>): Promise<CrashReport> => {
  const began = performance.now()
  const { relay, devices, office, claims, db } = world
  const chance = createChance(seed, 'kills')
  const firstRev = readHead(db)
  const found: string[] = []
  const count = { relay: 0, device: 0, carried: 0, heldTrue: 0 }
  office.work()
  for (const device of devices) {
    await device.ask('firstSync', {})
    await world.busy(device)
  }
  for (let done = 0; done < kills;) {
    const victims = pick(blows, chance.below(1_000)).slice(0, kills - done)
    const chosen = pick(devices, chance.below(1_000))
    await weather(world, chance, chosen)
    await Promise.all(victims.map(victim => (victim === 'relay' ? relay.kill() : chosen.kill())))
    if (victims.includes('relay')) {
      const acknowledged = new Set(claims.acknowledged)
      const missing = missingAcknowledged(acknowledged, readEdits(db))
      found.push(...missing.map(id => `G2: edit ${id} was acknowledged, but the killed relay had not kept it`))
      count.relay += 1
      count.heldTrue = acknowledged.size
    }
    await Promise.all(victims.map(victim => (victim === 'relay' ? relay.start() : chosen.start())))
    if (victims.includes('device')) {
      found.push(...(await missingOn(world, chosen, count)))
      count.device += 1
      await world.busy(chosen)
    }
    await Promise.all(devices.map(device => device.ask('connect', {})))
    done += victims.length
    onKill(done, victims.join(' and '))
  }
  await office.rest()
  await Promise.all(devices.map(device => device.ask('rest', {})))
  await drain(world, found)
  const contents = await contentsOf(world, found)
  const evidence = await evidenceOf(world, firstRev)
  return {
    seed,
    kills: { relay: count.relay, device: count.device },
    saved: claims.saved.size,
    acknowledged: claims.acknowledged.size,
    office: office.created.size,
    accounts: accountFor(evidence),
    carried: count.carried,
    heldTrue: count.heldTrue,
    revisions: evidence.head - firstRev,
    rows: evidence.counters.size,
    contents,
    seconds: (performance.now() - began) / 1000,
    breaches: [...found, ...world.troubles, ...breaches(evidence), ...officeBreaches(world)],
  }
}

/**
 * Two times of three a device has worked offline for a while, and the kill meets its upload: at a random moment, or
 * right after its first answer, when more is on its way.
 */
const weather = async ({ claims }: World, chance: Chance, device: DeviceProcess): Promise<void> => {
  const kind = pick(['fine', 'back', 'answered'] as const, chance.below(1_000))
  if (kind !== 'fine') await device.ask('disconnect', {})
  await sleep(CALM + chance.below(STORM))
  if (kind === 'fine') return
  const before = claims.acknowledged.size
  await device.ask('connect', {})
  const until = performance.now() + (kind === 'back' ? chance.below(UPLOAD) : ANSWER)
  while (performance.now() < until && (kind === 'back' || claims.acknowledged.size === before)) await sleep(1)
}

/** Who falls: the relay, a device, or both in the same moment. */
const blows: readonly (readonly ('relay' | 'device')[])[] = [['relay'], ['device'], ['relay', 'device']]

/** G1: what a device had called saved is, after its kill, in its outbox or known to have been taken. */
const missingOn = async ({ claims }: World, device: DeviceProcess, count: { carried: number }): Promise<string[]> => {
  const mine = [...claims.saved].filter(([, saved]) => saved.device === device.name).map(([id]) => id)
  const { entries } = await device.ask('outbox', {})
  const { edits } = await device.ask('settled', { edits: mine })
  count.carried += entries.length
  const known = new Set([...entries.map(({ edit }) => edit), ...edits])
  return mine
    .filter(id => !known.has(id))
    .map(id => `G1: ${device.name} had saved edit ${id}, but lacks it after its kill`)
}

const drain = async ({ devices }: World, found: string[]): Promise<void> => {
  for (const device of devices) {
    const { left, link } = await device.ask('drained', { within: DRAIN })
    if (left > 0 || link !== 'live')
      found.push(`G11: ${device.name} is ${link} with ${left} edits left after ${DRAIN / 1000} s`)
  }
}

/** G5: the relay's rows, hashed from its database, and those of every device, hashed from what apps read. */
const contentsOf = async ({ devices, db }: World, found: string[]): Promise<string[]> => {
  const wanted = await readContent(db, devices[0]!.name)
  const contents = [wanted.content]
  for (const device of devices) {
    // The last commits of the others may still be on their way to this one.
    let held = await device.ask('content', {})
    for (let wait = 0; wait < 50 && held.content !== wanted.content; wait += 1) {
      await sleep(50)
      held = await device.ask('content', {})
    }
    contents.push(held.content)
    if (held.content !== wanted.content)
      found.push(`G5: ${device.name} shows ${held.rows} rows that are not the relay's ${wanted.rows}`)
    for (const [table, fingerprint] of Object.entries(wanted.fingerprints)) {
      if (held.fingerprints[table] !== fingerprint)
        found.push(`G5: ${device.name} has another fingerprint of ${table} than the relay`)
    }
  }
  return contents
}

const evidenceOf = async ({ claims, devices, db }: World, firstRev: number): Promise<Evidence> => {
  const outboxes = await Promise.all(
    devices.map(async device => {
      const { entries } = await device.ask('outbox', {})
      return [device.name, new Set(entries.map(({ edit }) => edit))] as const
    }),
  )
  const counters = readRows(db, TABLE).flatMap(({ id, fields }) =>
    typeof fields['counter'] === 'number' ? [[id, fields['counter']] as const] : [],
  )
  return {
    saved: claims.saved,
    acknowledged: claims.acknowledged,
    outboxes: new Map(outboxes),
    edits: readEdits(db),
    ledger: readLedger(db),
    firstRev,
    head: readHead(db),
    counters: new Map(counters),
  }
}

const officeBreaches = ({ office, db }: World): string[] => {
  const held = new Set(readRows(db, TABLE).map(({ id }) => id))
  return [...office.created]
    .filter(id => !held.has(id))
    .map(id => `G2: the back office was told that ${id} exists, but it does not`)
}
