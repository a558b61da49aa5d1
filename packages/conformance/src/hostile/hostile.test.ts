import {
  checkUpdate,
  clientWins,
  closeCodes,
  decodeUp,
  type Edit,
  encodeUp,
  FrameFault,
  mergeEdit,
  nowhere,
  packEnvelope,
  parseFlat,
  readFlat,
  recordWrites,
  toHex,
} from '@rejoin/profile'
import * as prng from 'lib0/prng'
import { describe, expect, it } from 'vitest'
import { forge, mutate } from './mutate.ts'
import { openHostileRelay } from './relay.fixture.ts'

/** How many inputs of each kind; REJOIN_HOSTILE multiplies it. */
const times = Number(process.env['REJOIN_HOSTILE'] ?? 1)
const seed = Number(process.env['REJOIN_SEED'] ?? 20261120)
const patience = 250

const columns = ['title', 'status', 'hours', 'cost']
const secret = 'canary-4711'

/** A record two people have edited, as the relay has it. */
const standing = (() => {
  const edit = (id: string, client: number, seq: number, kind: Edit['kind'], values: Record<string, string>): Edit => ({
    id,
    author: 'a',
    device: '00000000000000aa',
    seq,
    tick: seq,
    at: 0,
    table: 'job',
    record: 'J1',
    kind,
    base: nowhere,
    incarnation: '',
    changes: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, [null, value] as const])),
    update: recordWrites('job/J1', [], client, values).update,
  })
  const place = { rev: 1, commit: '00000000000000c1', authority: 77 * 256, base: 0, at: 0 }
  const first = mergeEdit(
    undefined,
    edit('1', 9 * 256, 1, 'create', { title: 'Pump', status: 'open', cost: secret }),
    clientWins,
    place,
  )
  return first.record!
})()

const honest = (): Edit => ({
  id: '2',
  author: 'b',
  device: '00000000000000bb',
  seq: 1,
  tick: 1,
  at: 0,
  table: 'job',
  record: 'J1',
  kind: 'update',
  base: { rev: 1, commit: standing.confirmed.commit },
  incarnation: standing.confirmed.incarnation,
  changes: { status: ['open', 'done'], hours: [null, 3] },
  update: recordWrites('job/J1', [standing.confirmed.bytes], 1_000 * 256, { status: 'done', hours: 3 }).update,
})

describe('hostile bytes', () => {
  it(`150,000 mutated updates: the gate never throws or hangs, and what it passes changes what the edit says alone`, () => {
    const random = prng.create(seed)
    const edit = honest()
    const flat = parseFlat(standing.confirmed.bytes)
    const before = toHex(packEnvelope(standing.confirmed))
    let passed = 0
    let slowest = 0
    for (let n = 0; n < 150_000 * times; n++) {
      const update = mutate(random, edit.update)
      const start = performance.now()
      const verdict = checkUpdate({ ...edit, update }, flat, [1_000])
      slowest = Math.max(slowest, performance.now() - start)
      if (!verdict.pass) continue
      passed++
      const place = { rev: 2, commit: '00000000000000c2', authority: 77 * 256, base: 1, at: 0 }
      const merged = mergeEdit({ state: 'held', ...standing }, { ...edit, update }, clientWins, place)
      expect(readFlat(merged.record!.confirmed.bytes).fields, `seed ${seed}, input ${n}: ${toHex(update)}`).toEqual({
        title: 'Pump',
        status: 'done',
        hours: 3,
        cost: secret,
      })
    }
    expect(passed).toBeGreaterThan(0)
    expect(passed).toBeLessThan(5_000 * times)
    expect(slowest).toBeLessThan(patience)
    expect(toHex(packEnvelope(standing.confirmed))).toBe(before)
  }, 120_000)

  it('45,000 forged frames: read as a message or refused as a frame, never anything else', () => {
    const random = prng.create(seed + 1)
    const frame = encodeUp({ type: 'push', edits: [honest()] })
    let slowest = 0
    for (let n = 0; n < 45_000 * times; n++) {
      const input = forge(random, frame)
      const start = performance.now()
      try {
        decodeUp(input)
      } catch (fault) {
        if (!(fault instanceof FrameFault))
          throw new Error(`seed ${seed + 1}, input ${n}: ${toHex(input)}`, { cause: fault })
      }
      slowest = Math.max(slowest, performance.now() - start)
    }
    expect(slowest).toBeLessThan(patience)
  }, 120_000)

  it('5,000 forged frames to a signed-in session: refused ones leave the database as it was', async () => {
    const random = prng.create(seed + 2)
    const relay = await openHostileRelay(columns)
    let slowest = 0
    let applied = 0
    for (let n = 0; n < 5_000 * times; n++) {
      const device = n % 50 === 0 ? await relay.newDevice() : relay.device()
      const edit = await device.honestEdit()
      const before = await relay.state()
      const start = performance.now()
      const answered = await device.send(forge(random, encodeUp({ type: 'push', edits: [edit] })))
      slowest = Math.max(slowest, performance.now() - start)
      const took = answered.some(({ answer }) => answer.status === 'applied' || answer.status === 'lost')
      if (took) applied++
      else expect((await relay.state()).records, `seed ${seed + 2}, input ${n}`).toBe(before.records)
      expect(await relay.hidden(), `seed ${seed + 2}, input ${n}`).toBe(secret)
    }
    expect(relay.crashes()).toEqual([])
    expect(relay.closeCodes().every(code => Object.values(closeCodes).includes(code))).toBe(true)
    expect(slowest).toBeLessThan(patience * 4)
    expect(applied).toBeGreaterThan(0)
    await relay.close()
  }, 300_000)
})
