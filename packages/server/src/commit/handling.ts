import { type Edit, type Handle, stepOf } from '@rejoin/profile'
import type { Circumstances } from './answering.ts'

/** The handler of an admitted command, run inside the commit on the record as it stands. Its bugs are logged here. */
export const handlerOf = (edit: Edit, { environment, commands, log }: Circumstances): Handle | undefined => {
  const { table, record, author, at, command: call } = edit
  const command = call === undefined ? undefined : commands(table, call.name)
  if (call === undefined || command === undefined) return undefined
  const run = stepOf(command, 'run', call, environment.schema.tables.get(table)!, { record, user: author, at })
  return standing => {
    const handled = run(standing)
    if ('thrown' in handled) log(handled.thrown)
    return handled
  }
}
