/**
 * `npx pnpm conformance`: which statements are proven; `--mutate`: whether their tests can fail at all; `--url`,
 * `--device`: which hold of a running system, by scenarios that see nothing but what a person and an office see.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import { reportField } from '../field/field.ts'
import { prepareDatabase } from '../field/prepare.ts'
import { catalogue, families } from './catalogue.ts'
import { reportConformance } from './conformance.ts'
import { reportMutations } from './mutate.ts'
import { mutations } from './mutations.ts'

interface Flags {
  readonly only?: string
  readonly strict?: true
  readonly mutate?: true
  readonly json?: string
  readonly url?: string
  readonly token?: string
  readonly tokens?: string
  readonly device?: 'node' | 'chromium'
  readonly prepare?: string
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

const prepare = async (file: string): Promise<number> => {
  if (existsSync(file)) return refuse(`${file} is there already: name another file`)
  await prepareDatabase(file)
  console.log(`${file} holds the environment of the suite. Serve it:\n\n    ${SERVE.replace('FILE', file)}`)
  return 0
}

const SERVE = 'npx pnpm rejoin serve --db FILE --dev-issuer --commands packages/conformance/src/field/environment.ts'

const conformance = (flags: Flags): Promise<number> | number => {
  const codes = families.map(family => family.code)
  const only = listed(flags.only).map(code => code.toUpperCase())
  const unknown = only.filter(code => !codes.includes(code))
  if (unknown.length > 0) return refuse(`no family ${unknown.join(', ')} (there are ${codes.join(', ')})`)
  const asked = { only, strict: flags.strict === true, ...(flags.json === undefined ? {} : { json: flags.json }) }
  const { url, tokens, device, token = process.env['REJOIN_TOKEN'] } = flags
  if (url === undefined && device === undefined) return reportConformance({ root, ...asked })
  const relay = { ...(url === undefined ? {} : { url }), ...(tokens === undefined ? {} : { tokens }) }
  return reportField({ ...asked, ...relay, device: device ?? 'node', ...(token === undefined ? {} : { token }) })
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
  .option('--url <url>', 'play the scenarios against this relay, which serves what --prepare made')
  .option('--token <token>', "its administrator's token; default REJOIN_TOKEN, else as its development sign-in gives")
  .option('--tokens <file>', 'JSON of the tokens of its people, where it has no development sign-in')
  .addOption(new Option('--device <where>', 'play the scenarios by devices there').choices(['node', 'chromium']))
  .option('--prepare <file>', 'make a database with the environment of the scenarios, for a relay to serve')
  .allowExcessArguments(false)

// pnpm hands on a `--` between script and options.
command.parse(process.argv.filter(word => word !== '--'))
const flags = command.opts<Flags>()
// Ends through `exit`, so that no process of ours outlives it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
process.exitCode = await (flags.prepare !== undefined
  ? prepare(flags.prepare)
  : flags.mutate === true
    ? mutate(flags)
    : conformance(flags))
