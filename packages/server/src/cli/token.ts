import { FaultError } from '@rejoin/profile'
import { loadEnvironment } from '../environment/environment.ts'
import { openDevelopmentIssuer } from '../identity/development.ts'
import { openDatabase } from './database.ts'
import type { Terminal } from './terminal.ts'

/** `rejoin token`: signs a development token. It is the only line on standard output, so that scripts can take it. */
export const token = async (
  { db, user, hours }: { readonly db: string; readonly user: string; readonly hours: number },
  terminal: Terminal,
): Promise<void> => {
  const storage = await openDatabase(db, { create: false })
  try {
    const { person, people } = await storage.snapshot(loadEnvironment)
    if (person(user) === undefined)
      throw new FaultError([
        unknownUser(
          user,
          people().map(({ id }) => id),
        ),
      ])
    const issuer = await openDevelopmentIssuer(storage)
    terminal.out(await issuer.token(user, Math.round(hours * 3600)))
  } finally {
    await storage.close()
  }
}

const unknownUser = (user: string, known: readonly string[]) => {
  const some = known.slice(0, 5).join(', ')
  const fix =
    known.length === 0 ? 'the environment has no users' : `known are ${some}${known.length > 5 ? ' and others' : ''}`
  return { code: 'unknown-user', at: `user ${user}`, message: 'the environment has no such user', fix }
}
