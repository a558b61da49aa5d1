import { describe, expect, it } from 'vitest'
import { answers, confirmed, openScript, type Script } from '../device/device.fixture.ts'
import type { Pass } from './pass.ts'

const rows = {
  A: confirmed('A', 5, { title: 'pump', hours: 2 }),
  B: confirmed('B', 4, { title: 'valve' }),
}

const shown = ({ device }: Script): string => device.status.current.state

const passesOf = (script: Script): Pass[] => {
  const passes: Pass[] = []
  script.device.lastPass.subscribe(pass => void (pass !== undefined && passes.push(pass)))
  return passes
}

describe('the status of a device', () => {
  it('[ST1] goes through its states as the device does, and tells of each', async () => {
    const script = await openScript()
    const told: string[] = []
    script.device.status.subscribe(({ state }) => {
      if (told.at(-1) !== state) told.push(state)
    })
    expect(shown(script)).toBe('warning')
    expect(script.device.status.current.causes[0]).toMatchObject({ code: 'not-ready' })
    await script.greet(rows)
    expect(shown(script)).toBe('connected')
    await script.device.table('task').update('A', { hours: 3 })
    await script.settle()
    const [edit] = script.pushed()
    expect(shown(script)).toBe('pending')
    await script.say(answers({ edit: edit!.id, answer: { status: 'rejected', code: 'rule', message: 'closed' } }))
    expect(script.device.status.current).toMatchObject({ state: 'error', causes: [{ code: 'refused', at: 'outbox' }] })
    await script.device.table('task').undo('A')
    await script.lose()
    expect(shown(script)).toBe('not-connected')
    await script.device.table('task').update('B', { hours: 1 })
    expect(script.device.status.current).toMatchObject({
      state: 'pending',
      description: expect.stringMatching(/not connected.*1 change/i),
    })
    expect(told).toEqual(['syncing', 'connected', 'pending', 'error', 'connected', 'not-connected', 'pending'])
  })

  it('[ST3] [ST4] what the relay refused the device for is the error, and the last error after it was mended', async () => {
    const script = await openScript()
    await script.greet(rows)
    await script.say({ type: 'refusal', code: 4426, reason: 'version', message: 'too old', fix: 'update the app' })
    expect(script.device.status.current).toMatchObject({ state: 'error', whatToDo: 'Update the app.' })
    script.device.connect()
    await script.greet(rows)
    expect(shown(script)).toBe('connected')
    expect(script.device.statusPage.current.lastError).toMatchObject({ fault: { code: 'version' }, over: true })
  })

  it('[ST3] a cache near its end is a warning without a link, an expired one an error', async () => {
    const script = await openScript()
    await script.greet(rows)
    script.device.disconnect()
    for (let hour = 0; hour < 47; hour++) await script.pass(3_600_000)
    expect(script.device.status.current).toMatchObject({ state: 'warning', causes: [{ code: 'expiring' }] })
    await script.pass(3_600_000)
    expect(script.device.status.current).toMatchObject({ state: 'error', causes: [{ code: 'expired' }] })
  })

  it('[ST4] the status page: rows, bytes, last and next sync, pending rows and operations, drafts, per table', async () => {
    const script = await openScript()
    const page = (): typeof script.device.statusPage.current => script.device.statusPage.current
    expect(page()).toMatchObject({ tables: [], bytes: 0, nextSync: undefined })
    const at = script.relayTime()
    await script.greet(rows)
    const bytes = (await script.store.scan('page')).reduce(
      (sum, [, value]) => sum + (value as unknown as { packed: Uint8Array }).packed.length,
      0,
    )
    expect(page().tables).toMatchObject([{ table: 'task', complete: true, rows: 2, lastSync: at, nextSync: 'at once' }])
    // A page is its rows with their ids and lengths before them.
    expect(bytes - page().bytes).toBeGreaterThan(0)
    expect(bytes - page().bytes).toBeLessThan(20)
    await script.lose()
    expect(page().nextSync).toBe(script.device.link.current.retryAt)
    script.device.disconnect()
    await script.pass(60_000)
    const tasks = script.device.table('task')
    await tasks.update('A', { hours: 3 })
    await tasks.update('A', { hours: 4 })
    await tasks.create({ title: 'new' })
    await script.device.drafts.keep('note', { table: 'task', values: {} })
    expect(page()).toMatchObject({
      lastSync: at,
      nextSync: undefined,
      drafts: 1,
      pending: { records: 2, operations: 3 },
      tables: [{ rows: 2, lastSync: at, pending: { records: 2, operations: 3 } }],
    })
  })

  it('[ST5] whether device and relay agree is shown in both directions', async () => {
    const script = await openScript()
    const agreement = (): unknown => script.device.statusPage.current.agreement
    await script.greet(rows)
    expect(agreement()).toEqual({ down: 'agreed', up: 'agreed' })
    await script.device.table('task').update('A', { hours: 3 })
    await script.settle()
    expect(agreement()).toEqual({ down: 'agreed', up: 'pending' })
    const [edit] = script.pushed()
    await script.say(answers({ edit: edit!.id, answer: { status: 'rejected', code: 'rule', message: 'closed' } }))
    expect(agreement()).toEqual({ down: 'agreed', up: 'refused' })
    await script.lose()
    expect(agreement()).toEqual({ down: 'unknown', up: 'refused' })
    expect(script.device.statusPage.current.tables[0]!.agreement).toEqual({ down: 'unknown', up: 'refused' })
  })

  it('[ST6] each pass emits one telemetry event: kind, result, tables, rows, bytes, duration, repaired rows', async () => {
    const script = await openScript()
    const passes = passesOf(script)
    await script.greet(rows)
    expect(passes).toMatchObject([{ kind: 'first', result: 'agreed', tables: 1, rows: 2, repaired: 0, duration: 0 }])
    expect(passes[0]!.bytes.received).toBe(script.device.stats.received)
    const { received } = script.device.stats
    await script.lose()
    await script.pass(30_000)
    await script.greet(rows)
    expect(passes.slice(1)).toMatchObject([{ kind: 'full', result: 'agreed', rows: 2 }])
    expect(passes[1]!.bytes.received).toBe(script.device.stats.received - received)
    await script.say({ type: 'refusal', code: 4426, reason: 'version', message: 'too old', fix: 'update the app' })
    // What ends a live session is no pass.
    expect(passes).toHaveLength(2)
    script.device.connect()
    await script.settle()
    await script.say({ type: 'refusal', code: 4426, reason: 'version', message: 'too old', fix: 'update the app' })
    expect(passes.slice(2)).toMatchObject([{ result: 'refused', code: 4426, rows: 0 }])
    // A line that was lost before the relay said anything was a try, no pass.
    script.device.connect()
    await script.settle()
    await script.lose()
    expect(passes).toHaveLength(3)
  })
})
