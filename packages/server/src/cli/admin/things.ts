import type { Command } from 'commander'
import type { Terminal } from '../terminal.ts'
import { explainLeaf } from './inquiry.ts'
import { addLeaf, type Leaf, partsOf, readJsonFile, type Work } from './leaf.ts'

/** One kind of thing that is listed, shown, made, changed and removed. */
interface Kind {
  readonly word: string
  readonly plural: string
  readonly about: string
  /** names of the parts of its id */
  readonly ids: readonly string[]
  readonly options: Leaf['options']
}

const kinds: readonly Kind[] = [
  {
    word: 'user',
    plural: 'users',
    about: 'who may sign in',
    ids: ['id'],
    options: [
      ['--name <text>', 'as people write it'],
      ['--unit <id>', 'business unit'],
      ['--manager <id>', 'the user above'],
      ['--roles <name...>', 'all roles of his own'],
      ['--time-zone <name>', 'such as Europe/Berlin'],
      ['--language <code>', 'as the schema spells it'],
      ['--position <text>', 'what he does'],
    ],
  },
  {
    word: 'team',
    plural: 'teams',
    about: 'users who own records together',
    ids: ['id'],
    options: [
      ['--name <text>', 'as people write it'],
      ['--unit <id>', 'business unit'],
      ['--members <id...>', 'all its users'],
      ['--roles <name...>', 'roles of every member'],
    ],
  },
  {
    word: 'unit',
    plural: 'units',
    about: 'business units',
    ids: ['id'],
    options: [
      ['--name <text>', 'as people write it'],
      ['--parent <id>', 'the unit above'],
    ],
  },
  {
    word: 'share',
    plural: 'shares',
    about: 'records opened to a user or team',
    ids: ['table', 'record', 'with'],
    options: [['--rights <right...>', 'read, write, delete']],
  },
  {
    word: 'app',
    plural: 'apps',
    about: 'which profiles have effect in an app; * is any app without an entry',
    ids: ['name'],
    options: [
      ['--profiles <id...>', 'all that are attached'],
      ['--default <id>', 'of everybody who has none of them'],
    ],
  },
  { word: 'role', plural: 'roles', about: 'rights by table', ids: ['name'], options: [['--admin', 'administers']] },
]

/** `rejoin user|team|unit|share|app|role …` */
export const addThings = (program: Command, terminal: Terminal): void => {
  for (const kind of kinds) {
    const parent = program.command(kind.word).description(kind.about)
    for (const leaf of [...leavesOf(kind), ...(more[kind.word] ?? [])]) addLeaf(parent, leaf, terminal)
  }
  addLeaf(program, audit, terminal)
  addLeaf(program, explainLeaf, terminal)
}

const leavesOf = ({ word, plural, ids, options = [] }: Kind): Leaf[] => {
  const args = ids.map(id => `<${id}>`)
  const addressOf = ({ args: given }: Work): string => `/${plural}/${partsOf(...given)}`
  const named = ({ args: given }: Work): string => `${word} ${given.join(' ')}`
  return [
    {
      name: 'list',
      about: `the ${plural}`,
      options: [
        ['--search <text>', 'a part of id or name'],
        ['--after <id>', 'those after this one'],
      ],
      run: async ({ office, options: { search, after }, show }) => {
        const query = new URLSearchParams({
          limit: '1000',
          ...(typeof search === 'string' ? { search } : {}),
          ...(typeof after === 'string' ? { after } : {}),
        })
        const { body } = await office.ask('GET', `/${plural}?${query}`)
        show((body as { rows: unknown[] }).rows)
      },
    },
    {
      name: 'show',
      about: `one ${word}`,
      args,
      run: async work => work.show((await work.office.ask('GET', addressOf(work))).body),
    },
    {
      name: 'add',
      about: `make a ${word}`,
      args,
      options: [...options, ['--file <file>', 'the rest of it as JSON']],
      run: async work => {
        const json = { ...(await contentOf(work)), ...idsOf(ids, work.args) }
        await work.office.ask('PUT', addressOf(work), { json, headers: { 'if-none-match': '*' } })
        work.say(`made ${named(work)}`)
      },
    },
    {
      name: 'set',
      about: `change a ${word}; what is not given stays, an empty text takes it away`,
      args,
      options: [...options, ['--file <file>', 'the rest of it as JSON']],
      run: async work => {
        const { body, etag = '*' } = await work.office.ask('GET', addressOf(work))
        const json = { ...(body as object), ...(await contentOf(work)) }
        const kept = Object.fromEntries(Object.entries(json).filter(([, value]) => value !== ''))
        await work.office.ask('PUT', addressOf(work), { json: kept, headers: { 'if-match': etag } })
        work.say(`changed ${named(work)}`)
      },
    },
    {
      name: 'remove',
      about: `remove a ${word}`,
      args,
      run: async work => {
        await work.office.ask('DELETE', addressOf(work))
        work.say(`removed ${named(work)}`)
      },
    },
  ]
}

const idsOf = (ids: readonly string[], args: readonly string[]): Record<string, string> =>
  Object.fromEntries(ids.map((id, index) => [id, args[index]!]))

/** Options are called as the fields are; those of the place are none. */
const contentOf = async ({ options }: Work): Promise<Record<string, unknown>> => {
  const { db: _db, postgres: _postgres, url: _url, token: _token, json: _json, file, language, ...fields } = options
  return {
    ...(typeof file === 'string' ? ((await readJsonFile(file)) as object) : {}),
    ...Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, withoutBlanks(value)])),
    ...(language === undefined ? {} : { language: /^\d+$/.test(String(language)) ? Number(language) : language }),
  }
}

/** `--roles ''` says that there are none. */
const withoutBlanks = (value: unknown): unknown => (Array.isArray(value) ? value.filter(part => part !== '') : value)

const member = (name: string, joins: boolean): Leaf => ({
  name,
  about: joins ? 'take users into a team' : 'let users out of a team',
  args: ['<team>', '<users...>'],
  run: async ({ args: [team, ...users], office, say }) => {
    for (const user of users) {
      await office.ask(joins ? 'PUT' : 'DELETE', `/teams/${partsOf(team)}/members/${partsOf(user)}`)
    }
    say(`${users.join(', ')} ${joins ? 'joined' : 'left'} team ${team}`)
  },
})

const more: Readonly<Record<string, readonly Leaf[]>> = {
  user: [
    {
      name: 'profiles',
      about: 'which profile he has in each app, and why',
      args: ['<id>'],
      run: async ({ args: [id], office, show }) => {
        const { body } = await office.ask('GET', `/users/${partsOf(id)}/profiles`)
        show((body as { rows: unknown[] }).rows)
      },
    },
    {
      name: 'conflicts',
      about: 'users whom several profiles claim alike',
      run: async ({ office, show }) => show(((await office.ask('GET', '/conflicts')).body as { rows: unknown[] }).rows),
    },
    {
      name: 'resolved',
      about: 'what filters and rights ask about him',
      args: ['<id>'],
      run: async ({ args: [id], office, show }) =>
        show((await office.ask('GET', `/users/${partsOf(id)}/resolved`)).body),
    },
  ],
  team: [member('join', true), member('leave', false)],
}

const audit: Leaf = {
  name: 'audit',
  about: 'who changed what and when, newest first',
  options: [['--limit <number>', 'how many']],
  run: async ({ office, options: { limit = '50', json }, show }) => {
    const { body } = await office.ask('GET', `/audit?limit=${encodeURIComponent(String(limit))}`)
    const { changes } = body as { changes: { number: number; at: number; by: string; what: string }[] }
    show(
      json === true
        ? changes
        : changes.map(({ number, at, by, what }) => ({ number, at: new Date(at).toISOString(), by, what })),
    )
  },
}
