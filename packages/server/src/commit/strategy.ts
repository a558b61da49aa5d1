import type { Person, Strategy } from '@rejoin/profile'
import type { Circumstances } from './answering.ts'

/**
 * The strategy in force for an edit's author. A custom one that fails must not decide: neither side may win by a bug, and
 * an author who is refused could do no more than wait for its developer. So the conflict becomes a question to him, with
 * both versions kept, as under `ask`; the bug is logged with strategy and record.
 */
export const strategyFor = (
  table: string,
  by: { readonly person: Person; readonly app?: string },
  { environment, log }: Pick<Circumstances, 'environment' | 'log'>,
): Strategy => {
  const name = environment.strategyOf(table, by)
  const strategy = environment.strategies.on(name, environment.schema.tables.get(table)!, bug => {
    log(bug)
    return 'ask'
  })
  if (strategy === undefined) throw new Error(`the environment names ${name}, which is no strategy of this relay`)
  return strategy
}
