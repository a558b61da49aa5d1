import type { Device } from './device.ts'
import { holdingOf } from './oracle/oracle.ts'
import type { State } from './state.ts'

/**
 * Searches every frame a device is sent for canaries it may not have been sent (SE1). Values: those of the scope while
 * the frame went. Ids: also those of rows that were in scope before, and of deleted rows that would be, were they there:
 * of these it may be told that they are gone.
 */
export interface Canaries {
  /**
   * @param passed what the world was since the last call
   * @param mixed what it may have been besides, where much happened at once; asked only where something is found
   */
  scan(device: Device, passed: readonly State[], mixed: () => readonly State[]): string[]
  /** how many canaries were found where they belong: a search that finds nothing proves nothing */
  readonly found: number
}

const canary = /(?:row|val)q\d+q/g

export const createCanaries = (): Canaries => {
  const scanned = new Map<Device, number>()
  const given = new Map<Device, Set<string>>()
  let found = 0

  const allow = (states: readonly State[], user: string, ids: Set<string>, values: Set<string>): void => {
    for (const state of states) {
      for (const rows of holdingOf(withDead(state), user).values()) for (const id of rows.keys()) values.add(id)
      for (const rows of holdingOf(state, user).values()) {
        for (const [id, row] of rows) {
          ids.add(id)
          for (const value of Object.values(row)) if (typeof value === 'string') values.add(value)
        }
      }
    }
  }

  return {
    scan: (device, passed, mixed) => {
      const ids = given.get(device) ?? new Set()
      given.set(device, ids)
      for (const id of device.made) ids.add(id)
      const values = new Set<string>()
      allow(passed, device.user, ids, values)
      const { frames } = device.line
      const bad = new Map<string, string>()
      for (const { direction, bytes, message } of frames.slice(scanned.get(device) ?? 0)) {
        if (direction === 'up') continue
        const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
        for (const [token] of text.matchAll(canary)) {
          if (values.has(token) || ids.has(token)) found++
          else bad.set(token, message.type)
        }
      }
      scanned.set(device, frames.length)
      if (bad.size > 0) allow(mixed(), device.user, ids, values)
      return [...bad].flatMap(([token, type]) => (values.has(token) || ids.has(token) ? [] : [`${token} in ${type}`]))
    },
    get found() {
      return found
    },
  }
}

const withDead = (state: State): State => ({
  ...state,
  rows: new Map([...state.rows].map(([table, rows]) => [table, new Map([...(state.dead.get(table) ?? []), ...rows])])),
})
