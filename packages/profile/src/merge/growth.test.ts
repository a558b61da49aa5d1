import { expect, test } from 'vitest'
import { packEnvelope } from '../record/envelope.ts'
import { accept, heldContent, newDevice, newRelay, record, refresh, type Device, type Relay } from './merge.fixture.ts'
import { strategies, type BuiltInStrategy } from './strategy.ts'

const COLUMNS = [
  'title',
  'status',
  'priority',
  'owner',
  'account',
  'address',
  'city',
  'start',
  'end',
  'phone',
  'notes',
  'total',
]
const AUTHORED = 1000

const fresh = Object.fromEntries(COLUMNS.map((column, n) => [column, `the ${column} of a record ${n}`.padEnd(26, '.')]))

const envelopeOf = (relay: Relay): number => {
  if (relay.state?.state !== 'held') throw new Error('no record')
  return packEnvelope(relay.state.confirmed).length
}

const start = (): { relay: Relay; devices: readonly [Device, Device]; bytes: number } => {
  const relay = newRelay(2 ** 52 + 77)
  const devices = [newDevice(0, 2 ** 51 + 256), newDevice(1, 2 ** 52 - 512)] as const
  accept(relay, record(devices[0], 'create', fresh), strategies.clientWins)
  devices.forEach(device => refresh(device, relay))
  return { relay, devices, bytes: envelopeOf(relay) }
}

/** The nth edit writes one or two of the twelve columns, as long as they were. */
const nth = (n: number): Record<string, string> =>
  Object.fromEntries(
    [n % 12, (n * 5) % 12].map(column => [COLUMNS[column]!, `edit ${n} of this column`.padEnd(26, '.')]),
  )

for (const name of Object.keys(strategies) as BuiltInStrategy[]) {
  test(`${name}: after 1,000 edits by two authors, each confirmed before the next, a record is less than twice as large`, () => {
    const { relay, devices, bytes } = start()
    for (let n = 0; n < AUTHORED; n++) {
      const device = devices[n % 2]!
      accept(relay, record(device, 'update', nth(n)), strategies[name])
      devices.forEach(each => refresh(each, relay))
    }
    expect(relay.rev).toBe(AUTHORED + 1)
    expect(Object.keys(heldContent(relay).fields)).toHaveLength(12)
    const ratio = envelopeOf(relay) / bytes
    report(`${name}, one by one`, bytes, ratio)
    expect(ratio).toBeLessThan(2)
  })

  test(`${name}: after 1,000 edits in conflicting chains of 10 a record is less than twice as large, but for 12 bytes a parked chain`, () => {
    const { relay, devices, bytes } = start()
    let parked = 0
    for (let round = 0; round < AUTHORED / 20; round++) {
      const chains = devices.map((device, who) =>
        Array.from({ length: 10 }, (_, n) => record(device, 'update', nth(round * 20 + who * 10 + n))),
      )
      if (round % 2 === 1) chains.reverse()
      const ends = chains.flat().map(edit => accept(relay, edit, strategies[name]).outcome.status)
      // What is parked was never merged: its author goes on under his next client id, which the document keeps.
      if (ends.includes('held')) {
        devices[round % 2 === 1 ? 0 : 1].client++
        parked++
      }
      devices.forEach(device => refresh(device, relay))
    }
    expect(parked).toBe(name === 'ask' ? AUTHORED / 20 : 0)
    const size = envelopeOf(relay)
    report(`${name}, chains of 10`, bytes, size / bytes)
    expect(size - 12 * parked).toBeLessThan(2 * bytes)
  })
}

const report = (what: string, bytes: number, ratio: number): void => {
  if (process.env['REJOIN_REPORT'] !== undefined) console.log(`${what}: ${bytes} bytes, times ${ratio.toFixed(2)}`)
}
