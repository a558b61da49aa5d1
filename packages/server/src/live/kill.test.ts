import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answered } from '@rejoin/profile'
import { afterAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createCore } from '../core.ts'
import { environmentEntries } from '../environment/environment.ts'
import { openDevelopmentIssuer } from '../identity/development.ts'
import { startPostgres, why } from '../storage/postgres/postgres.fixture.ts'
import { openPostgresStorage } from '../storage/postgres/postgres.ts'
import { createDevice, type Device, type Dial, newId, source, until } from './relays.fixture.ts'

const KILLS = 2
const DEVICES = 4

interface Running {
  readonly address: string
  readonly process: ChildProcess
}

const child = fileURLToPath(new URL('relay-process.fixture.ts', import.meta.url))
const startRelay = (url: string): Promise<Running> =>
  new Promise((resolve, reject) => {
    const args = ['--import', 'tsx', '--conditions=@rejoin/source', child, url]
    const running = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(running)
    let out = ''
    running.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes('\n')) resolve({ address: out.trim(), process: running })
    })
    running.on('error', reject)
    running.on('close', code => reject(new Error(`ended with ${code}`)))
  })

const dialTo =
  (address: string, onClose: () => void): Dial =>
  receive =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${address.replace('http', 'ws')}/sync`)
      socket.on('message', data => receive(new Uint8Array(data as Buffer)))
      socket.on('open', () => resolve(frame => socket.send(frame, () => {})))
      socket.on('error', reject)
      socket.on('close', onClose)
    })

const children: ChildProcess[] = []
const postgres = await startPostgres()
afterAll(async () => {
  for (const each of children) each.kill('SIGKILL')
  await postgres.stop()
})

describe.skipIf(!postgres.running)(`relays killed over one database${why(postgres)}`, () => {
  it('kill -9 of two of three relays under load: nothing acknowledged is lost, nothing is applied twice, all see all', async () => {
    if (!postgres.running) return
    const { url } = await postgres.database()
    const storage = await openPostgresStorage({ url, newId })
    await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(source) }))
    const issuer = await openDevelopmentIssuer(storage)
    const setting = await createCore({
      ...{ storage, identity: issuer.identity, now: Date.now, log: () => {} },
      random: length => crypto.getRandomValues(new Uint8Array(length)),
    })
    const person = setting.environment().person('olga')!
    const numbers = Array.from({ length: DEVICES }, (_, n) => n)
    await setting.committer.submit(
      numbers.map(n => ({
        ...({ from: 'online', id: newId(), person, kind: 'create', table: 'job', record: `J${n}` } as const),
        values: { title: '0', ownerid: 'olga' },
      })),
    )

    const relays = await Promise.all([startRelay(url), startRelay(url), startRelay(url)])
    let stopped = false
    let reconnects = 0
    const acknowledged = new Map<string, Answered['answer']>()
    const last = new Map<string, string>()

    /** Edits its own job again and again; where its relay is gone it goes to the next one. */
    const work = async (device: Device, n: number): Promise<void> => {
      let at = n % relays.length
      let gone = true
      let hangUp = (): void => {}
      const stay = async (): Promise<void> => {
        while (gone) {
          const ended = new Promise<void>(resolve => {
            hangUp = resolve
          })
          gone = false
          const lost = (): void => {
            gone = true
            hangUp()
          }
          // synced, refused, or cut off while it caught up
          await Promise.race([device.connect(dialTo(relays[at]!.address, lost)).catch(lost), ended])
          if (gone) {
            at = (at + 1) % relays.length
            reconnects++
            await new Promise(resolve => setTimeout(resolve, 50))
          }
        }
      }
      await stay()
      for (let round = 1; !stopped; round++) {
        const edit = device.edit(`J${n}`, { title: `${n}-${round}` })
        let answer: Answered['answer'] | undefined
        const pushed = device.push(edit).then(given => (answer = given))
        while (answer === undefined) {
          if (gone) await stay()
          await Promise.race([pushed, new Promise<void>(resolve => (hangUp = resolve))])
        }
        acknowledged.set(edit.id, answer)
        last.set(`J${n}`, `${n}-${round}`)
        await new Promise(resolve => setTimeout(resolve, 25))
      }
    }

    const devices = await Promise.all(numbers.map(async () => createDevice('olga', await issuer.token('olga'))))
    const working = Promise.all(devices.map(work))
    for (let kill = 0; kill < KILLS; kill++) {
      const before = acknowledged.size
      const say = () => [acknowledged.size, reconnects, ...devices.map(device => [device.at, device.ids()])]
      await until(() => acknowledged.size > before + 20, say)
      const { process: victim } = relays[kill]!
      await new Promise(resolve => setTimeout(resolve, Math.random() * 40))
      victim.kill('SIGKILL')
      const killed = acknowledged.size
      // the other relays carry on, and so do the devices of the one that is gone
      await until(() => acknowledged.size > killed + 20, say)
    }
    stopped = true
    await working

    // every device ends with what every other wrote, through whichever relay
    const titles = (device: Device): unknown =>
      Object.fromEntries(device.ids().map(id => [id, device.job(id)?.['title']]))
    const expected = Object.fromEntries([...last].toSorted())
    await until(
      () => devices.every(device => JSON.stringify(titles(device)) === JSON.stringify(expected)),
      () => [expected, ...devices.map(titles)],
    )
    await storage.snapshot(async view => {
      const answered = [...acknowledged]
      const stored = await view.edits(answered.map(([id]) => id))
      expect(stored.map(({ edit, outcome }) => [edit, outcome])).toEqual(answered)
      const revs = stored.flatMap(({ outcome }) => ('rev' in outcome ? [outcome.rev] : []))
      // each applied edit has a revision of its own, and the history holds no other: none was applied twice
      expect(new Set(revs).size).toBe(answered.length)
      expect(view.head.rev).toBe(DEVICES + answered.length)
    })
    expect(reconnects).toBeGreaterThanOrEqual(KILLS)
    await setting.close()
  }, 60_000)
})
