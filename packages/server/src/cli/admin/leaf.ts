import { readFile } from 'node:fs/promises'
import { FaultError } from '@rejoin/profile'
import { type Command, Option } from 'commander'
import { dbOption, postgresOption } from '../place.ts'
import type { Terminal } from '../terminal.ts'
import type { Office, Place } from './office.ts'
import { showOne, showRows } from './shown.ts'

/** What a command is given: its arguments, its options, the office it works in, and how it says what came of it. */
export interface Work {
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
  readonly office: Office
  /** rows as a table, one thing as lines, or with --json either as it is */
  show(value: unknown): void
  say(line: string): void
}

export interface Leaf {
  readonly name: string
  readonly about: string
  /** as commander writes them: `<id>`, `<users...>` */
  readonly args?: readonly string[]
  readonly options?: readonly (readonly [flags: string, about: string])[]
  readonly run: (work: Work) => Promise<unknown>
}

/** A command that administers: on --db, --postgres, or at --url as the user of --token. */
export const addLeaf = (parent: Command, leaf: Leaf, terminal: Terminal): void => {
  const command = parent.command(leaf.name).description(leaf.about)
  for (const argument of leaf.args ?? []) command.argument(argument)
  for (const [flags, about] of leaf.options ?? []) command.option(flags, about)
  command
    .addOption(dbOption('the database'))
    .addOption(postgresOption())
    .addOption(new Option('--url <address>', 'a relay that runs, over its API').conflicts(['db', 'postgres']))
    .addOption(new Option('--token <token>', 'of an administrator, for --url').env('REJOIN_TOKEN'))
    .option('--json', 'as JSON')
    .action(async () => {
      const options = command.opts<Record<string, unknown>>()
      const place = placeOf(command)
      // Only when asked for: other commands have no use for the routes.
      const { openOffice } = await import('./office.ts')
      const office = await openOffice(place)
      try {
        await leaf.run({
          args: command.processedArgs.flat().filter(arg => arg !== undefined) as string[],
          options,
          office,
          show: value => show(value, options['json'] === true, terminal),
          say: terminal.out,
        })
      } finally {
        await office.close()
      }
    })
}

const placeOf = (command: Command): Place => {
  const { db, postgres, url, token } = command.opts<Place & { postgres?: string }>()
  const place = db ?? postgres
  if (place === undefined && url === undefined) {
    command.error('error: give --db <file>, --postgres <url>, or --url <address> with --token <token>')
  }
  return {
    ...(place === undefined ? {} : { db: place }),
    ...(url === undefined ? {} : { url }),
    ...(token === undefined ? {} : { token }),
  }
}

const show = (value: unknown, json: boolean, terminal: Terminal): void => {
  if (json) terminal.out(JSON.stringify(value, undefined, 2))
  else if (Array.isArray(value)) showRows(value as Record<string, unknown>[], terminal)
  else showOne(value as Record<string, unknown>, terminal)
}

/** @throws FaultError where it cannot be read or is no JSON */
export const readJsonFile = async (file: string): Promise<unknown> => {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new FaultError([{ code: 'file', at: file, message: 'cannot be read', fix: 'check the path' }])
  })
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new FaultError([{ code: 'json', at: file, message: 'is not JSON' }])
  }
}

export const partsOf = (...ids: readonly (string | undefined)[]): string =>
  ids.map(id => encodeURIComponent(id ?? '')).join('/')
