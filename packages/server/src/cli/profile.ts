import { readFile } from 'node:fs/promises'
import {
  checkProfile,
  compareProfiles,
  compileSchema,
  type Fault,
  FaultError,
  faultText,
  type ProfileLimits,
  type ProfileSource,
  profileText,
  readProfile,
  relationshipCount,
  type Schema,
} from '@rejoin/profile'
import { type Command, Option } from 'commander'
import { loadEnvironment } from '../environment/environment.ts'
import { addProfiles } from './admin/profiles.ts'
import { openDatabase } from './database.ts'
import { differenceLines, filterText } from './difference.ts'
import { readSchema } from './import.ts'
import { aligned, type Terminal } from './terminal.ts'

/** `rejoin profile …`: those of an environment, and profiles as files, for those who keep them in git. */
export const addProfileCommands = (program: Command, terminal: Terminal): void => {
  const profile = program.command('profile').description('offline profiles: of an environment, and as files')
  addProfiles(profile, terminal)
  profile
    .command('check')
    .description('every fault of a profile on a schema; fails where it could not be published')
    .argument('<profile>', 'profile as JSON')
    .addOption(schemaOption())
    .option('--db <file>', 'the database, for its schema and limits')
    .action((file: string, choice: SchemaChoice) => check(file, choice, terminal))
  profile
    .command('compare')
    .description('how two versions of a profile differ')
    .argument('<before>', 'profile as JSON')
    .argument('<after>', 'profile as JSON')
    .action((before: string, after: string) => compare(before, after, terminal))
  profile
    .command('from-source')
    .description('a draft of the profile an app needs, as JSON: tables, columns and relationships its code uses')
    .argument('<files...>', 'TypeScript or JavaScript files of the app')
    .addOption(schemaOption())
    .option('--db <file>', 'the database, for its schema')
    .option('--name <name>', 'name of the profile', 'Generated')
    .action((files: string[], choice: FromSourceChoice) => fromSource(files, choice, terminal))
}

const schemaOption = (): Option => new Option('--schema <file>', 'schema as JSON').conflicts('db')

interface SchemaChoice {
  readonly schema?: string
  readonly db?: string
}

interface FromSourceChoice extends SchemaChoice {
  readonly name: string
}

const check = async (file: string, choice: SchemaChoice, terminal: Terminal): Promise<void> => {
  const profile = await profileIn(file)
  const { schema, limits } = await schemaOf(choice, 'check')
  const faults = checkProfile(schema, profile, limits)
  if (faults.length > 0) throw new FaultError(faults)
  const counts = new Map(relationshipCount(schema, profile, limits?.relationships).map(each => [each.table, each]))
  const rows = profile.items.map(({ table, filter, columns }) => {
    const { count = 0, most = 0 } = counts.get(table) ?? {}
    const selected = columns === undefined ? 'all columns' : `${columns.length} columns`
    return [table, selected, `${count} of ${most} relationships`, filterText(filter)]
  })
  for (const line of aligned(rows)) terminal.out(line)
}

const compare = async (before: string, after: string, terminal: Terminal): Promise<void> => {
  const difference = compareProfiles(await profileIn(before), await profileIn(after))
  for (const line of differenceLines(difference)) terminal.out(line)
}

/** What the source leaves open goes to the terminal's `err`. */
const fromSource = async (files: readonly string[], choice: FromSourceChoice, terminal: Terminal): Promise<void> => {
  // Only when asked for: a serving relay has no use for a parser.
  const { profileFromSource } = await import('../from-source/profile-from-source.ts')
  const { schema } = await schemaOf(choice, 'from-source')
  const texts = await Promise.all(files.map(async name => ({ name, text: await textOf(name) })))
  const { profile, online, left, faults } = profileFromSource(schema, texts, choice.name)
  for (const fault of faults) terminal.err(faultText(fault))
  for (const table of online) terminal.err(`table ${table}: is asked of the relay alone, and not downloaded`)
  for (const { table, relationship, why } of left) {
    terminal.err(`table ${table}, relationship ${relationship}: left out, ${why}`)
  }
  terminal.out(profileText(profile).trimEnd())
}

const profileIn = async (file: string): Promise<ProfileSource> => {
  const read = readProfile(await textOf(file))
  if (!read.ok) throw new FaultError(read.faults.map(fault => ({ ...fault, at: `${file}, ${fault.at}` })))
  return read.value
}

const schemaOf = async (
  { schema, db }: SchemaChoice,
  command: string,
): Promise<{ schema: Schema; limits?: ProfileLimits | undefined }> => {
  if (schema !== undefined) {
    const compiled = compileSchema(await readSchema(schema))
    if (!compiled.ok) throw new FaultError(compiled.faults)
    return { schema: compiled.value }
  }
  if (db === undefined) throw new FaultError([noSchema(command)])
  const storage = await openDatabase(db, { create: false })
  try {
    const environment = await storage.snapshot(loadEnvironment)
    return { schema: environment.schema, limits: environment.settings.limits }
  } finally {
    await storage.close()
  }
}

const noSchema = (command: string): Fault => ({
  code: 'usage',
  at: `profile ${command}`,
  message: 'give --schema <file> or --db <file>',
})

const textOf = async (name: string): Promise<string> => {
  try {
    return await readFile(name, 'utf8')
  } catch {
    throw new FaultError([{ code: 'file', at: name, message: 'cannot be read' }])
  }
}
