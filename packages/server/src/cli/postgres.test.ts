import { afterAll, describe, expect, it } from 'vitest'
import { administer, ask, startPostgres, why } from '../storage/postgres/postgres.fixture.ts'
import { openDatabase } from './database.ts'
import { run } from './program.ts'
import { openSample } from './sample.ts'
import { serve } from './serve.ts'
import type { Terminal } from './terminal.ts'

const postgres = await startPostgres()
afterAll(() => postgres.stop())

describe.skipIf(!postgres.running)(`the commands over PostgreSQL${why(postgres)}`, () => {
  const out: string[] = []
  const terminal: Terminal = { out: line => out.push(line), err: line => out.push(line), interactive: false }
  const rejoin = async (...args: string[]): Promise<{ code: number; said: string }> => {
    out.length = 0
    return { code: await run(args, terminal), said: out.join('\n') }
  }

  it('fill the sample once, sign tokens, and serve it from two relays that know of one another', async () => {
    if (!postgres.running) return
    const { url } = await postgres.database()
    const storage = await openSample(url, terminal, { workOrders: 20 })
    await storage.close()
    const again = await openSample(url, terminal)
    await again.close()
    expect(out.filter(line => line.startsWith('Making')).length).toBe(1)

    const inspected = await rejoin('inspect', '--postgres', url, '--json')
    const { tables, people } = JSON.parse(inspected.said) as {
      tables: { name: string; rows: number }[]
      people: { id: string; roles: string[] }[]
    }
    expect(tables.find(({ name }) => name === 'workorder')?.rows).toBe(20)
    const office = people.find(({ roles }) => roles.includes('office'))!
    const { said: token } = await rejoin('token', office.id, '--postgres', url)

    const choice = { db: url, port: 0, host: '127.0.0.1', devIssuer: true }
    const relays = await Promise.all([serve(choice, terminal), serve(choice, terminal)])
    try {
      const [a, b] = relays.map(relay => `${relay.url}/api`)
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const listed = await fetch(`${a}/tables/workorder?limit=1`, { headers })
      expect(listed.status).toBe(200)
      expect((await fetch(`${b}/tables/workorder?limit=1`, { headers })).status).toBe(200)
      const atB = await (await fetch(`${b}/tables/workorder?limit=1`, { headers })).json()
      const { rows, next } = (await listed.json()) as { rows: unknown; next: string }
      expect(atB).toMatchObject({ rows })
      // A list goes on at the other, too.
      expect((await fetch(`${b}/tables/workorder?limit=1&after=${next}`, { headers })).status).toBe(200)
      expect(out.join('\n')).not.toContain('rejoin@')

      // What is administered at one relay, or on the database, the other knows.
      const { said: chief } = await rejoin('token', 'olivia.brandt', '--postgres', url)
      const at = ['--url', relays[0]!.url, '--token', chief]
      expect(await rejoin('team', 'leave', 'team.porto', 'ines.araujo', ...at)).toMatchObject({ code: 0 })
      expect(await rejoin('unit', 'add', 'unit.south', '--name', 'South', '--postgres', url)).toMatchObject({ code: 0 })
      const headersOf = { authorization: `Bearer ${chief}` }
      const known = async (path: string): Promise<any> =>
        (await fetch(`${b}/admin${path}`, { headers: headersOf })).json()
      await expect.poll(async () => (await known('/units/unit.south')).name, { timeout: 5_000 }).toBe('South')
      expect((await known('/teams/team.porto')).members).not.toContain('ines.araujo')
      expect((await known('/audit')).changes.map(({ by }: { by: string }) => by)).toEqual([
        'command line',
        'olivia.brandt',
      ])
    } finally {
      await Promise.all(relays.map(relay => relay.close()))
    }
  })

  it('go on filling a sample that was cut off, and leave another environment as it is', async () => {
    if (!postgres.running) return
    const { url } = await postgres.database()
    await (await openSample(url, terminal, { workOrders: 20 })).close()
    const rows = () => ask(url, 'select count(*)::int as rows from rejoin.record')
    const whole = await rows()
    await administer(url, "delete from rejoin.record where tbl = 'workorder'")
    await (await openSample(url, terminal, { workOrders: 20 })).close()
    expect(await rows()).not.toEqual(whole)
    await administer(url, "insert into rejoin.entry select env, 'sample', 'filling', 'true' from rejoin.environment")
    await (await openSample(url, terminal, { workOrders: 20 })).close()
    expect(await rows()).toEqual(whole)
  })

  it('say what is wrong with an address, and want one place', async () => {
    const nowhere = 'postgres://rejoin:secret@127.0.0.1:1/rejoin'
    const refused = await rejoin('inspect', '--postgres', nowhere)
    expect([refused.code, refused.said]).toEqual([1, expect.stringMatching(/127\.0\.0\.1:1\/rejoin.*ECONNREFUSED/)])
    expect(refused.said).not.toContain('secret')
    await expect(openDatabase('postgres:', { create: false })).rejects.toThrow('no address')
    expect(await rejoin('inspect')).toMatchObject({ code: 2, said: expect.stringContaining('--postgres') })
    expect(await rejoin('inspect', '--db', 'a', '--postgres', nowhere)).toMatchObject({ code: 2 })
  })
})
