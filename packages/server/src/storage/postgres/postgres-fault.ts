import pg from 'pg'
import { StorageFault, type StorageFaultCode } from '../fault.ts'

/** Names the failures of server, network and disk; errors of our own SQL stay what they are: bugs. */
export const asFault = (error: unknown, at: string): unknown => {
  if (error instanceof StorageFault) return error
  const known = isLost(error) ? unreachable : error instanceof pg.DatabaseError ? faultOf(error.code ?? '') : undefined
  if (known === undefined) return error
  const [code, message, fix] = known
  return new StorageFault(code, at, message ?? messageOf(error), fix, error)
}

type Named = readonly [code: StorageFaultCode, message: string | undefined, fix: string]

const unreachable: Named = ['unreachable', undefined, 'check that the server runs at this address; it is tried again']

/** By SQLSTATE. */
const faultOf = (state: string): Named | undefined => {
  switch (state) {
    case '28P01':
    case '28000':
      return ['other', 'it refuses the user or the password', 'correct them in the address']
    case '3D000':
      return ['other', undefined, 'create the database (createdb), or correct its name in the address']
    case '42501':
      return ['other', undefined, 'grant the user what is missing, or make the user the owner of the database']
    case '25006':
      return ['other', 'it takes no writes', 'give the address of the primary server']
    case '53100':
      return ['full', 'no room to write', 'free disk space on the server; nothing was written, reads go on']
    case '53300':
      return ['busy', 'it has no connection left', 'raise its max_connections, or give each relay fewer']
    case '40001':
    case '40P01':
    case '55P03':
      return ['busy', 'another transaction is in the way', 'try again']
    case 'XX001':
    case 'XX002':
      return ['damaged', undefined, 'restore the latest backup; keep the damaged server for a rescue']
    default:
      // insufficient resources, system error, object not in the right state of the server
      return /^(53|58)/.test(state) ? ['other', undefined, "check the server's log"] : undefined
  }
}

/** Whether the connection is gone, or could not be made: what was not committed took no effect. */
export const isLost = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  if (error instanceof pg.DatabaseError) return /^(08|57P0)|^25P03$/.test(error.code ?? '')
  const { code } = error as NodeJS.ErrnoException
  return (
    (code !== undefined && /^E(CONN|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOST|NET)/.test(code)) ||
    /^(Connection terminated|timeout exceeded when trying to connect|Client (was closed|has encountered))/.test(
      error.message,
    )
  )
}

/** Serialization failure, deadlock: the database undid the transaction so that another could go on. */
export const isUndone = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '40001' || error.code === '40P01')

const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
