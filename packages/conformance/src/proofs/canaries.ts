import type { Value } from '@rejoin/profile'
import * as encoding from 'lib0/encoding'
import type { Device } from './device.ts'
import { holds, sees } from './holding.ts'
import type { User } from './world.ts'

/**
 * Every value and every id that is ever written is unlike any other and remembered with who was allowed it while it
 * stood; every frame to a device is searched for all that its user was never allowed.
 */
export interface Watch {
  /** unlike any other text */
  text(): string
  /** unlike any other amount */
  amount(): number
  /** what a record becomes; `fixed` columns hold no canaries */
  write(table: string, id: string, values: Readonly<Record<string, Value>>, fixed: readonly string[]): void
  gone(table: string, id: string): void
  ids(table: string): string[]
  /** @returns what was found that should not be in frames since the last scan, and how many searches were made */
  scan(device: Device, also?: (secret: string) => boolean): { found: string[]; searched: number }
}

export const createWatch = (users: readonly User[]): Watch => {
  const rows = new Map<string, { table: string; id: string; values: Record<string, Value> }>()
  const allowed = new Map<User, Set<string>>(users.map(user => [user, new Set<string>()]))
  const secrets = new Map<string, Uint8Array>()
  const scanned = new Map<Device, number>()
  let count = 0
  const remember = (text: string | number): void => {
    if (secrets.has(String(text))) return
    const bytes = typeof text === 'string' ? Buffer.from(text) : numberBytes(text)
    secrets.set(String(text), bytes)
  }
  const allow = (): void => {
    for (const { table, id, values } of rows.values()) {
      for (const user of users) {
        if (!holds(user, table, values)) continue
        allowed.get(user)!.add(id)
        for (const [column, value] of Object.entries(values))
          if (sees(user, table, column)) allowed.get(user)!.add(String(value))
      }
    }
  }
  return {
    /** unlike any other text, and any other amount */
    text: (): string => `canary-${(++count).toString(36)}-${'zyxw'[count % 4]!.repeat(3)}`,
    amount: (): number => 7_310_000 + ++count * 13,
    /** called before the office writes */
    write: (table: string, id: string, values: Record<string, Value>, fixed: readonly string[]): void => {
      const key = `${table}/${id}`
      const row = rows.get(key) ?? { table, id, values: {} }
      rows.set(key, { ...row, values: { ...row.values, ...values } })
      remember(id)
      for (const [column, value] of Object.entries(values)) {
        if (!fixed.includes(column) && (typeof value === 'string' || typeof value === 'number')) remember(value)
      }
      allow()
    },
    gone: (table: string, id: string): void => void rows.delete(`${table}/${id}`),
    ids: (table: string): string[] => [...rows.values()].filter(row => row.table === table).map(({ id }) => id),
    /** @returns what was found that should not be, and how many searches were made */
    scan: (device: Device, also: (secret: string) => boolean = () => false): { found: string[]; searched: number } => {
      const from = scanned.get(device) ?? 0
      const frames = device.line.frames.slice(from).filter(({ direction }) => direction === 'down')
      scanned.set(device, device.line.frames.length)
      const found: string[] = []
      let searched = 0
      for (const [secret, bytes] of secrets) {
        if (allowed.get(device.user)!.has(secret) || also(secret)) continue
        for (const frame of frames) {
          searched++
          if (Buffer.from(frame.bytes).includes(Buffer.from(bytes)))
            found.push(`${device.user} ${frame.message.type} ${secret}`)
        }
      }
      return { found, searched }
    },
  }
}

/** As a value stands in a document; without the mark of its type, so that other spellings are found too. */
export const numberBytes = (value: number): Uint8Array =>
  encoding.encode(encoder => encoding.writeVarInt(encoder, value))
