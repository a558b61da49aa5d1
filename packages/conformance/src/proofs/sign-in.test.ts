import { RejoinFault } from '@rejoin/client'
import { afterEach, describe, expect, it } from 'vitest'
import type { Device } from './device.ts'
import { openRig, type Rig } from './rig.ts'

const order = { title: 'Pump', status: 'open', ownerid: 'north' }
const MINUTE = 60_000

let rig: Rig
let asked: number
/** what the app gets when it asks for a token */
let token: () => Promise<string>
afterEach(() => rig.close())

const signedInFor = (ms: number): void => {
  const until = rig.time.now() + ms
  token = async () => `mia until ${until}`
}

const openMia = async (): Promise<Device> => {
  rig = await openRig()
  asked = 0
  for (const id of ['W1', 'W2']) await rig.office.create('workorder', id, order)
  signedInFor(10 * MINUTE)
  return rig.device('mia', {
    token: async () => {
      asked++
      return token()
    },
  })
}

/** Time passes for the relay too: it looks at its sessions. */
const pass = async (ms: number): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 5_000) {
    await rig.pass(5_000)
    rig.relay.core.tick()
  }
  await rig.still()
}

/** Three edits of one record and one of another. */
const work = async (mia: Device): Promise<void> => {
  for (const note of ['one', 'two', 'three']) await mia.update('workorder', 'W1', { note })
  await mia.update('workorder', 'W2', { note: 'four' })
}
/** As the relay was told, and took them. */
const arrived = (mia: Device): unknown => {
  const told = mia.line.frames.flatMap(({ message }) => (message.type === 'push' ? message.edits : []))
  const notes = rig.applied().flatMap(({ fields: { note } }) => (note === undefined ? [] : [note]))
  return { told: told.map(({ changes }) => changes['note']?.[1]), stands: notes.slice(-2) }
}
const inOrder = { told: ['one', 'two', 'three', 'four'], stands: ['three', 'four'] }
const notYet = { told: [], stands: [] }

const paused = (mia: Device): void => {
  expect(mia.rejoin.outbox.paused.current).toEqual(['sign-in'])
  expect(mia.entries().map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting', 'waiting'])
  expect(mia.entries().map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined])
  expect(mia.mark('workorder', 'W1')).toBe('pending')
  const { causes } = mia.rejoin.status.current
  expect(causes).toContainEqual(expect.objectContaining({ code: 'paused', fix: 'sign in again' }))
}

describe('a sign-in that expires', () => {
  it('[ER4] while connected: the queue is paused with that reason, nothing is dropped, and renewed it goes on by itself in order', async () => {
    const mia = await openMia()
    await pass(11 * MINUTE)
    expect(mia.status()).not.toBe('live')
    await work(mia)
    await pass(5 * MINUTE)
    paused(mia)
    expect(arrived(mia)).toEqual(notYet)
    signedInFor(10 * MINUTE)
    await pass(MINUTE)
    expect(mia.status()).toBe('live')
    expect(mia.rejoin.outbox.paused.current).toEqual([])
    expect(mia.entries()).toEqual([])
    expect(arrived(mia)).toEqual(inOrder)
    await rig.agree()
  })

  it('[ER4] while offline: found out at the next contact, kept through a crash, and nothing but signing in is needed', async () => {
    const mia = await openMia()
    mia.offline()
    await work(mia)
    await pass(20 * MINUTE)
    // Nobody has said so yet.
    expect(mia.rejoin.outbox.paused.current).toEqual([])
    mia.reach()
    await pass(MINUTE)
    paused(mia)
    await mia.crash()
    await pass(MINUTE)
    paused(mia)
    // The line breaks too: that the user is unknown is still why.
    mia.offline()
    await pass(MINUTE)
    paused(mia)
    mia.reach()
    signedInFor(10 * MINUTE)
    await pass(MINUTE)
    expect(mia.rejoin.outbox.paused.current).toEqual([])
    expect(mia.entries()).toEqual([])
    expect(arrived(mia)).toEqual(inOrder)
  })

  it('[ER4] an app that cannot get a token without its user says so itself: no bug is reported, no network is missed', async () => {
    const mia = await openMia()
    token = async () => {
      throw new RejoinFault({ code: 'unauthenticated', message: 'the session of the provider is over' })
    }
    await pass(11 * MINUTE)
    await work(mia)
    paused(mia)
    expect(mia.rejoin.statusPage.current.lastError).toMatchObject({
      fault: { code: 'unauthenticated', message: 'the session of the provider is over', fix: 'sign in again' },
    })
    const before = asked
    await pass(10 * MINUTE)
    expect(asked).toBeGreaterThan(before)
    signedInFor(10 * MINUTE)
    await pass(MINUTE)
    expect(mia.entries()).toEqual([])
    expect(arrived(mia)).toEqual(inOrder)
  })

  it("[ER4] [OB14] the user's own reasons stay: signed in again, a queue he paused is paused by his reason alone", async () => {
    const mia = await openMia()
    mia.rejoin.outbox.pause('manual')
    await work(mia)
    await pass(11 * MINUTE)
    expect(mia.rejoin.outbox.paused.current).toEqual(['manual', 'sign-in'])
    signedInFor(10 * MINUTE)
    await pass(MINUTE)
    expect(mia.rejoin.outbox.paused.current).toEqual(['manual'])
    expect(arrived(mia)).toEqual(notYet)
    mia.rejoin.outbox.resume('manual')
    await pass(MINUTE)
    expect(arrived(mia)).toEqual(inOrder)
  })
})
