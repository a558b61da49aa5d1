import type { Pass } from '@rejoin/client'
import { afterEach, describe, expect, it } from 'vitest'
import { typesOf, weightOf } from './line.ts'
import { openRig, type Rig } from './rig.ts'

let rig: Rig
afterEach(() => rig.close())

describe('status', () => {
  it('[ST4] [ST5] the page shows what the device holds, table by table, when it came, and whether the relay agrees', async () => {
    rig = await openRig()
    await rig.fill('workorder', ['W1', 'W2', 'W3'], id => ({ title: id, ownerid: 'north' }))
    await rig.fill('account', ['A1'], id => ({ name: id }))
    const at = rig.time.now()
    const mia = await rig.device('mia')
    const page = (): (typeof mia.rejoin.statusPage)['current'] => mia.rejoin.statusPage.current
    const held = mia.rejoin.fingerprint()
    for (const { table, rows, complete } of page().tables)
      expect({ table, rows, complete }).toEqual({ table, rows: held[table]!.rows, complete: true })
    expect(page().tables.map(({ table, rows }) => [table, rows])).toEqual([
      ['workorder', 3],
      ['account', 1],
      ['annotation', 0],
    ])
    expect(page().lastSync).toBeGreaterThanOrEqual(at)
    expect(page().agreement).toEqual({ down: 'agreed', up: 'agreed' })
    mia.offline()
    await mia.update('workorder', 'W1', { title: 'Mine' })
    expect(page()).toMatchObject({
      agreement: { down: 'unknown', up: 'pending' },
      pending: { records: 1, operations: 1 },
      status: { state: 'pending' },
    })
    await mia.online()
    expect(page()).toMatchObject({ agreement: { down: 'agreed', up: 'agreed' }, status: { state: 'connected' } })
    expect(page().lastSync).toBeGreaterThan(at)
  })

  it('[ST6] one event per pass, with what went over the line and what was put right', async () => {
    rig = await openRig()
    await rig.fill('workorder', ['W1', 'W2', 'W3'], id => ({ title: id }))
    const mia = await rig.device('mia', { unsynced: true })
    const passes: Pass[] = []
    mia.rejoin.lastPass.subscribe(pass => void (pass !== undefined && passes.push(pass)))
    await rig.calm()
    expect(passes).toMatchObject([{ kind: 'first', result: 'agreed', tables: 3, rows: 3, repaired: 0 }])
    const weighed = mia.line.frames.findIndex(({ message }) => message.type === 'synced')
    expect(passes[0]!.bytes.received).toBe(weightOf(mia.line.frames.slice(0, weighed + 1), 'down'))
    mia.offline()
    await rig.office.update('workorder', 'W1', { title: 'Other' })
    await mia.online()
    expect(passes.slice(1)).toMatchObject([{ kind: 'delta', result: 'agreed', rows: 1, repaired: 0 }])
    await mia.refresh()
    expect(passes.slice(2)).toMatchObject([{ kind: 'delta', result: 'agreed', rows: 0, repaired: 0 }])
    // A try that reached nobody is no pass.
    mia.offline()
    await rig.pass(60_000)
    expect(passes).toHaveLength(3)
    expect(typesOf(mia.line.frames, 'up').filter(type => type === 'hello')).toHaveLength(3)
  })
})
