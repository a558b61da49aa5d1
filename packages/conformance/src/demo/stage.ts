import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { FaultError, type StrategyName, type Table } from '@rejoin/profile'
import { environmentEntries, fillSample, loadEnvironment, sampleEnvironment } from '@rejoin/server'
import { type Claims, createClaims } from '../crash/claims.ts'
import { startProgress } from '../report/progress.ts'
import { inDatabase, readContent, readHead, type RelayContent, tokenFor } from '../rig/database.ts'
import { type DeviceProcess, startDevice } from '../rig/device.ts'
import { type RelayProcess, startRelayOn } from '../rig/relay.ts'
import type { Told } from '../rig/talk.ts'
import { type Office, openOffice } from './office.ts'

/** Who plays: two dispatchers of one business unit with a device each, and the back office. */
export const people = {
  first: { id: 'frauke.hansen', name: 'Frauke' },
  second: { id: 'hakan.berg', name: 'Håkan' },
  office: { id: 'olivia.brandt', name: 'Office' },
} as const

export interface Stage {
  readonly db: string
  readonly table: Table
  readonly relay: RelayProcess
  readonly first: DeviceProcess
  readonly second: DeviceProcess
  readonly devices: readonly DeviceProcess[]
  readonly office: Office
  readonly claims: Claims
  /** the newest revision before anybody wrote */
  readonly firstRev: number
  /** hears what devices tell, beside the claims */
  listen(listener: (device: string, told: Told) => void): () => void
  /** `rejoin settings`, while the relay runs */
  settle(strategy: StrategyName): Promise<void>
  /** both devices show exactly what the relay holds; waits a little for it */
  agree(): Promise<{ readonly agreed: boolean; readonly relay: RelayContent; readonly devices: readonly Held[] }>
  close(): Promise<void>
}

export interface Held {
  readonly name: string
  readonly rows: number
  readonly content: string
}

export interface Input {
  readonly workOrders: number
  readonly csv?: readonly string[]
  readonly mapping?: string
}

/** A bar is part of the story on a terminal; a log needs none for what takes a second. */
export const soon: { readonly showAfter?: number } = process.stderr.isTTY ? { showAfter: 100 } : {}

const CLI = new URL('../../../server/src/cli.ts', import.meta.url)

export const makeDatabase = async (
  directory: string,
  input: Input,
): Promise<{ readonly db: string; readonly table: string }> => {
  const db = join(directory, 'relay.db')
  if (input.csv !== undefined && input.mapping !== undefined) {
    const peopleFile = join(directory, 'people.json')
    const all = Object.values(people).map(({ id, name }) => ({ id, name, teams: [], roles: [] }))
    await writeFile(peopleFile, JSON.stringify(all))
    const files = input.csv.flatMap(file => ['--csv', file])
    await rejoin(['import', '--db', db, ...files, '--mapping', input.mapping, '--people', peopleFile], 'shown')
    const { schema } = await inDatabase(db, storage => storage.snapshot(loadEnvironment))
    return { db, table: [...schema.tables.keys()][0]! }
  }
  const progress = startProgress('sample', { unit: 'records', ...soon })
  try {
    await inDatabase(db, async storage => {
      await fillSample(storage, { seed: 1, now: Date.now(), workOrders: input.workOrders }, (done, of) => {
        progress.of(of)
        progress.at(done)
      })
      const { schema } = await storage.snapshot(loadEnvironment)
      const items = [...schema.tables.keys()].map(table => ({ table, filter: { kind: 'all' as const } }))
      const profile = { name: 'Demo', version: 1, items }
      const members = { people: [people.first.id, people.second.id] }
      const profiles = [...sampleEnvironment.profiles, { profile, members }]
      const entries = environmentEntries({ ...sampleEnvironment, profiles })
      await storage.commit({}, () => ({ result: undefined, entries }))
    })
  } finally {
    progress.end()
  }
  return { db, table: 'workorder' }
}

export const openStage = async (directory: string, input: Input): Promise<Stage> => {
  const { db, table: tableName } = await makeDatabase(directory, input)
  const { schema } = await inDatabase(db, storage => storage.snapshot(loadEnvironment))
  const relay = await startRelayOn(db)
  const claims = createClaims()
  const listeners = new Set<(device: string, told: Told) => void>()
  const device = async (id: string): Promise<DeviceProcess> =>
    startDevice({
      name: id,
      url: relay.url,
      token: await tokenFor(db, id),
      store: join(directory, `${id}.db`),
      onTold: told => {
        claims.hear(id, told)
        for (const listener of listeners) listener(id, told)
      },
    })
  const [first, second] = await Promise.all([device(people.first.id), device(people.second.id)])
  const devices = [first, second]
  const office = openOffice(() => relay.url, await tokenFor(db, people.office.id))
  return {
    db,
    table: schema.tables.get(tableName)!,
    relay,
    first,
    second,
    devices,
    office,
    claims,
    firstRev: readHead(db),
    listen: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    settle: async strategy => {
      const followed = relay.says(new RegExp(`^The environment has changed; conflicts: ${strategy}$`))
      await Promise.all([followed, rejoin(['settings', '--db', db, '--strategy', strategy], 'quiet')])
      await Promise.all(devices.map(each => each.ask('connect', {})))
    },
    agree: async () => {
      for (let left = 100; ; left -= 1) {
        const wanted = await readContent(db, people.first.id)
        const held = await Promise.all(
          devices.map(async each => ({ name: each.name, ...(await each.ask('content', {})) })),
        )
        const agreed = held.every(({ content }) => content === wanted.content)
        if (agreed || left === 0) return { agreed, relay: wanted, devices: held }
        await sleep(50)
      }
    },
    close: async () => {
      await Promise.all([relay.stop(), ...devices.map(each => each.stop())])
    },
  }
}

/** A command of the CLI, as a person types it. @throws FaultError where it fails; it has said why */
const rejoin = (args: readonly string[], output: 'shown' | 'quiet'): Promise<void> =>
  new Promise((resolve, reject) => {
    const loader = ['--import', import.meta.resolve('tsx'), '--conditions=@rejoin/source']
    const child = spawn(process.execPath, [...loader, fileURLToPath(CLI), ...args], {
      stdio: ['ignore', output === 'shown' ? 'inherit' : 'ignore', 'inherit'],
    })
    child.once('error', reject)
    child.once('close', code => {
      if (code === 0) return resolve()
      const fault = { code: 'rejoin', at: `rejoin ${args[0]}`, message: `ended with exit code ${code}` }
      reject(new FaultError([fault]))
    })
  })
