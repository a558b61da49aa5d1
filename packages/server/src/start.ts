import { FaultError, faultText } from '@rejoin/profile'
import { Command } from 'commander'
import { relayPartsOf, shownAs } from './cli/database.ts'
import { portNumber } from './cli/program.ts'
import { openSample } from './cli/sample.ts'
import { untilStopped } from './cli/serve.ts'
import { processTerminal } from './cli/terminal.ts'
import { followChanges } from './cli/watch.ts'
import { openDevelopmentIssuer } from './identity/development.ts'
import { createRelay } from './relay.ts'
import { LOCAL_ORIGINS } from './routes/doorway.ts'
import { serveRelay } from './routes/serve.ts'
import { sampleCommands } from './sample/commands.ts'

/** `npx pnpm start`: the relay on the sample environment, for a first look. */
const start = async ({ db, port }: { readonly db: string; readonly port: number }): Promise<void> => {
  const storage = await openSample(db, processTerminal)
  let close = (): Promise<void> => storage.close()
  try {
    const issuer = await openDevelopmentIssuer(storage)
    const relay = await createRelay({
      ...relayPartsOf(db, storage),
      issuer,
      commands: sampleCommands,
      origins: LOCAL_ORIGINS,
    })
    close = () => relay.close()
    const serving = await serveRelay(relay, { port })
    processTerminal.out(`Rejoin is at ${serving.url}`)
    processTerminal.out('Open that page: it shows tables, sample users with their tokens, and how to connect a device.')
    processTerminal.out(`The environment is in ${shownAs(db)}. Ctrl-C ends it.`)
    const stopFollowing = followChanges(relay.core, processTerminal)
    await untilStopped()
    await stopFollowing()
    await serving.close()
  } catch (error) {
    await close()
    throw error
  }
}

const command = new Command('start')
  .description('Serves the relay on the sample environment.')
  .option('--port <number>', 'port, 0 for any free one', portNumber, 8787)
  .option('--db <file>', 'the database, made and filled where there is none', '.rejoin/sample.db')
  .option('--postgres <url>', 'a PostgreSQL instead, as postgres://user:password@host:port/database')
  .action(async ({ postgres, ...choice }: { db: string; port: number; postgres?: string }) => {
    try {
      await start({ ...choice, db: postgres ?? choice.db })
    } catch (error) {
      if (!(error instanceof FaultError)) throw error
      for (const fault of error.faults) processTerminal.err(faultText(fault))
      process.exitCode = 1
    }
  })

// `pnpm start -- --port N` hands on the two dashes
await command.parseAsync(
  process.argv.slice(2).filter((argument, index) => !(index === 0 && argument === '--')),
  { from: 'user' },
)
