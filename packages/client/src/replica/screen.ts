import { createListeners } from '../observe/observable.ts'
import type { Touched } from './draft.ts'
import type { Memory } from './memory.ts'
import { createReading, type Reading } from './replica.ts'

/**
 * What an app looks through at what a device holds. Once it is drawn there is nothing to be seen, as on a device that was
 * never used, and all of it stays where it is (OM11). Lifted, what is held is seen again.
 */
export interface Screen extends Reading {
  draw(): void
  lift(): void
  readonly drawn: boolean
}

export const createScreen = (reading: Reading, report: (error: unknown) => void): Screen => {
  const turned = createListeners<Touched>(report)
  let now = reading
  const turn = (to: Reading): void => {
    now = to
    const tables = new Set(reading.memory.rows.keys())
    turned.tell({ records: new Set(), tables, outbox: true, ledger: true, drafts: true, state: true })
  }
  return {
    get memory() {
      return now.memory
    },
    get present() {
      return now.present
    },
    get grant() {
      return now.grant
    },
    view: key => now.view(key),
    listed: (key, only) => now.listed(key, only),
    each: (table, visit, wanted) => now.each(table, visit, wanted),
    held: table => now.held(table),
    fingerprint: table => now.fingerprint(table),
    holdings: () => now.holdings(),
    layForeign: (peer, edits) => now.layForeign(peer, edits),
    touched: {
      subscribe: listener => {
        const stops = [reading.touched.subscribe(listener), turned.subscribe(listener)]
        return () => {
          for (const stop of stops) stop()
        }
      },
    },
    get drawn() {
      return now !== reading
    },
    draw: () => {
      if (now === reading) turn(createReading(blankAs(reading.memory), report))
    },
    lift: () => {
      if (now !== reading) turn(reading)
    },
  }
}

/** Which tables an app has is no secret, and it goes on asking for them. */
const blankAs = ({ meta: { device, grant }, commands, strategies }: Memory): Memory => ({
  rows: new Map(),
  staged: new Map(),
  entries: new Map(),
  chains: new Map(),
  authored: new Map(),
  tables: new Map(),
  ledger: new Map(),
  carried: new Map(),
  settled: new Map(),
  pins: new Map(),
  pinned: new Map(),
  forms: new Map(),
  foreign: new Map(),
  meta: {
    device,
    seq: 0,
    left: 0,
    ids: 0,
    ready: false,
    ...(grant === undefined ? {} : { grant: { ...grant, tables: [] } }),
  },
  commands,
  strategies,
  damaged: 0,
})
