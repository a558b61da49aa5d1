import { type Command, Option } from 'commander'

export const dbOption = (description: string): Option => new Option('--db <file>', description)
export const postgresOption = (): Option =>
  new Option('--postgres <url>', 'a PostgreSQL instead, as postgres://user:password@host:port/database').conflicts('db')

/** A command works on a file or on a PostgreSQL; from here on both are `db`. */
export const onePlace = (_: Command, command: Command): void => {
  const { db, postgres } = command.opts<{ db?: string; postgres?: string }>()
  if (db === undefined && postgres === undefined) command.error('error: give --db <file> or --postgres <url>')
  if (postgres !== undefined) command.setOptionValue('db', postgres)
}
