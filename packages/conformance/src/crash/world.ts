import { join } from 'node:path'
import { tokenFor } from '../rig/database.ts'
import { type DeviceProcess, startDevice } from '../rig/device.ts'
import { type RelayProcess, startRelayOn } from '../rig/relay.ts'
import { createChance } from '../simulator/chance.ts'
import { type Claims, createClaims } from './claims.ts'
import { makeDatabase, SHARED, sharedJob, TABLE } from './environment.ts'
import { createOffice, type Office } from './office.ts'

/** Relay, two devices and a back office at work, each a process of its own but for the office. */
export interface World {
  readonly db: string
  readonly relay: RelayProcess
  readonly devices: readonly DeviceProcess[]
  readonly office: Office
  readonly claims: Claims
  /** what a device could not go on with */
  readonly troubles: readonly string[]
  /** a device starts to edit, with fresh chance each time */
  busy(device: DeviceProcess): Promise<void>
  close(): Promise<void>
}

/** Ms between two edits of a device, at most. */
const PAUSE = 30

export const openWorld = async (directory: string, seed: number): Promise<World> => {
  const db = join(directory, 'relay.db')
  await makeDatabase(db)
  const relay = await startRelayOn(db)
  const claims = createClaims()
  const troubles: string[] = []
  const devices = await Promise.all(
    ['anna', 'boris'].map(async name =>
      startDevice({
        name,
        url: relay.url,
        token: await tokenFor(db, name),
        store: join(directory, `${name}.db`),
        onTold: told => {
          if (told.told === 'trouble') troubles.push(`${name}: ${told.message}`)
          claims.hear(name, told)
        },
      }),
    ),
  )
  const office = createOffice({
    url: () => relay.url,
    token: await tokenFor(db, 'office'),
    chance: createChance(seed, 'office'),
  })
  const shared = Array.from({ length: SHARED }, (_, index) => sharedJob(index))
  let round = 0
  return {
    db,
    relay,
    devices,
    office,
    claims,
    troubles,
    busy: async device => {
      round += 1
      await device.ask('load', { table: TABLE, shared, seed: seed * 1_000 + round, pause: PAUSE })
    },
    close: async () => {
      await Promise.all([relay.stop(), ...devices.map(device => device.stop())])
    },
  }
}
