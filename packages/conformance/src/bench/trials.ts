import { quantile, type Figure, type Work } from './measure.ts'

/** What `bench NAME` runs: how many rows the relays hold, how often, and the figures of one round. */
export interface Trial {
  readonly name: string
  readonly says: string
  readonly records: number
  readonly rounds: number
  /** default true; false where the state before any device came is what is measured */
  readonly warmUp?: boolean
  /** edits that each side commits before its first round */
  readonly served?: number
  readonly work: Work
}

const latencies = (name: string, values: readonly number[]): Figure[] => [
  { name, value: quantile(values, 0.5), unit: 'ms p50' },
  { name: `${name}.p95`, value: quantile(values, 0.95), unit: 'ms p95' },
]

const EDITS_OFFLINE = 1000
/** A relay that was started just now runs code that is not compiled yet, where a relay at work does not. */
const SERVED = 10_000
const EDITS_COMMITTED = 2000

export const trials: readonly Trial[] = [
  {
    name: 'first-sync',
    says: 'first sync of 10,000 records of 12 columns to a new device, stored and readable',
    records: 10_000,
    rounds: 5,
    work: async side => {
      const { ms, records } = await side.firstSync()
      return [{ name: 'first-sync', value: (records * 1000) / ms, unit: 'records/s' }]
    },
  },
  {
    name: 'flush',
    says: '1,000 offline edits sent, durable, acknowledged and stored by a second device',
    records: 10_000,
    rounds: 5,
    work: async side => [{ name: 'flush', value: (await side.flush(EDITS_OFFLINE)).ms, unit: 'ms' }],
  },
  {
    name: 'live',
    says: 'one edit to another connected device, stored there',
    records: 1000,
    rounds: 5,
    work: async side => latencies('live', await side.live(100)),
  },
  {
    name: 'fanout',
    says: 'one edit until the last of 50 connected devices has it stored',
    records: 100,
    rounds: 5,
    served: SERVED,
    work: async side => latencies('fanout', await side.fanout(50, 100)),
  },
  {
    name: 'fanout',
    says: 'one edit until the last of 50 lists shows it, where the baseline only stores it',
    records: 100,
    rounds: 5,
    served: SERVED,
    work: async side => latencies('fanout.list', await side.fanout(50, 100, true)),
  },
  {
    name: 'reconnect',
    says: 'a device with 10,000 unchanged records comes back',
    records: 10_000,
    rounds: 5,
    work: async side => {
      const { roundTrips, up, down, ms } = await side.reconnect()
      return [
        { name: 'reconnect', value: roundTrips, unit: 'round trips' },
        { name: 'reconnect.up', value: up, unit: 'bytes' },
        { name: 'reconnect.down', value: down, unit: 'bytes' },
        { name: 'reconnect.time', value: ms, unit: 'ms' },
      ]
    },
  },
  {
    name: 'commit',
    says: '2,000 edits sent without waiting, from frame to outcome',
    records: 2000,
    rounds: 5,
    work: async side => {
      const { ms, transactions, relayCpuMs, parts } = await side.commit(EDITS_COMMITTED)
      return [
        { name: 'commit', value: (EDITS_COMMITTED * 1000) / relayCpuMs, unit: 'edits/s per core' },
        { name: 'commit.edits', value: (EDITS_COMMITTED * 1000) / ms, unit: 'edits/s' },
        { name: 'commit.commits', value: (transactions * 1000) / ms, unit: 'commits/s' },
        ...Object.entries(parts ?? {}).map(([part, value]) => ({ name: `commit.${part}`, value, unit: 'us/edit' })),
      ]
    },
  },
  {
    name: 'memory',
    says: 'an idle relay with 100,000 stored records and no sessions',
    records: 100_000,
    rounds: 1,
    warmUp: false,
    work: async side => [{ name: 'memory', value: await side.idleMemory(), unit: 'MB' }],
  },
  {
    name: 'memory',
    says: 'what one session with 10,000 records adds to its relay',
    records: 10_000,
    rounds: 1,
    warmUp: false,
    work: async side => [{ name: 'memory.session', value: await side.sessionMemory(), unit: 'MB' }],
  },
]

export const trialNames: readonly string[] = [...new Set(trials.map(trial => trial.name))]
