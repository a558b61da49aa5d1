import type { Device } from './device.ts'
import type { Holding } from './oracle/oracle.ts'

/**
 * Searches every frame a device is sent for canaries it may not have been sent (SE1). Values: those of the scope while
 * the frame went. Ids: also those of rows that were in scope before, for these it may be told that they are gone.
 */
export interface Canaries {
  /**
   * @param holdings what the scope was since the last call
   * @param gone the scope as it would be with deleted rows in it
   */
  scan(device: Device, holdings: readonly Holding[], gone: Holding): string[]
  /** how many canaries were found where they belong: a search that finds nothing proves nothing */
  readonly found: number
}

const canary = /(?:row|val)q\d+q/g

export const createCanaries = (): Canaries => {
  const scanned = new Map<Device, number>()
  const given = new Map<Device, Set<string>>()
  let found = 0
  return {
    scan: (device, holdings, gone) => {
      const ids = given.get(device) ?? new Set()
      given.set(device, ids)
      const allowed = new Set<string>()
      for (const rows of gone.values()) for (const id of rows.keys()) allowed.add(id)
      for (const holding of holdings) {
        for (const rows of holding.values()) {
          for (const [id, row] of rows) {
            ids.add(id)
            for (const value of Object.values(row)) if (typeof value === 'string') allowed.add(value)
          }
        }
      }
      const { frames } = device.line
      const bad = new Set<string>()
      for (const { direction, bytes, message } of frames.slice(scanned.get(device) ?? 0)) {
        if (direction === 'up') continue
        const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
        for (const [token] of text.matchAll(canary)) {
          if (allowed.has(token) || ids.has(token)) found++
          else bad.add(`${token} in ${message.type}`)
        }
      }
      scanned.set(device, frames.length)
      return [...bad]
    },
    get found() {
      return found
    },
  }
}
