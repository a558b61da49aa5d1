import { type Figure, median, quantile } from '../measure.ts'
import type { LibraryName, Opening } from './library.ts'
import type { Place, Running } from './place.ts'

/** How much is measured; a test measures little. */
export interface Amount {
  /** what the records are called in figures */
  readonly size: string
  readonly records: number
  readonly trials: number
  /** everything; otherwise filling, and what one change costs */
  readonly whole: boolean
  readonly lists: number
  readonly saves: number
  /** edits under a list of one customer, and under one of every row */
  readonly edits: number
  readonly editsOfAll: number
}

/** A relay that has the records, and a person whose device is new. */
export interface Source {
  readonly url: string
  readonly token: string
}

export type Competitor = 'rejoin' | 'dexie'

/** One trial of one library in one place: filled in one program, then opened and used in another that has run nothing. */
export const runDeviceTrial = async (
  place: Place,
  competitor: Competitor,
  amount: Amount,
  source: Source,
  trial: number,
): Promise<Figure[]> => {
  const { size, records } = amount
  const database = place.at(`${competitor}-${size}-${trial}`)
  const opening: Opening = { library: strict[competitor], place: database, records, ...source }
  const figures: Figure[] = []
  const told = (name: string, value: number, unit: string): void => {
    figures.push({ name: `device.${place.name}.${name}`, value, unit })
  }
  await inProgram(place, async program => {
    const { whole, stored } = await program.fill(opening)
    told(`first-sync.${size}`, (records * 1000) / whole, 'records/s')
    told(`store.${size}`, (records * 1000) / stored, 'records/s')
    await program.close()
  })
  if (competitor === 'rejoin') {
    // No disk is in this one: what a change costs the device itself.
    await inProgram(place, async program => {
      await program.cold({ ...opening, library: 'rejoin-memory' })
      await program.readAll()
      told(`live.list.work.${size}`, median(await program.live('customer', amount.edits)), IN_MEMORY)
      told(`live.all.work.${size}`, median(await program.live('all', amount.edits)), IN_MEMORY)
      await program.close()
    })
  }
  if (amount.whole) {
    await inProgram(place, program => used(program, opening, amount, told))
    if (competitor === 'dexie') {
      await inProgram(place, async program => {
        told('save.outbox', await savedAs(program, { ...opening, library: 'dexie-outbox' }, amount), WITH_ENTRY)
        told('save.default', await savedAs(program, { ...opening, library: 'dexie' }, amount), BY_DEFAULT)
      })
    }
  }
  await place.remove(database)
  return figures
}

/** Each at its safest: what is saved survives the machine's end. */
const strict: Readonly<Record<Competitor, LibraryName>> = { rejoin: 'rejoin', dexie: 'dexie-strict' }

type Told = (name: string, value: number, unit: string) => void

const used = async (program: Running, opening: Opening, amount: Amount, told: Told): Promise<void> => {
  const { size, records, lists, saves, edits, editsOfAll } = amount
  const empty = await program.heap()
  told(`cold-open.${size}`, await program.cold(opening), 'ms')
  if (opening.library === 'rejoin') told(`memory.opened`, ((await program.heap()) - empty) / records, 'bytes/record')
  const all = await program.readAll()
  told(`read-all.${size}`, all, 'ms')
  if (opening.library === 'rejoin') told(`memory`, ((await program.heap()) - empty) / records, 'bytes/record')
  told(`query.indexed`, median(await program.lists('indexed', lists)), 'ms')
  told(`query.unindexed`, median(await program.lists('unindexed', lists)), 'ms')
  const taken = await program.saves(saves)
  told('save', quantile(taken, 0.5), 'ms p50, strict')
  told('save.p99', quantile(taken, 0.99), 'ms p99, strict')
  // Ours has no other: an edit and its entry, which survive the machine's end.
  if (opening.library === 'rejoin') {
    told('save.outbox', quantile(taken, 0.5), WITH_ENTRY)
    told('save.default', quantile(taken, 0.5), BY_DEFAULT)
  }
  told(`live.list`, median(await program.live('customer', edits)), 'ms p50, strict')
  told(`live.all`, median(await program.live('all', editsOfAll)), 'ms p50, strict')
  await program.close()
}

/** The median of saves by other means, on the same database. */
const savedAs = async (program: Running, opening: Opening, { saves }: Amount): Promise<number> => {
  await program.cold(opening)
  const taken = await program.saves(saves)
  await program.close()
  return quantile(taken, 0.5)
}

const IN_MEMORY = 'ms p50, store in memory'
const WITH_ENTRY = 'ms p50, strict, an entry with it'
const BY_DEFAULT = 'ms p50, strict to relaxed'

const inProgram = async (place: Place, work: (program: Running) => Promise<void>): Promise<void> => {
  const program = await place.start()
  try {
    await work(program)
  } finally {
    await program.end()
  }
}
