import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startRelayOn } from '../rig/relay.ts'
import { fieldEnvironment, PEOPLE, type Person } from './environment.ts'
import { askAs } from './office.ts'
import { prepareDatabase } from './prepare.ts'

/** A relay that serves the environment of the suite, and what its people sign in with. */
export interface FieldRelay {
  readonly url: string
  readonly tokens: Readonly<Record<Person, string>>
  close(): Promise<void>
}

/** Said where a relay is not fit to be tested, with what to do. */
export class Unfit extends Error {
  override readonly name = 'Unfit'
}

const COMMANDS = fileURLToPath(new URL('environment.ts', import.meta.url))

/** `rejoin serve` in a process of its own, on a database made for the run. */
export const startFieldRelay = async (): Promise<FieldRelay> => {
  const dir = await mkdtemp(join(tmpdir(), 'rejoin-field-relay-'))
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true })
  try {
    const db = join(dir, 'field.db')
    await prepareDatabase(db)
    const relay = await startRelayOn(db, ['--commands', COMMANDS])
    const close = async (): Promise<void> => {
      await relay.stop()
      await remove()
    }
    return { ...(await findFieldRelay(relay.url)), close }
  } catch (error) {
    await remove()
    throw error
  }
}

/**
 * A relay somebody else has started.
 *
 * @param given tokens of its people; of those who are not named the development sign-in gives them, on this machine
 * @throws Unfit where it cannot be reached, does not serve the environment, or lets its people not in
 */
export const findFieldRelay = async (
  address: string,
  given: Readonly<Partial<Record<Person, string>>> = {},
): Promise<FieldRelay> => {
  const url = address.replace(/\/$/, '')
  const tokens = { ...(await shownTokens(url)), ...given }
  const lacking = PEOPLE.filter(id => tokens[id] === undefined)
  if (lacking.length > 0) throw new Unfit(`no token of ${lacking.join(', ')} for ${url}\n${PREPARE}`)
  const found = { url, tokens: tokens as Record<Person, string>, close: async () => undefined }
  const faults = await faultsOf(found)
  if (faults.length > 0) throw new Unfit(`${url} is not fit for the suite: ${faults.join('; ')}\n${PREPARE}`)
  return found
}

const PREPARE = `Its relay serves a database of the suite's environment, made anew where an older one differs:

    npx pnpm conformance --prepare field.db
    npx pnpm rejoin serve --db field.db --dev-issuer --commands packages/conformance/src/field/environment.ts
    npx pnpm conformance --url http://127.0.0.1:8787

The development sign-in gives tokens on its own machine; for another one, --tokens FILE is JSON of ${PEOPLE.join(', ')}
and their tokens (\`rejoin token USER --db field.db\`, or of your own issuer), --token the administrator's (olga).`

/** Of the people the page of the development sign-in shows; none where there is no such page. */
const shownTokens = async (url: string): Promise<Partial<Record<Person, string>>> => {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw new Unfit(`nothing answers at ${url}: ${error instanceof Error ? error.message : String(error)}`)
  })
  if (response.headers.get('content-type')?.includes('json') !== true) return {}
  const { people = [] } = (await response.json()) as { people?: readonly { id: string; token: string }[] }
  return Object.fromEntries(people.map(({ id, token }) => [id, token]))
}

/** What it lacks, in words. */
const faultsOf = async ({ url, tokens }: FieldRelay): Promise<readonly string[]> => {
  const schema = await askAs(url, tokens.olga)('GET', '/admin/schema')
  if (schema.status !== 200) return [`olga may not administer it (${schema.status})`]
  const { tables } = schema.body as { tables: readonly { name: string; columns: readonly { name: string }[] }[] }
  const missing = fieldEnvironment.schema.tables.flatMap(({ name, columns }) => {
    const there = tables.find(table => table.name === name)
    if (there === undefined) return [`no table ${name}`]
    const names = new Set(there.columns.map(column => column.name))
    return columns.filter(column => !names.has(column.name)).map(column => `no column ${name}.${column.name}`)
  })
  const people = await Promise.all(
    PEOPLE.map(async id => {
      const { status } = await askAs(url, tokens[id])('GET', '/tables')
      return status === 200 ? [] : [`${id} is not let in (${status})`]
    }),
  )
  const { rows } = (await askAs(url, tokens.olga)('GET', '/admin/users/tim/profiles')).body as {
    rows?: readonly { app: string; version?: number }[]
  }
  const apps = ['field', 'catalogue'].filter(
    app => rows?.some(row => row.app === app && row.version !== undefined) !== true,
  )
  return [...missing, ...people.flat(), ...apps.map(app => `tim has no published profile in the app ${app}`)]
}

/** A page is let in by the origins the relay was told of. */
export const faultOfOrigin = async ({ url }: FieldRelay, origin: string): Promise<string | undefined> => {
  const { headers } = await fetch(`${url}/api/tables`, { headers: { origin }, signal: AbortSignal.timeout(10_000) })
  if (headers.get('access-control-allow-origin') !== null) return undefined
  return `${url} lets no page of ${origin} connect: start it with --origin 'http://127.0.0.1:*', or with --dev-issuer`
}
