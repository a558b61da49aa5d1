/** `npx pnpm conformance`: which statements are proven; `--mutate`: whether their tests can fail at all. */
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { catalogue, families } from './catalogue.ts'
import { reportConformance } from './conformance.ts'
import { reportMutations } from './mutate.ts'
import { mutations } from './mutations.ts'

interface Flags {
  readonly only?: string
  readonly strict?: true
  readonly mutate?: true
  readonly json?: string
}

const root = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '')

const listed = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')

const refuse = (message: string): number => {
  console.error(`conformance: ${message}`)
  return 2
}

const conformance = (flags: Flags): Promise<number> | number => {
  const codes = families.map(family => family.code)
  const only = listed(flags.only).map(code => code.toUpperCase())
  const unknown = only.filter(code => !codes.includes(code))
  if (unknown.length > 0) return refuse(`no family ${unknown.join(', ')} (there are ${codes.join(', ')})`)
  return reportConformance({
    root,
    only,
    strict: flags.strict === true,
    ...(flags.json === undefined ? {} : { json: flags.json }),
  })
}

const mutate = (flags: Flags): Promise<number> | number => {
  const names = listed(flags.only)
  const unknown = names.filter(name => !mutations.some(mutation => mutation.name === name))
  if (unknown.length > 0) return refuse(`no mutation ${unknown.join(', ')} in statements/mutations.ts`)
  const ids = new Set(catalogue.map(statement => statement.id))
  const astray = mutations.flatMap(each => each.proves.filter(id => !ids.has(id)).map(id => `${each.name}: ${id}`))
  if (astray.length > 0) return refuse(`mutations name unknown statements: ${astray.join(', ')}`)
  const chosen = mutations.filter(mutation => names.length === 0 || names.includes(mutation.name))
  return reportMutations({ root, mutations: chosen, ...(flags.json === undefined ? {} : { json: flags.json }) })
}

const command = new Command('conformance')
  .description('Which statements are proven by tests, or (--mutate) whether those tests can fail.')
  .option('--only <names>', 'families (CF,LW); with --mutate, mutations by name')
  .option('--strict', 'a statement without a test fails the run')
  .option('--mutate', 'damage a copy of the source, one mutation at a time, and expect red tests')
  .option('--json <file>', 'write the results as JSON')
  .allowExcessArguments(false)

// pnpm hands on a `--` between script and options.
command.parse(process.argv.filter(word => word !== '--'))
const flags = command.opts<Flags>()
process.exitCode = await (flags.mutate === true ? mutate(flags) : conformance(flags))
