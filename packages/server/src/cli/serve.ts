import { FaultError } from '@rejoin/profile'
import { openDevelopmentIssuer } from '../identity/development.ts'
import { type Identity, remoteIdentity } from '../identity/identity.ts'
import { createRelay } from '../relay.ts'
import { LOCAL_ORIGINS } from '../routes/doorway.ts'
import { serveRelay, type Serving } from '../routes/serve.ts'
import { commandsFrom } from './commands.ts'
import { openDatabase, relayPartsOf, shownAs } from './database.ts'
import type { Terminal } from './terminal.ts'
import { followChanges } from './watch.ts'

export interface ServeChoice {
  readonly db: string
  readonly port: number
  readonly host: string
  readonly devIssuer?: boolean
  readonly jwks?: string
  readonly issuer?: string
  readonly audience?: string
  readonly origin?: readonly string[]
  readonly erasures?: string
  readonly commands?: string
}

/** `rejoin serve`: runs until it is told to stop. */
export const serve = async (choice: ServeChoice, terminal: Terminal): Promise<Serving> => {
  const signIn = signInOf(choice)
  const commands = choice.commands === undefined ? [] : await commandsFrom(choice.commands)
  const storage = await openDatabase(choice.db, { create: false })
  let close = (): Promise<void> => storage.close()
  try {
    const origins = choice.origin ?? (signIn === 'development' ? LOCAL_ORIGINS : [])
    const who = signIn === 'development' ? { issuer: await openDevelopmentIssuer(storage) } : { identity: signIn }
    const relay = await createRelay({ ...relayPartsOf(choice.db, storage, choice.erasures), commands, origins, ...who })
    close = () => relay.close()
    const serving = await serveRelay(relay, { port: choice.port, hostname: choice.host })
    terminal.out(`Rejoin relay at ${serving.url}, database ${shownAs(choice.db)}`)
    if (signIn === 'development') terminal.out('Development sign-in: the page shows tokens. Not for production.')
    const stopFollowing = followChanges(relay.core, terminal)
    return {
      ...serving,
      close: async () => {
        await stopFollowing()
        await serving.close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

const signInOf = ({ devIssuer, jwks, issuer, audience }: ServeChoice): Identity | 'development' => {
  if (devIssuer === true && jwks === undefined) return 'development'
  if (devIssuer !== true && jwks !== undefined && issuer !== undefined && audience !== undefined) {
    if (!URL.canParse(jwks)) throw usage('--jwks', 'is not a URL', 'give the address of the key set')
    return remoteIdentity(new URL(jwks), { issuer, audience })
  }
  throw usage('sign-in', 'nobody could sign in', 'give --dev-issuer, or --jwks URL with --issuer and --audience')
}

const usage = (at: string, message: string, fix: string): FaultError =>
  new FaultError([{ code: 'usage', at, message, fix }])

/** Resolves when the process is told to end. A second signal ends it at once. */
export const untilStopped = (): Promise<void> =>
  new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
