import { openRig, type Rig } from '../proofs/rig.ts'
import type { User } from '../proofs/world.ts'
import { broken } from '../simulator/failure.ts'
import { type Book, createBook } from './book.ts'
import { type Desk, openDesk } from './desk.ts'
import type { Faults } from './faults.ts'
import { closed, schemaWith, type Trait, unwanted } from './field.ts'
import { plantedIn } from './storage.ts'

/** Everything one history happens in. */
export interface Land {
  readonly rig: Rig
  readonly book: Book
  readonly desks: readonly Desk[]
  readonly faults: Faults
  readonly traits: Set<Trait>
  /** the schema as its traits say, under a version of its own */
  tellSchema(): Promise<void>
  /** how often the office has written */
  written: number
  /** time passes, the relay looks at its sessions, and what was said and shown goes into the book */
  pass(ms: number): Promise<void>
  notice(): void
  /** @throws Broken what went wrong where nobody was waiting for it */
  check(): void
}

/** Mia has two devices: what she takes along from one she can take in on the other. */
const holders: readonly User[] = ['mia', 'ana', 'mia', 'ben']

export const POOL: readonly string[] = ['W1', 'W2', 'W3', 'W4', 'W5']
/** Nobody changes them but by raising: their priority tells what was raised. */
export const TALLIES: readonly string[] = ['T1', 'T2', 'T3']

export const createLand = async (seed: number, faults: Faults): Promise<Land> => {
  const rig = await openRig('clientWins', { seed, rules: [unwanted], storage: plantedIn(faults) })
  const book = createBook()
  const traits = new Set<Trait>()
  let version = 1
  const tellSchema = async (): Promise<void> => rig.setSchema(schemaWith(traits, ++version))
  await tellSchema()
  await rig.setRules([closed])
  for (const id of POOL) await rig.office.create('workorder', id, { title: id, status: 'open', ownerid: 'north' })
  for (const id of TALLIES) await rig.office.create('workorder', id, { title: id, priority: 0, ownerid: 'north' })
  const desks: Desk[] = []
  for (const [index, user] of holders.entries())
    desks.push(await openDesk({ index, user, consolidates: (seed + index) % 3 === 0, rig, book, faults }))
  const notice = (): void => {
    for (const desk of desks) desk.notice()
  }
  return {
    rig,
    book,
    desks,
    faults,
    traits,
    tellSchema,
    written: 0,
    pass: async ms => {
      for (let passed = 0; passed < ms; passed += LOOK) {
        await rig.pass(Math.min(LOOK, ms - passed))
        rig.relay.core.tick()
      }
      await rig.still()
      notice()
    },
    notice,
    check: () => {
      const [bug] = rig.bugs()
      if (bug !== undefined) broken('no part of it stumbles', bug instanceof Error ? (bug.stack ?? bug.message) : bug)
    },
  }
}

/** ms between two looks of the relay at its sessions */
const LOOK = 5_000
