import { type Fault, FaultError, faultText, strategies } from '@rejoin/profile'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { addThings } from './admin/things.ts'
import type { EraseChoice } from './erase.ts'
import type { ImportChoice } from './import.ts'
import { inspect } from './inspect.ts'
import { dbOption, onePlace, postgresOption } from './place.ts'
import { addProfileCommands } from './profile.ts'
import { serve, type ServeChoice, untilStopped } from './serve.ts'
import { settings, type SettingsChoice } from './settings.ts'
import type { Terminal } from './terminal.ts'
import { token } from './token.ts'

/** Exit codes: 0 done, 1 a fault (said on standard error, with what to do), 2 wrong usage. */
export const run = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  try {
    await programOf(terminal).parseAsync([...args], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof FaultError)) throw error
    for (const fault of error.faults) terminal.err(faultText(fault))
    return error.faults.some(isUsage) ? 2 : 1
  }
}

const isUsage = ({ code }: Fault): boolean => code === 'usage'

const programOf = (terminal: Terminal): Command => {
  const program = new Command('rejoin')
    .description('The relay of Rejoin: serves an environment, fills it, looks into it.')
    .exitOverride()
    .configureOutput({ writeOut: text => terminal.out(text.trimEnd()), writeErr: text => terminal.err(text.trimEnd()) })
  program
    .command('serve')
    .description('serve the environment of a database')
    .addOption(dbOption('the database'))
    .addOption(postgresOption())
    .hook('preAction', onePlace)
    .option('--port <number>', 'port, 0 for any free one', portNumber, 8787)
    .option('--host <address>', 'address to listen on; the default is this machine alone', '127.0.0.1')
    .option('--dev-issuer', 'sign-in for development: the page shows tokens')
    .option('--jwks <url>', 'key set of your issuer')
    .option('--issuer <name>', 'who issues the tokens')
    .option('--audience <name>', 'for whom they are issued')
    .option('--origin <origin...>', 'pages that may connect, such as https://app.example or http://localhost:*')
    .option('--commands <module>', 'a module that exports `commands`, the named actions of your app')
    .addOption(listOption())
    .action(async (choice: ServeChoice) => {
      const serving = await serve(choice, terminal)
      await untilStopped()
      await serving.close()
    })
  program
    .command('import')
    .description('make or fill a database: a schema, and CSV files read by a mapping')
    .addOption(dbOption('the database, made where there is none'))
    .addOption(postgresOption())
    .hook('preAction', onePlace)
    .option('--schema <file>', 'schema as JSON')
    .option('--people <file>', 'users as JSON: id, name, unit, teams, roles; without any, admin is made')
    .option('--csv <file...>', 'CSV files, read by --mapping')
    .option('--mapping <file>', 'how they become records of a table')
    .addOption(
      new Option('--existing <what>', 'records that exist and differ').choices(['keep', 'replace']).default('keep'),
    )
    .option('--report <file>', 'write what was repaired and refused as JSON')
    .action(async (choice: ImportChoice) => {
      // Only when asked for: a serving relay has no use for readers of CSV and time zones, and they are heavy.
      const { importInto } = await import('./import.ts')
      await importInto(choice, terminal)
    })
  program
    .command('settings')
    .description(
      'show or change how conflicts are settled and when caches expire; a relay that serves the database follows',
    )
    .addOption(dbOption('the database'))
    .addOption(postgresOption())
    .hook('preAction', onePlace)
    .addOption(new Option('--strategy <name>', 'from now on').choices(Object.keys(strategies)))
    .option('--table <name>', 'for this table alone')
    .option('--cache-hours <n>', 'hours after its last refresh at which a cache expires', wholeHours)
    .action((choice: SettingsChoice) => settings(choice, terminal))
  program
    .command('token')
    .description('sign a development token for a user')
    .argument('<user>', 'id of the user')
    .addOption(dbOption('the database'))
    .addOption(postgresOption())
    .hook('preAction', onePlace)
    .option('--hours <number>', 'how long it is valid', positive, 12)
    .action((user: string, choice: { db: string; hours: number }) => token({ user, ...choice }, terminal))
  program
    .command('types')
    .description('row types of a schema, as TypeScript')
    .argument('<schema>', 'schema as JSON')
    .action(async (schema: string) => {
      const { types } = await import('./types.ts')
      await types(schema, terminal)
    })
  addProfileCommands(program, terminal)
  addThings(program, terminal)
  program
    .command('inspect')
    .description('tables, people, head and refused edits of a database')
    .addOption(dbOption('the database'))
    .addOption(postgresOption())
    .hook('preAction', onePlace)
    .option('--json', 'as JSON')
    .action((choice: { db: string; json?: boolean }) => inspect(choice, terminal))
  program
    .command('erase')
    .description(
      'erase data for good; a relay that serves the database follows, and does it itself at /api/admin/erasures',
    )
    .addOption(dbOption('the database'))
    .addOption(postgresOption())
    .hook('preAction', onePlace)
    .option('--record <table/id...>', 'these records')
    .option('--where <table.column=value...>', 'records in which a column has a value')
    .option('--owner <user>', 'all that a user owns')
    .option('--column <name...>', 'empty these columns only; without it records are purged')
    .option('--reason <text>', 'why; kept with the erasure')
    .option('--dry', 'only say which records')
    .option('--replay', 'bring a restored database up to the list')
    .option('--no-scrub', 'leave what was overwritten in the free pages of the file')
    .addOption(listOption())
    .action(async (choice: EraseChoice) => {
      const { erase } = await import('./erase.ts')
      await erase(choice, terminal)
    })
  return program
}

const listOption = (): Option =>
  new Option('--erasures <file>', 'the list of what was erased, kept apart from backups; default DB-erasures')
export const portNumber = (text: string): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return Number(text)
}

const wholeHours = (text: string): number => {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Hours are a whole number from 1 to 9999.')
  return Number(text)
}

const positive = (text: string): number => {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.')
  return value
}
