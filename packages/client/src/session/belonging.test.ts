import { describe, expect, it } from 'vitest'
import { confirmed, openScript, type Script, type ScriptOptions, welcome } from '../device/device.fixture.ts'
import type { Grant } from '../replica/grant.ts'
import type { StoreValue } from '../store/store.ts'

const rows = { A: confirmed('A', 5, { title: 'pump', hours: 2 }) }

describe('a device that is another’s', () => {
  const jwt = (sub: string): string => `e30.${btoa(JSON.stringify({ sub }))}.signature`

  it('[OM11] regression, what its user had paused could be resumed: it is neither seen nor changed', async () => {
    const ana = await openScript(undefined, undefined, { token: jwt('ana') })
    await ana.greet(rows)
    ana.device.outbox.pause('weekend')
    await ana.settle()
    await ana.device.close()
    const reported: unknown[] = []
    const ben = await openScript(ana.disk, undefined, { token: jwt('ben'), report: error => reported.push(error) })
    const { outbox, sync } = ben.device
    expect(outbox.paused.current).toEqual([])
    outbox.resume('weekend')
    outbox.pause('holiday')
    outbox.send([])
    ben.device.storage.acknowledge()
    await expect(sync.refresh()).rejects.toMatchObject({ code: 'forbidden' })
    await ben.settle()
    expect(reported).toMatchObject(Array.from({ length: 4 }, () => ({ code: 'forbidden' })))
    await ben.device.close()
    const again = await openScript(ana.disk, undefined, { token: jwt('ana') })
    expect(again.device.outbox.paused.current).toEqual(['weekend'])
  })

  it('[OM11] regression, its own user stayed barred after another had tried: welcomed, he sees what is his', async () => {
    let user = 'ana'
    const script = await openScript(undefined, undefined, { token: async () => jwt(user) })
    await script.greet(rows)
    const { device } = script
    device.disconnect()
    user = 'ben'
    device.connect()
    await script.settle()
    expect(device.table('task').query().current).toEqual([])
    user = 'ana'
    await script.greet(rows)
    expect(device.table('task').query().current).toMatchObject([{ title: 'pump' }])
  })

  it('[OM6] regression, in offline mode who is not its user reached the network all the same: nothing is asked', async () => {
    const ana = await openScript(undefined, undefined, { token: jwt('ana') })
    await ana.greet(rows)
    await ana.device.offline.turnOn()
    await ana.device.close()
    let asked = 0
    const fetch = async (): Promise<Response> => {
      asked++
      return Response.json({ rows: [] })
    }
    const ben = await openScript(ana.disk, undefined, { token: jwt('ben'), url: 'https://relay.example', fetch })
    await expect(ben.device.online.table('task').query()).rejects.toMatchObject({ code: 'offline-mode' })
    expect(asked).toBe(0)
    await ben.device.close()
  })

  it('[OM11] regression, who signed in elsewhere was told to export what he cannot see: he is told where it can be', async () => {
    const script = await openScript()
    await script.greet(rows)
    await script.lose()
    await script.device.table('task').update('A', { hours: 3 })
    await script.pass(30_000)
    await script.say({ ...welcome(9), environment: 'e1' })
    const fix = expect.stringContaining('where it was made')
    await expect(script.device.signOut()).rejects.toMatchObject({ code: 'unsent', fix })
    await script.device.close()
    // There it can.
    const back = await openScript(script.disk)
    await back.device.signOut({ unsent: { file: back.device.outbox.export() } })
    expect(await script.disk.open().scan('outbox')).toEqual([])
  })
})

describe('a device whose user was removed', () => {
  it('[MB6] regression, the next one found the queue paused by him: nothing of his stays', async () => {
    const script = await openScript()
    await script.greet(rows)
    const { device } = script
    device.outbox.pause('weekend')
    await script.settle()
    await script.lose()
    await script.pass(30_000)
    await script.say({ ...welcome(9), removed: { export: false } })
    expect(device.removed.current).toBeDefined()
    expect(device.outbox.paused.current).toEqual([])
    await script.greet(rows)
    await device.table('task').update('A', { hours: 3 })
    await script.settle()
    expect(script.pushed()).toHaveLength(1)
  })
})

describe('a store whose grant names no environment and no standing', () => {
  /** with an edit that was not sent */
  const reopened = async (own: ScriptOptions = {}): Promise<Script> => {
    const script = await openScript()
    await script.greet(rows)
    await script.lose()
    await script.device.table('task').update('A', { hours: 3 })
    const { environment: _, footing: __, ...old } = (await script.store.get('meta', 'grant')) as unknown as Grant
    await script.store.commit([{ put: 'meta', key: 'grant', value: old as unknown as StoreValue }])
    await script.device.close()
    return openScript(script.disk, undefined, own)
  }

  it('regression, it was locked for ever: it connects, sends what is unsent, and is told both', async () => {
    const script = await reopened()
    const { device, store } = script
    const mine = device.table('task').query({ where: { column: 'part', op: 'eq-useroruserteams' } })
    expect(mine.current).toEqual([])
    await script.greet(rows)
    expect(device.link.current).toEqual({ state: 'live' })
    expect(script.pushed()).toMatchObject([{ record: 'A', changes: { hours: [2, 3] } }])
    expect(await store.get('meta', 'grant')).toMatchObject({ environment: 'e0', footing: { teams: [] } })
  })

  it('[OM11] is another user’s all the same', async () => {
    const script = await reopened()
    script.device.connect()
    await script.settle()
    await script.say({ ...welcome(9), user: { id: 'ben', name: 'Ben' } })
    expect(script.device.link.current).toMatchObject({ state: 'offline', fault: { code: 'forbidden' } })
    expect(script.pushed()).toEqual([])
  })

  it('says nothing to a peer: it cannot say of which environment it is', async () => {
    const script = await reopened()
    let said = 0
    const stop = script.device.meet({ send: () => void said++, receive: () => () => {} })
    await script.settle()
    stop()
    expect(said).toBe(0)
  })
})
