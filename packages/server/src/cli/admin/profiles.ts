import { writeFile } from 'node:fs/promises'
import { FaultError, type Fault, type ProfileDifference } from '@rejoin/profile'
import type { Command } from 'commander'
import type { ServingCost } from '../../inquiry/serving.ts'
import { differenceLines } from '../difference.ts'
import type { Terminal } from '../terminal.ts'
import { profileInquiries, servingLines } from './inquiry.ts'
import { addLeaf, type Leaf, partsOf, readJsonFile, type Work } from './leaf.ts'

/** `rejoin profile …` on an environment. */
export const addProfiles = (parent: Command, terminal: Terminal): void => {
  for (const leaf of [...leaves, ...profileInquiries]) addLeaf(parent, leaf, terminal)
}

const addressOf = (id: string | undefined): string => `/profiles/${partsOf(id)}`

interface Shown {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly version?: number
  readonly members: { readonly users: unknown; readonly teams: unknown }
  readonly pending?: readonly unknown[]
  readonly drift?: unknown
  readonly serving?: ServingCost
  readonly apps: readonly string[]
}

const line = ({ id, name, state, version, members, pending = [], drift, apps }: Shown) => ({
  id,
  name,
  state,
  version,
  users: members.users,
  teams: members.teams,
  apps,
  pending: pending.length,
  drift: drift === undefined ? '' : 'yes',
})

const asking =
  (method: string, what: string, path: string = '', headers: Readonly<Record<string, string>> = {}) =>
  async ({ args: [id], office, say }: Work): Promise<Partial<Shown>> => {
    const { body } = await office.ask(method, `${addressOf(id)}${path}`, { headers })
    const shown = (body ?? {}) as Partial<Shown>
    const { version, state } = shown
    say(`${what} profile ${id}${version === undefined ? '' : `, ${state} at version ${version}`}`)
    return shown
  }

const members =
  (change: 'add' | 'remove') =>
  async ({ args: [id], options: { users, teams }, office, say }: Work): Promise<void> => {
    const { body } = await office.ask('PATCH', `${addressOf(id)}/members`, { json: { [change]: { users, teams } } })
    const { members: now } = body as { members: { users: string[]; teams: string[] } }
    say(`profile ${id} has ${now.users.length} users and ${now.teams.length} teams`)
  }

const membersOptions = [
  ['--users <id...>', 'users'],
  ['--teams <id...>', 'teams'],
] as const

const vendorTable = (takes: boolean): Leaf => ({
  name: takes ? 'take' : 'refuse',
  about: `${takes ? 'take' : 'refuse'} the vendor's filter of a table`,
  args: ['<id>', '<table>'],
  run: async ({ args: [id, table], office, say }) => {
    await office.ask('POST', `${addressOf(id)}/vendor/${partsOf(table)}/${takes ? 'take' : 'refuse'}`)
    say(`${takes ? 'took' : 'refused'} the vendor's filter of ${table} in profile ${id}`)
  },
})

const leaves: readonly Leaf[] = [
  {
    name: 'list',
    about: 'the profiles with state, version, members and apps',
    run: async ({ office, options: { json }, show }) => {
      const { rows } = (await office.ask('GET', '/profiles')).body as { rows: Shown[] }
      show(json === true ? rows : rows.map(line))
    },
  },
  {
    name: 'show',
    about: 'one profile',
    args: ['<id>'],
    run: async ({ args: [id], office, show }) => show((await office.ask('GET', addressOf(id))).body),
  },
  {
    name: 'export',
    about: 'its content as one JSON document, fit for git',
    args: ['<id>'],
    options: [['--out <file>', 'into a file']],
    run: async ({ args: [id], options: { out }, office, say }) => {
      const { text } = await office.ask('GET', `${addressOf(id)}/export`)
      if (typeof out !== 'string') return say(text.trimEnd())
      await writeFile(out, text)
    },
  },
  {
    name: 'import',
    about: 'put a document in as the next draft; a profile that is not there is made',
    args: ['<id>', '<file>'],
    run: async ({ args: [id, file], office, say }) => {
      const json = await readJsonFile(file!)
      const known = await office.ask('GET', addressOf(id)).catch(unlessMissing)
      const headers: Record<string, string> =
        known?.etag === undefined ? { 'if-none-match': '*' } : { 'if-match': known.etag }
      const { body } = await office.ask('PUT', addressOf(id), { json, headers })
      say(`profile ${id} is ${(body as Shown).state}`)
    },
  },
  {
    name: 'validate',
    about: 'every fault of its draft; exit code 1 where there is one',
    args: ['<id>'],
    options: [['--file <file>', 'of this document instead']],
    run: async ({ args: [id], options: { file }, office, say }) => {
      const asked = typeof file === 'string' ? { json: await readJsonFile(file) } : {}
      const { body } = await office.ask('POST', `${addressOf(id)}/validate`, asked)
      const { faults } = body as { faults: readonly Fault[] }
      if (faults.length > 0) throw new FaultError(faults)
      say(`profile ${id} may be published`)
    },
  },
  {
    name: 'publish',
    about: 'validate it and bring it to devices',
    args: ['<id>'],
    run: async work => {
      const { etag = '' } = await work.office.ask('GET', addressOf(work.args[0]))
      const shown = await asking('POST', 'published', '/publish', { 'if-match': etag })(work)
      if (shown.serving !== undefined) for (const line of servingLines(shown.serving)) work.say(line)
    },
  },
  {
    name: 'discard',
    about: 'go back to what is published',
    args: ['<id>'],
    run: asking('POST', 'discarded the draft of', '/discard'),
  },
  { name: 'remove', about: 'remove one that no app has', args: ['<id>'], run: asking('DELETE', 'removed') },
  {
    name: 'copy',
    about: 'a profile of its own',
    args: ['<id>', '<to>'],
    options: [['--name <text>', 'default: the new id']],
    run: async ({ args: [id, to], options: { name = to }, office, say }) => {
      await office.ask('POST', `${addressOf(id)}/copy`, { json: { id: to, name } })
      say(`copied profile ${id} to ${to}`)
    },
  },
  {
    name: 'difference',
    about: 'how two versions differ; without --to the draft',
    args: ['<id>'],
    options: [
      ['--from <version>', 'version before'],
      ['--to <version>', 'version after'],
    ],
    run: async ({ args: [id], options: { from = '1', to, json }, office, show, say }) => {
      const query = new URLSearchParams({ from: String(from), ...(to === undefined ? {} : { to: String(to) }) })
      const { body } = await office.ask('GET', `${addressOf(id)}/difference?${query}`)
      if (json === true) show(body)
      else for (const line of differenceLines(body as ProfileDifference)) say(line)
    },
  },
  { name: 'assign', about: 'give it to users and teams', args: ['<id>'], options: membersOptions, run: members('add') },
  { name: 'unassign', about: 'take it from them', args: ['<id>'], options: membersOptions, run: members('remove') },
  {
    name: 'receive',
    about: 'the vendor’s next default, from a document',
    args: ['<id>', '<file>'],
    run: async ({ args: [id, file], office, show }) => {
      const { body } = await office.ask('PUT', `${addressOf(id)}/vendor`, { json: await readJsonFile(file!) })
      const { pending = [] } = body as Shown
      show(pending)
    },
  },
  vendorTable(true),
  vendorTable(false),
]

const unlessMissing = (error: unknown): undefined => {
  if (error instanceof FaultError && error.faults.some(({ code }) => code === 'not-found')) return undefined
  throw error
}
