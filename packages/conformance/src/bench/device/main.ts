import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromiumLacking } from '../../chromium/chromium.ts'
import { deviceBars } from '../bars.ts'
import { type Figure, type Measure, settle } from '../measure.ts'
import { type BenchRelay, openBenchRelay } from '../rejoin/relay.ts'
import { chromiumPlace } from './chromium.ts'
import { nodePlace } from './node.ts'
import type { Place } from './place.ts'
import { type Amount, type Competitor, runDeviceTrial } from './trial.ts'

/**
 * `pnpm bench device`: what a device does with 10,000 and 100,000 records, on Node and in Chromium, there beside Dexie.
 * Trial after trial each of them does the same on new databases, the order turning over; figures are the medians.
 */
export interface DeviceAmounts {
  readonly small: Amount
  readonly large: Amount
}

const usual: DeviceAmounts = {
  small: { size: '10k', records: 10_000, trials: 5, whole: false, lists: 0, saves: 0, edits: 50, editsOfAll: 0 },
  large: { size: '100k', records: 100_000, trials: 3, whole: true, lists: 30, saves: 300, edits: 50, editsOfAll: 5 },
}

/** What the table cannot say by itself. */
export const deviceNotes: string = [
  ...(chromiumLacking === undefined ? [] : [`Chromium and Dexie: skipped, ${chromiumLacking}`]),
  `Medians of ${usual.small.trials} trials; with 100,000 records of ${usual.large.trials}, as each takes over a minute.`,
  "first-sync: from a relay process; Dexie's is bulkPut of the same records, made beforehand. store: the share of the store.",
  'Durability: pages and bulkPut relaxed. A save of ours is an edit and its outbox entry, strict; beside it one put of Dexie, strict;',
  'save.outbox: a row and an entry in one transaction, strict; save.default: a put as it comes, relaxed.',
  'live: from saving one changed row until it is durable and a list of one customer (all: of every row, a new array of them) is told.',
].join('\n')

export const benchDevices = async (
  at: (note: string) => void,
  folder = tmpdir(),
  amounts: DeviceAmounts = usual,
): Promise<Measure[]> => {
  const home = await mkdtemp(join(folder, 'rejoin-device-'))
  const relays = new Map<Amount, BenchRelay>()
  const places: Place[] = [nodePlace(home)]
  try {
    for (const amount of [amounts.small, amounts.large]) {
      at(`a relay with ${amount.records} records`)
      const own = join(home, amount.size)
      await mkdir(own)
      relays.set(amount, await openBenchRelay({ records: amount.records, folder: own }))
    }
    if (chromiumLacking === undefined) places.push(await chromiumPlace(home))
    const ours: Figure[][] = []
    const theirs: Figure[][] = []
    const trials = Math.max(amounts.small.trials, amounts.large.trials)
    for (let trial = 0; trial < trials; trial++) {
      for (const { place, competitor } of turns(places, trial)) {
        const found: Figure[] = []
        for (const [amount, { url, tokens }] of relays) {
          if (trial >= amount.trials) continue
          at(`trial ${trial + 1} of ${trials}: ${competitor} in ${place.name}, ${amount.records} records`)
          const source = { url, token: tokens[(2 * trial + places.indexOf(place)) % tokens.length] ?? '' }
          found.push(...(await runDeviceTrial(place, competitor, amount, source, trial)))
        }
        if (competitor === 'dexie') theirs.push(found)
        else ours.push([...found, ...growth(place, found, amounts, 'list'), ...growth(place, found, amounts, 'all')])
      }
    }
    return settle(ours, theirs, deviceBars)
  } finally {
    for (const place of places) await place.close()
    for (const { relay } of relays.values()) await relay.stop()
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Who works when: all of them in each trial, every other one backwards. */
const turns = (
  places: readonly Place[],
  trial: number,
): readonly { readonly place: Place; readonly competitor: Competitor }[] => {
  const all = places.flatMap(place => [
    { place, competitor: 'rejoin' as const },
    ...(place.name === 'chromium' ? [{ place, competitor: 'dexie' as const }] : []),
  ])
  return trial % 2 === 0 ? all : all.toReversed()
}

const growth = (
  { name }: Place,
  found: readonly Figure[],
  { small, large }: DeviceAmounts,
  list: 'list' | 'all',
): Figure[] => {
  const of = ({ size }: Amount): number | undefined =>
    found.find(figure => figure.name === `device.${name}.live.${list}.work.${size}`)?.value
  const [more, fewer] = [of(large), of(small)]
  if (more === undefined || fewer === undefined) return []
  return [{ name: `device.${name}.live.${list}.growth`, value: more / fewer, unit: TEN_TIMES }]
}

const TEN_TIMES = 'x for ten times the records'
