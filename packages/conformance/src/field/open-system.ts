import { randomBytes } from 'node:crypto'
import { createAdministrator } from './administrator.ts'
import { type Made, makeDevice } from './device/device.ts'
import type { Place } from './device/place.ts'
import { fieldEnvironment } from './environment.ts'
import { askAs, createOffice } from './office.ts'
import type { FieldRelay } from './relay.ts'
import type { System } from './system.ts'

/** A system for one scenario after the other: what one of them opened or changed is gone before the next. */
export interface OpenSystem extends System {
  /** ends its devices, and puts back what was changed */
  tidy(): Promise<void>
  /** takes the records of this run away */
  sweep(): Promise<void>
}

export const openSystem = async (relay: FieldRelay, place: Place): Promise<OpenSystem> => {
  const { url, tokens } = relay
  const ask = askAs(url, tokens.olga)
  const office = createOffice(ask)
  const steward = createAdministrator(ask)
  const run = randomBytes(4).toString('hex')
  let count = 0
  let changed = false
  // In the order they are made, as ids of devices are.
  const newId = (): string => `${run}-${String(++count).padStart(5, '0')}`
  const ends: (() => Promise<void>)[] = []
  const begun = Date.now()
  await steward.settle()
  return {
    office,
    administrator: {
      settings: change => {
        changed = true
        return steward.settings(change)
      },
      roles: (id, roles) => {
        changed = true
        return steward.roles(id, roles)
      },
    },
    id: newId,
    device: async (choice = {}) => {
      const { user = 'tim', store = newId(), away = false, unsynced = false, token, ...opening } = choice
      const made: Made = { ...opening, place, store, away, unsynced, relay: url, token: token ?? tokens[user] }
      const { device, end } = await makeDevice(made)
      ends.push(end)
      return device
    },
    tidy: async () => {
      const ended = await Promise.allSettled(ends.splice(0).map(end => end()))
      if (changed) await steward.settle()
      changed = false
      for (const each of ended) if (each.status === 'rejected') throw each.reason
    },
    sweep: async () => {
      const own = (id: string): boolean => id.startsWith(`${run}-`) || madeSince(id, begun)
      // Closed jobs go, too.
      await steward.release()
      for (const { name } of fieldEnvironment.schema.tables) {
        if (name === 'product') continue
        for (const id of await office.ids(name)) if (own(id)) await ask('DELETE', `/tables/${name}/${id}`)
      }
      await steward.settle()
    },
  }
}

/** Ids of devices are UUIDv7: they say when they were made. */
const madeSince = (id: string, since: number): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(id) && Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) >= since
