import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Rejoin, whenever } from '@rejoin/client'
import { openRejoin } from '@rejoin/client/node'
import {
  createRelay,
  type DevelopmentIssuer,
  environmentEntries,
  openDevelopmentIssuer,
  openSqliteStorage,
  type Serving,
  serveRelay,
} from '@rejoin/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { worldUnder } from './world.ts'

/** A few of the proofs once more with everything real: sockets, files, tokens, time. */

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

let folder: string
let serving: Serving
let issuer: DevelopmentIssuer
let devices: Rejoin[]

const serve = async (port: number): Promise<void> => {
  const storage = await openSqliteStorage({
    path: join(folder, 'relay.db'),
    newId: () => randomBytes(8).toString('hex'),
  })
  const entries = environmentEntries(worldUnder('clientWins'))
  await storage.commit({}, () => ({ result: undefined, entries }))
  issuer = await openDevelopmentIssuer(storage)
  serving = await serveRelay(await createRelay({ storage, issuer }), { port })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoin-proofs-'))
  devices = []
  await serve(0)
})

afterEach(async () => {
  for (const device of devices) await device.close()
  await serving.close()
  await rm(folder, { recursive: true, force: true })
})

const open = async (user: string, name: string): Promise<Rejoin> => {
  const path = join(folder, `${name}.db`)
  const device = await openRejoin({ url: serving.url, token: () => issuer.token(user), app: 'proofs', path })
  devices.push(device)
  await device.firstSync()
  return device
}

const office = async (method: string, id: string, values: object): Promise<number> => {
  const create = method === 'POST'
  const response = await fetch(`${serving.url}/api/tables/workorder${create ? '' : `/${id}`}`, {
    method,
    headers: { authorization: `Bearer ${await issuer.token('olga')}`, 'content-type': 'application/json' },
    body: JSON.stringify(create ? { id, values } : { values }),
  })
  return response.status
}

const empty = (device: Rejoin): Promise<unknown> => whenever(device.outbox, entries => entries.length === 0)
const note = (device: Rejoin): unknown => device.table('workorder').get('W1')?.['note']

const showing = async (device: Rejoin, value: string): Promise<void> => {
  const query = device.table('workorder').query({ where: { note: value } })
  await whenever(query, rows => rows.length === 1)
  query.close()
}

describe('over real sockets', () => {
  it('[LW4] [CF3] [OB4] an edit reaches the office and another device at once; after a conflict the device wins everywhere', async () => {
    expect(await office('POST', 'W1', order)).toBe(201)
    const mia = await open('mia', 'mia')
    const rita = await open('rita', 'rita')
    await mia.table('workorder').update('W1', { note: 'leaks' })
    await showing(rita, 'leaks')
    await empty(mia)
    mia.disconnect()
    await mia.table('workorder').update('W1', { note: 'repaired' })
    expect(mia.table('workorder').mark('W1')).toBe('pending')
    expect(await office('PATCH', 'W1', { note: 'call back', priority: 5 })).toBe(200)
    await showing(rita, 'call back')
    mia.connect()
    await showing(rita, 'repaired')
    await empty(mia)
    expect(mia.table('workorder').get('W1')).toMatchObject({ ...order, note: 'repaired' })
    expect(rita.table('workorder').get('W1')).toMatchObject({ ...order, note: 'repaired' })
    expect(mia.ledger.why('workorder', 'W1')).toMatchObject([
      { status: 'applied', strategy: 'clientWins' },
      { status: 'replaced', mine: { note: 'leaks' }, theirs: { note: 'call back' } },
    ])
  })

  it('[ER3] [OB11] the relay stops under a queue of edits and comes back: devices return by themselves, each edit takes effect once', async () => {
    expect(await office('POST', 'W1', order)).toBe(201)
    const mia = await open('mia', 'mia')
    const saves: Promise<unknown>[] = []
    for (let n = 0; n < 300; n++)
      saves.push(mia.table('workorder').create({ workorderid: `N${n}`, title: `Valve ${n}` }))
    await Promise.all(saves.slice(0, 50))
    const { port } = serving
    await serving.close()
    await Promise.all(saves)
    await mia.table('workorder').update('W1', { note: 'while it was away' })
    expect(mia.outbox.current.every(({ state, error }) => state === 'waiting' && error === undefined)).toBe(true)
    expect(mia.outbox.mark('workorder', 'W1')).toBe('pending')
    await serve(port)
    await empty(mia)
    expect(note(mia)).toBe('while it was away')
    const rita = await open('rita', 'rita')
    expect(rita.table('workorder').query().current).toHaveLength(301)
    expect(note(rita)).toBe('while it was away')
  })
})
