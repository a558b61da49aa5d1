import type { Plan } from '@rejoin/profile'
import { StoreFault } from '../store/store.ts'
import type { Room } from './port.ts'

/** bytes of a stored row where none is known: twelve columns, its document and what goes with it */
const USUAL = 800

/**
 * FS7: whether what a download plans will find room, told before a row is sent.
 * @param held what is here already, by which a row is weighed
 * @returns the fault, naming the table that brings most and its count
 */
export const roomFor = (
  { tables }: Plan,
  held: { readonly rows: number; readonly bytes: number },
  room: Room | undefined,
): StoreFault | undefined => {
  if (room === undefined) return undefined
  const weight = held.rows === 0 ? USUAL : Math.max(1, held.bytes / held.rows)
  const rows = tables.reduce((sum, each) => sum + each.rows, 0)
  const free = Math.max(0, room.quota - room.used)
  if (rows * weight <= free) return undefined
  const most = tables.toSorted((a, b) => b.rows - a.rows)[0]!
  return new StoreFault(
    'full',
    `the download has ${rows} rows, about ${megabytes(rows * weight)}, and ${megabytes(free)} are free; most are of table ${most.table}: ${most.rows} rows`,
    'Free some space, or ask an administrator for a profile that downloads less.',
  )
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`
