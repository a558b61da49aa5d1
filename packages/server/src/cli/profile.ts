import { readFile } from 'node:fs/promises'
import { compileSchema, type Fault, FaultError, faultText, profileText, type Schema } from '@rejoin/profile'
import { type Command, Option } from 'commander'
import { loadEnvironment } from '../environment/environment.ts'
import { openDatabase } from './database.ts'
import { readSchema } from './import.ts'
import type { Terminal } from './terminal.ts'

export interface FromSourceChoice {
  readonly name: string
  readonly schema?: string
  readonly db?: string
}

/** `rejoin profile …`: what is done with profiles from a shell. */
export const addProfileCommands = (program: Command, terminal: Terminal): void => {
  program
    .command('profile')
    .description('offline profiles')
    .command('from-source')
    .description('a draft of the profile an app needs, as JSON: tables, columns and relationships its code uses')
    .argument('<files...>', 'TypeScript or JavaScript files of the app')
    .addOption(new Option('--schema <file>', 'schema as JSON').conflicts('db'))
    .option('--db <file>', 'the database, for its schema')
    .option('--name <name>', 'name of the profile', 'Generated')
    .action((files: string[], choice: FromSourceChoice) => fromSource(files, choice, terminal))
}

/** @throws FaultError where a file cannot be read; what the source leaves open goes to the terminal's `err` */
export const fromSource = async (
  files: readonly string[],
  choice: FromSourceChoice,
  terminal: Terminal,
): Promise<void> => {
  // Only when asked for: a serving relay has no use for a parser.
  const { profileFromSource } = await import('../from-source/profile-from-source.ts')
  const schema = await schemaOf(choice)
  const texts = await Promise.all(files.map(async name => ({ name, text: await textOf(name) })))
  const { profile, online, left, faults } = profileFromSource(schema, texts, choice.name)
  for (const fault of faults) terminal.err(faultText(fault))
  for (const table of online) terminal.err(`table ${table}: is asked of the relay alone, and not downloaded`)
  for (const { table, relationship, why } of left) {
    terminal.err(`table ${table}, relationship ${relationship}: left out, ${why}`)
  }
  terminal.out(profileText(profile).trimEnd())
}

const schemaOf = async ({ schema, db }: FromSourceChoice): Promise<Schema> => {
  if (schema !== undefined) {
    const compiled = compileSchema(await readSchema(schema))
    if (!compiled.ok) throw new FaultError(compiled.faults)
    return compiled.value
  }
  if (db === undefined) throw new FaultError([noSchema])
  const storage = await openDatabase(db, { create: false })
  try {
    return (await storage.snapshot(loadEnvironment)).schema
  } finally {
    await storage.close()
  }
}

const noSchema: Fault = { code: 'usage', at: 'profile from-source', message: 'give --schema <file> or --db <file>' }

const textOf = async (name: string): Promise<string> => {
  try {
    return await readFile(name, 'utf8')
  } catch {
    throw new FaultError([{ code: 'file', at: name, message: 'cannot be read' }])
  }
}
