import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type Core, createCore } from '../core.ts'
import { type EnvironmentSource, environmentEntries } from '../environment/environment.ts'
import { createDevelopmentIssuer, type DevelopmentIssuer } from '../identity/identity.ts'
import { startPostgres, why } from '../storage/postgres/postgres.fixture.ts'
import { openPostgresStorage } from '../storage/postgres/postgres.ts'
import type { Wake } from '../storage/wake.ts'
import { createDevice, type Device, type Dial, newId, source, until } from './relays.fixture.ts'

const postgres = await startPostgres()
afterAll(() => postgres.stop())

describe.skipIf(!postgres.running)(`relays over one database${why(postgres)}`, async () => {
  if (!postgres.running) return
  const { url } = await postgres.database()
  const issuer: DevelopmentIssuer = await createDevelopmentIssuer()
  const open: Core[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map(core => core.close()))
  })

  interface Relay {
    readonly core: Core
    /** what a wake of another relay does; by hand where there is none */
    wake(): void
    readonly dial: Dial
    /** writes through the online API */
    write(kind: 'create' | 'update' | 'delete', record: string, values?: Record<string, string>): Promise<void>
  }

  /** @param awake told of the others by PostgreSQL; otherwise only by hand */
  const openRelay = async (name: string, awake: boolean): Promise<Relay> => {
    const storage = await openPostgresStorage({ url, name, newId, connections: 3 })
    await storage.commit({ entries: [{ kind: 'environment', id: 'schema' }] }, ({ entries }) => ({
      result: undefined,
      entries: entries.size > 0 ? [] : environmentEntries(source),
    }))
    let listener = (): void => {}
    const byHand: Wake = {
      notify: () => {},
      onWake: heard => {
        listener = heard
        return () => {
          listener = () => {}
        }
      },
      close: async () => {},
    }
    const core = await createCore({
      storage,
      wake: awake ? storage.wake : byHand,
      identity: issuer.identity,
      now: () => 1_000,
      random: length => randomBytes(length),
      log: error => {
        throw error
      },
    })
    open.push(core)
    const olga = core.environment().person('olga')!
    return {
      core,
      wake: () => listener(),
      dial: async receive => {
        const session = core.connect({ send: receive, close: () => {}, buffered: () => 0 })
        return frame => void session.receive(frame)
      },
      write: async (kind, record, values = {}) => {
        const [judged] = await core.committer.submit([
          { from: 'online', id: newId(), person: olga, kind, table: 'job', record, values },
        ])
        expect(judged?.answer).toMatchObject({ status: 'applied' })
      },
    }
  }

  let environments = 0
  const openTwo = async (awake = false): Promise<[Relay, Relay]> => {
    const name = `relays ${environments++}`
    return [await openRelay(name, awake), await openRelay(name, awake)]
  }

  const deviceOf = async (user: string, relay: Relay): Promise<Device> => {
    const device = createDevice(user, await issuer.token(user))
    await device.connect(relay.dial)
    return device
  }

  it('shows an edit pushed to one relay on a device of the other, woken by PostgreSQL', async () => {
    const [a, b] = await openTwo(true)
    await a.write('create', 'J1', { title: 'Pump', ownerid: 'ana' })
    const ana = await deviceOf('ana', a)
    const olga = await deviceOf('olga', b)
    expect(olga.job('J1')).toMatchObject({ title: 'Pump' })
    const started = performance.now()
    expect(await ana.push(ana.edit('J1', { status: 'done' }))).toMatchObject({ status: 'applied' })
    await until(() => olga.job('J1')?.['status'] === 'done')
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(await olga.push(olga.edit('J1', { title: 'Big pump' }))).toMatchObject({ status: 'applied' })
    await until(() => ana.job('J1')?.['title'] === 'Big pump')
    expect(olga.compared).toBe(1)
  })

  it('tells what another relay committed before its own commit, so that no position runs ahead', async () => {
    const [a, b] = await openTwo()
    await a.write('create', 'J1', { title: 'Pump', ownerid: 'ana' })
    const olga = await deviceOf('olga', b)
    const ana = await deviceOf('ana', b)
    await a.write('update', 'J1', { title: 'Unseen by b' })
    await a.write('create', 'J2', { title: 'Unseen, too', ownerid: 'ben' })
    // nobody woke b; its own commit finds the gap
    await b.write('create', 'J3', { title: 'Own', ownerid: 'ana' })
    expect([olga.job('J1')?.['title'], olga.ids(), olga.at.rev]).toEqual(['Unseen by b', ['J1', 'J2', 'J3'], 4])
    await a.write('update', 'J3', { status: 'unseen' })
    expect(await ana.push(ana.edit('J1', { status: 'mine' }))).toMatchObject({ status: 'applied' })
    expect([ana.job('J3')?.['status'], ana.job('J1')?.['status'], ana.at.rev]).toEqual(['unseen', 'mine', 6])
    expect([olga.job('J3')?.['status'], olga.job('J1')?.['status'], olga.at.rev]).toEqual(['unseen', 'mine', 6])
  })

  it('[SE1] takes rows away that left through the other relay, and tells nothing of rows that never were in scope', async () => {
    const [a, b] = await openTwo()
    await a.write('create', 'J1', { title: 'Pump', ownerid: 'ana' })
    await a.write('create', 'J2', { title: 'Gone soon', ownerid: 'ana' })
    await a.write('create', 'HIDDEN-1', { title: 'canary-1', ownerid: 'ben' })
    const ana = await deviceOf('ana', b)
    const ben = await deviceOf('ben', b)
    await a.write('update', 'J1', { title: 'canary-2', ownerid: 'ben' })
    await a.write('delete', 'J2')
    await a.write('update', 'HIDDEN-1', { title: 'canary-3' })
    await a.write('create', 'HIDDEN-2', { title: 'canary-4', ownerid: 'ben' })
    b.wake()
    await until(() => ben.ids().length === 3 && ben.job('HIDDEN-1')?.['title'] === 'canary-3')
    expect(ana.ids()).toEqual(['J1'])
    b.core.tick()
    await until(
      () => ana.ids().length === 0,
      () => [ana.compared, ana.at, b.core.sessions().map(s => [s.state.phase, s.unsure])],
    )
    const seen = Buffer.concat(ana.frames).toString('latin1')
    expect(['canary', 'HIDDEN'].filter(word => seen.includes(word))).toEqual([])
    expect([ana.compared, ben.compared]).toEqual([2, 1])
  })

  it('compares nothing where what changed elsewhere cannot have been in scope', async () => {
    const [a, b] = await openTwo()
    await a.write('create', 'J1', { title: 'Pump', ownerid: 'ben' })
    const ana = await deviceOf('ana', b)
    const olga = await deviceOf('olga', b)
    await a.write('update', 'J1', { status: 'other' })
    await a.write('create', 'J2', { title: 'Another', ownerid: 'ben' })
    await a.write('update', 'J2', { status: 'other' })
    await a.write('delete', 'J1')
    b.wake()
    await until(() => olga.at.rev === 5)
    b.core.tick()
    await new Promise(resolve => setTimeout(resolve, 50))
    expect([ana.compared, olga.compared, olga.ids()]).toEqual([1, 1, ['J2']])
  })

  it('lets devices catch up by themselves where much changed at once', async () => {
    const [a, b] = await openTwo()
    const olga = await deviceOf('olga', b)
    const person = a.core.environment().person('olga')!
    const creates = Array.from({ length: 2_500 }, (_, n) => ({
      ...({ from: 'online', id: newId(), person, kind: 'create', table: 'job', record: `J${n}` } as const),
      values: { title: `job ${n}`, ownerid: 'ana' },
    }))
    await a.core.committer.submit(creates)
    b.wake()
    await until(() => olga.ids().length === 2_500 && olga.compared === 2)
    await b.write('update', 'J7', { title: 'live again' })
    expect([olga.job('J7')?.['title'], olga.at.rev]).toEqual(['live again', 2_501])
  })

  it('reads the environment again when another relay has changed it', async () => {
    const [a, b] = await openTwo(true)
    const cara = { id: 'cara', name: 'Cara', teams: [], roles: ['field'] }
    const more: EnvironmentSource = { ...source, people: [...source.people, cara] }
    await a.core.storage.commit({}, () => ({ result: undefined, entries: environmentEntries(more) }))
    await a.core.reload()
    expect(a.core.environment().person('cara')).toEqual(cara)
    await until(() => b.core.environment().person('cara') !== undefined)
  })

  it('ends with every device holding what its user may hold, whatever was written where', async () => {
    const step = fc.record({
      relay: fc.nat(1),
      // what makes rows enter and leave comes often
      kind: fc.constantFrom(
        ...(['create', 'create', 'owner', 'owner', 'owner', 'wake', 'wake', 'update', 'push', 'delete'] as const),
      ),
      job: fc.nat(2),
      owner: fc.constantFrom('ana', 'ben', 'olga'),
    })
    let histories = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 30 }), async steps => {
        histories++
        const relays = await openTwo()
        const devices = [
          ...(await Promise.all(relays.map(relay => deviceOf('ana', relay)))),
          ...(await Promise.all(relays.map(relay => deviceOf('olga', relay)))),
        ]
        /** The naive environment: who owns which job, and its title. */
        const jobs = new Map<string, { title: string; owner: string }>()
        let tag = 0
        for (const { relay: at, kind, job, owner } of steps) {
          const relay = relays[at]!
          const id = `J${job}`
          const known = jobs.get(id)
          const title = `${owner} ${++tag}`
          if (kind === 'wake') relay.wake()
          else if (kind === 'create' && known === undefined) {
            await relay.write('create', id, { title, ownerid: owner })
            jobs.set(id, { title, owner })
          } else if (known === undefined) continue
          else if (kind === 'update') {
            await relay.write('update', id, { title })
            jobs.set(id, { ...known, title })
          } else if (kind === 'owner') {
            await relay.write('update', id, { ownerid: owner })
            jobs.set(id, { ...known, owner })
          } else if (kind === 'delete') {
            await relay.write('delete', id)
            jobs.delete(id)
          } else if (kind === 'push' && devices[2 + at]!.job(id) !== undefined) {
            // client wins: where something unseen was in the way, the whole record as the device showed it
            const olga = devices[2 + at]!
            const shown = olga.job(id)!
            const answer = await olga.push(olga.edit(id, { title }))
            if (answer.status === 'applied') jobs.set(id, { title, owner: String(shown['ownerid']) })
          }
        }
        const expected = (user: string): string =>
          JSON.stringify(
            [...jobs]
              .filter(([, { owner }]) => user === 'olga' || owner === user)
              .map(([id, { title }]) => [id, title])
              .toSorted(),
          )
        const held = (device: Device): string => JSON.stringify(device.ids().map(id => [id, device.job(id)?.['title']]))
        const users = ['ana', 'ana', 'olga', 'olga']
        for (const relay of relays) relay.wake()
        await until(
          () => {
            for (const relay of relays) relay.core.tick()
            return devices.every((device, n) => held(device) === expected(users[n]!))
          },
          () => devices.map((device, n) => [users[n], held(device), expected(users[n]!)]),
          10_000,
        )
        await Promise.all(open.splice(0).map(core => core.close()))
      }),
      { numRuns: 15, endOnFailure: true },
    )
    expect(histories).toBeGreaterThanOrEqual(15)
  })
})
