import { describe, expect, it } from 'vitest'
import { confirmed, openScript, type Script, type ScriptOptions, welcome } from '../device/device.fixture.ts'
import type { AppActions } from './actions.ts'

const rows = { A: confirmed('A', 5, { title: 'pump', hours: 2 }) }

const downloaded = async (own: ScriptOptions = {}): Promise<Script> => {
  const script = await openScript(undefined, undefined, own)
  await script.greet(rows)
  return script
}

const app: AppActions = {
  offline: true,
  screens: { order: { offline: true, placements: { close: { function: 'close' }, invoice: { function: 'invoice' } } } },
  functions: { close: { offline: true }, invoice: { offline: false } },
}

/** as an identity provider would sign it; devices cannot tell */
const jwt = (sub: string): string => `${btoa('{}')}.${btoa(JSON.stringify({ sub })).replaceAll('=', '')}.signature`

const nothingShown = async ({ device }: Script): Promise<void> => {
  const tasks = device.table('task')
  expect(tasks.get('A')).toBeUndefined()
  expect([tasks.query().current, device.outbox.current, device.ledger.current]).toEqual([[], [], []])
  expect([device.drafts.current, device.pins.current, device.fingerprint()]).toEqual([[], [], {}])
  expect(device.outbox.export()).not.toMatch(/hours|title/)
  expect(tasks.mark('A')).toBeUndefined()
  await expect(device.drafts.keep('mine', { table: 'task', values: {} })).rejects.toMatchObject({ code: 'forbidden' })
}

describe('offline mode', () => {
  it('[OM1] without a downloaded cache it asks to download first, and is not entered before one exists', async () => {
    const script = await openScript()
    const { offline } = script.device
    await offline.turnOn()
    expect(offline.current).toEqual({ on: false, banner: undefined, dialog: { step: 'asking' } })
    const coming = offline.download()
    await offline.turnOn()
    expect(offline.current).toMatchObject({ on: false, dialog: { step: 'downloading' } })
    await script.greet(rows)
    await coming
    await offline.turnOn()
    expect(offline.current).toEqual({ on: true, banner: 'Offline Mode', dialog: { step: 'closed' } })
  })

  it('[OM1] a cache that has expired is none: it asks again', async () => {
    const script = await downloaded({})
    script.device.disconnect()
    for (let hour = 0; hour < 48; hour++) await script.pass(3_600_000)
    await script.device.offline.turnOn()
    expect(script.device.offline.current).toMatchObject({ on: false, dialog: { step: 'asking' } })
  })

  it('[OM2] a download that has finished does not switch: it ends in a choice, and staying online is one', async () => {
    const script = await openScript()
    const { offline, link } = script.device
    await offline.turnOn()
    const coming = offline.download()
    await script.greet(rows)
    await coming
    expect(offline.current).toMatchObject({ on: false, dialog: { step: 'downloaded' } })
    expect(link.current.state).toBe('live')
    offline.cancel()
    expect(offline.current).toMatchObject({ on: false, dialog: { step: 'closed' } })
  })

  it('[OM2] a download that is refused says why, and nothing is switched', async () => {
    const script = await openScript()
    const { offline } = script.device
    const coming = offline.download()
    const failed = expect(coming).rejects.toMatchObject({ code: 'forbidden' })
    await script.settle()
    await script.say({ type: 'refusal', code: 4403, reason: 'forbidden', message: 'no such user here', fix: 'ask' })
    await failed
    expect(offline.current).toMatchObject({
      on: false,
      dialog: { step: 'failed', fault: { code: 'forbidden', fix: 'ask' } },
    })
  })

  it('[OM3] the banner is there while it is on, after a restart too', async () => {
    const script = await downloaded()
    const seen: unknown[] = []
    script.device.offline.subscribe(({ banner }) => seen.push(banner))
    await script.device.offline.turnOn()
    script.disk.crash()
    const again = await openScript(script.disk)
    expect(again.device.offline.current.banner).toBe('Offline Mode')
    await again.device.offline.turnOff()
    expect(again.device.offline.current.banner).toBeUndefined()
    expect(seen).toEqual(['Offline Mode'])
  })

  it('[OM4] actions not made for offline use are absent, and return with the network', async () => {
    const script = await downloaded()
    const actions = script.device.actions(app)
    const shown = actions.on('order')
    const told: unknown[] = []
    shown.subscribe(names => told.push(names))
    expect(shown.current).toEqual(['close', 'invoice'])
    await script.device.offline.turnOn()
    expect(actions.why('order', 'invoice')).toMatchObject([{ code: 'function-forbids' }])
    // The link alone takes no action away.
    await script.device.offline.turnOff()
    await script.lose()
    expect(shown.current).toEqual(['close', 'invoice'])
    expect(told).toEqual([['close'], ['close', 'invoice']])
  })

  it('[OM6] no network call is made: not by session, token, online API or what it governs, after a restart neither', async () => {
    let calls = 0
    const call = async (): Promise<never> => {
      calls++
      throw new TypeError('counted')
    }
    const own: ScriptOptions = {
      url: 'https://relay.example',
      fetch: call,
      token: async () => {
        calls++
        return 'token'
      },
    }
    const script = await downloaded(own)
    await script.device.offline.turnOn()
    script.heard()
    const before = script.lines
    calls = 0
    const work = async ({ device, pass, settle }: Script, hours: number): Promise<void> => {
      const provider = { connect: () => void calls++, disconnect: () => {} }
      const stop = device.offline.govern(provider)
      device.connect()
      void device.firstSync()
      await device.table('task').update('A', { hours })
      device.outbox.resume('manual')
      await device.outbox.current[0]!.retry()
      await expect(device.online.table('task').query()).rejects.toMatchObject({ code: 'offline-mode' })
      await expect(device.online.table('task').create({ title: 'x' })).rejects.toMatchObject({ code: 'offline-mode' })
      for (let hour = 0; hour < 5; hour++) await pass(3_600_000)
      await settle()
      stop()
    }
    await work(script, 3)
    script.disk.crash()
    const again = await openScript(script.disk, undefined, own)
    await work(again, 4)
    expect({ calls, lines: [script.lines - before, again.lines], said: [...script.heard(), ...again.heard()] }).toEqual(
      {
        calls: 0,
        lines: [0, 0],
        said: [],
      },
    )
  })

  it('[OB3] leaving it, entries go by themselves; with manual sending when the user says', async () => {
    const script = await downloaded()
    await script.device.offline.turnOn()
    await script.device.table('task').update('A', { hours: 3 })
    script.heard()
    await script.device.offline.turnOff()
    await script.greet(rows)
    await script.settle()
    expect(script.pushed()).toMatchObject([{ record: 'A', changes: { hours: [2, 3] } }])
  })

  it('[OM6] what it governs comes back with the network', async () => {
    const script = await downloaded()
    const did: string[] = []
    const stop = script.device.offline.govern({
      connect: () => did.push('connect'),
      disconnect: () => did.push('disconnect'),
    })
    await script.device.offline.turnOn()
    await script.device.offline.turnOff()
    stop()
    await script.device.offline.turnOn()
    expect(did).toEqual(['connect', 'disconnect', 'connect'])
  })

  it('[OM7] losing the link is not offline mode, and offline mode says nothing of the link: two facts', async () => {
    const script = await downloaded()
    await script.lose()
    expect([script.device.link.current.state, script.device.offline.current.on]).toEqual(['offline', false])
    await script.greet(rows)
    await script.pass(30_000)
    await script.greet(rows)
    expect([script.device.link.current.state, script.device.offline.current.on]).toEqual(['live', false])
    await script.device.offline.turnOn()
    expect([script.device.link.current.state, script.device.offline.current.on]).toEqual(['offline', true])
  })

  it('[OM8] without a link an online call fails at once and asks nothing', async () => {
    let asked = 0
    const script = await downloaded({
      url: 'https://relay.example',
      fetch: async () => {
        asked++
        return Response.json({ rows: [] })
      },
    })
    expect(await script.device.online.table('task').query()).toEqual({ rows: [] })
    await script.lose()
    await expect(script.device.online.table('task').query()).rejects.toMatchObject({ code: 'offline' })
    await expect(script.device.online.table('task').update('A', { hours: 1 })).rejects.toMatchObject({
      code: 'offline',
    })
    expect(asked).toBe(1)
    // Never silently local.
    expect(script.device.outbox.current).toEqual([])
  })

  it('[OM8] a relay that does not answer is out of reach after a while', async () => {
    const script = await downloaded({
      url: 'https://relay.example',
      fetch: (_, request) =>
        new Promise((_resolve, reject) => {
          request?.signal?.addEventListener('abort', () => reject(request.signal!.reason as Error))
        }),
    })
    const asked = expect(script.device.online.table('task').get('A')).rejects.toMatchObject({ code: 'offline' })
    await script.pass(20_000)
    await asked
  })

  it('[OM11] somebody else who signs in on this store is refused, on the device, and nothing is dropped or shown', async () => {
    const script = await downloaded()
    await script.lose()
    await script.device.table('task').update('A', { hours: 3 })
    script.heard()
    await script.pass(30_000)
    await script.say({ ...welcome(9), user: { id: 'ben', name: 'Ben' } })
    expect(script.device.link.current).toMatchObject({ state: 'offline', fault: { code: 'forbidden' } })
    expect(script.device.status.current.whatToDo).toContain('Sign out first')
    expect(script.heard().map(({ type }) => type)).toEqual(['hello'])
    await nothingShown(script)
    // The way to another user: it says what would be lost.
    await expect(script.device.signOut()).rejects.toMatchObject({ code: 'unsent' })
  })

  it('[OM11] a shared device shows nothing to whom its token names, offline too, and says nothing for him', async () => {
    const script = await downloaded()
    await script.lose()
    await script.device.table('task').update('A', { hours: 3 })
    await script.device.drafts.keep('form', { table: 'task', values: { title: 'new' } })
    script.disk.crash()
    const ben = await openScript(script.disk, undefined, { token: jwt('ben') })
    expect(ben.device.link.current).toMatchObject({ state: 'offline', fault: { code: 'forbidden', at: 'device' } })
    await nothingShown(ben)
    await expect(ben.device.signOut()).rejects.toMatchObject({ code: 'unsent' })
    ben.device.connect()
    await ben.settle()
    expect(ben.heard()).toEqual([])
    expect(ben.device.link.current).toMatchObject({
      fault: { code: 'forbidden', message: expect.stringMatching(/ben/) },
    })
    ben.disk.crash()
    const ana = await openScript(script.disk, undefined, { token: jwt('ana') })
    expect(ana.device.table('task').get('A')).toMatchObject({ hours: 3 })
    expect([ana.device.outbox.current.length, ana.device.drafts.current.length]).toEqual([1, 1])
  })

  it('[OM11] a token that is asked for is looked at before anything is said; one that says no name is left to the relay', async () => {
    const script = await downloaded()
    script.disk.crash()
    const asking = await openScript(script.disk, undefined, { token: async () => jwt('ben') })
    expect(asking.device.table('task').get('A')).toBeDefined()
    asking.device.connect()
    await asking.settle()
    expect(asking.heard()).toEqual([])
    await nothingShown(asking)
    for (const opaque of ['token', 'a.b.c', `a.${btoa('{"sub":7}')}.c`, jwt('ana')]) {
      script.disk.crash()
      const other = await openScript(script.disk, undefined, { token: opaque })
      expect(other.device.table('task').get('A'), opaque).toBeDefined()
    }
  })

  it('[OM11] another environment is refused before anything is sent or shown, and what is unsent stays', async () => {
    const script = await downloaded()
    await script.lose()
    await script.device.table('task').update('A', { hours: 3 })
    script.heard()
    await script.pass(30_000)
    await script.say({ ...welcome(9), environment: 'e1' })
    expect(script.device.link.current).toMatchObject({
      state: 'offline',
      fault: { code: 'forbidden', message: expect.stringMatching(/another environment/) },
    })
    expect(script.heard().map(({ type }) => type)).toEqual(['hello'])
    await nothingShown(script)
    script.disk.crash()
    const back = await openScript(script.disk)
    await back.greet({ A: confirmed('A', 5, { title: 'pump', hours: 2 }) })
    expect(back.pushed()).toMatchObject([{ record: 'A', changes: { hours: [2, 3] } }])
  })

  it('[FS4] before the first sync a line that is lost, and tried again, makes no app that can be used', async () => {
    const script = await openScript()
    const { device } = script
    const unusable = async (): Promise<void> => {
      await expect(device.table('task').create({ title: 'x' })).rejects.toMatchObject({ code: 'not-ready' })
      expect(device.outbox.current).toEqual([])
      expect(device.status.current).toMatchObject({ state: 'warning', causes: [{ code: 'not-ready' }] })
    }
    device.connect()
    await script.settle()
    await script.say({ ...welcome(5), time: script.relayTime() })
    await device.table('task').create({ title: 'while it comes' })
    await device.outbox.current[0]!.discard()
    await script.lose()
    await unusable()
    await script.pass(600)
    expect(device.link.current.state).toBe('connecting')
    await unusable()
  })

  it('[OM6] a refresh that offline mode refuses asks for no session: who had disconnected stays so afterwards', async () => {
    const script = await openScript()
    await script.greet(rows)
    const { device } = script
    device.disconnect()
    await device.offline.turnOn()
    await expect(device.sync.refresh()).rejects.toMatchObject({ code: 'offline-mode' })
    await device.offline.turnOff()
    await script.pass(60_000)
    expect(device.link.current.state).toBe('offline')
    expect(script.lines).toBe(1)
  })

  it('[FS4] before the first sync has completed the app cannot be used offline, and says so', async () => {
    const script = await openScript()
    const tasks = script.device.table('task')
    await expect(script.device.offline.turnOn().then(() => script.device.offline.current.on)).resolves.toBe(false)
    await expect(tasks.create({ title: 'x' })).rejects.toMatchObject({ code: 'not-ready', fix: expect.any(String) })
    await script.greet(rows)
    await script.lose()
    await tasks.create({ title: 'x' })
  })
})
