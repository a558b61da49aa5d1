import type { Drift } from '@rejoin/profile'
import type { DryRun } from '../../inquiry/dry-run.ts'
import type { Explanation } from '../../inquiry/explain.ts'
import type { Gains } from '../../inquiry/gains.ts'
import type { ServingCost } from '../../inquiry/serving.ts'
import { aligned } from '../terminal.ts'
import { explanationLines } from './explanation.ts'
import { type Leaf, partsOf, type Work } from './leaf.ts'

/** What is asked of profiles before they are published, and of a record that somebody misses. */
const asked = async ({ office, options }: Work, path: string, names: readonly string[]): Promise<unknown> => {
  const query = new URLSearchParams(
    names.flatMap((name): [string, string][] => {
      const value = options[name]
      if (value === undefined) return []
      return [[name, Array.isArray(value) ? value.join(',') : String(value)]]
    }),
  )
  return (await office.ask('GET', `${path}?${query}`)).body
}

/** As JSON where that is asked for, as lines otherwise. */
const answered = <T>({ options, show, say }: Work, body: T, lines: (body: T) => readonly string[]): void => {
  if (options['json'] === true) show(body)
  else for (const line of lines(body)) say(line)
}

const users = ['--users <id...>', 'only these users; * for everybody'] as const
const limit = ['--limit <number>', 'how many users at most; default 100'] as const
const span = [
  ['--from <version>', 'version before; default what is published'],
  ['--to <version>', 'version after; default the draft'],
] as const

export const profileInquiries: readonly Leaf[] = [
  {
    name: 'dry-run',
    about: 'rows and bytes it would download, per user and table, without publishing it',
    args: ['<id>'],
    options: [['--version <number>', 'of this version; default the draft'], users, limit], // prettier-ignore
    run: async work => {
      const path = `/profiles/${partsOf(work.args[0])}/dry-run`
      const run = await asked(work, path, ['version', 'users', 'limit'])
      answered(work, run as DryRun & { of: number; serving: ServingCost }, dryRunLines)
    },
  },
  {
    name: 'gains',
    about: 'who gains and loses how many rows between two versions; with --user and --table, which',
    args: ['<id>'],
    options: [...span, users, limit, ['--user <id>', 'of this user'], ['--table <name>', 'ids of the rows of this table']], // prettier-ignore
    run: async work => {
      const { user, table } = work.options
      const path = `/profiles/${partsOf(work.args[0])}/gains`
      if (typeof user !== 'string' || typeof table !== 'string') {
        const found = (await asked(work, path, ['from', 'to', 'users', 'limit'])) as { users: Gains[] }
        return answered(work, found, gainsLines)
      }
      const rows: { change: string; id: string }[] = []
      for (const side of ['gained', 'lost'] as const) {
        for await (const id of idsOf(work, `${path}/${partsOf(user, table)}/${side}`)) rows.push({ change: side, id })
      }
      work.show(rows)
    },
  },
  {
    name: 'drift',
    about: 'columns and tables not selected yet, renamed or gone since it was published',
    args: ['<id>'],
    run: async work => {
      const drift = (await work.office.ask('GET', `/profiles/${partsOf(work.args[0])}/drift`)).body as Drift
      answered(work, drift, driftLines)
    },
  },
  {
    name: 'serving',
    about: 'indexes it needs, filters that read whole tables, filters that ask every listener',
    args: ['<id>'],
    options: [['--version <number>', 'of this version; default the draft']],
    run: async work => {
      const serving = await asked(work, `/profiles/${partsOf(work.args[0])}/serving`, ['version'])
      answered(work, serving as ServingCost, servingLines)
    },
  },
]

export const explainLeaf: Leaf = {
  name: 'explain',
  about: 'why a record is, is not, or is no longer on a user’s devices',
  args: ['<user>', '<table>', '<id>'],
  options: [
    ['--app <name>', 'in this app; default any'],
    ['--at <time>', 'what relative dates mean, such as 2026-11-18T09:00Z'],
  ],
  run: async work => {
    const [user = '', table = '', id = ''] = work.args
    const { app = '*', at } = work.options
    const query = new URLSearchParams({ user, table, id, app: String(app) })
    if (at !== undefined) query.set('at', String(Date.parse(String(at))))
    answered(work, (await work.office.ask('GET', `/explain?${query}`)).body as Explanation, explanationLines)
  },
}

async function* idsOf(work: Work, path: string): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const { from, to } = work.options
    const query = new URLSearchParams({ limit: '1000', after })
    if (from !== undefined) query.set('from', String(from))
    if (to !== undefined) query.set('to', String(to))
    const { ids } = (await work.office.ask('GET', `${path}?${query}`)).body as { ids: string[] }
    yield* ids
    if (ids.length < 1_000) return
    after = ids.at(-1)!
  }
}

const dryRunLines = ({
  users: sizes,
  total,
  over,
  of,
  serving,
}: DryRun & { of: number; serving: ServingCost }): string[] => [
  // prettier-ignore
  ...aligned([
    ['user', 'table', 'rows', 'bytes'],
    ...sizes.flatMap(({ user, rows, bytes, tables }) => [
      [user, '', rows, bytes],
      ...tables.map(part => ['', part.table, part.rows, `${part.bytes}${part.cut ? ' at most' : ''}`]),
    ]),
    [`${sizes.length} of ${of}`, '', total.rows, total.bytes],
  ]),
  ...over.map(({ user, table, rows, cap }) => `over the cap: ${user}${table === undefined ? '' : `, ${table}`} has ${rows} rows of ${cap}`), // prettier-ignore
  ...servingLines(serving),
]

const gainsLines = ({ users: found }: { users: readonly Gains[] }): string[] =>
  found.length === 0
    ? ['nobody gains or loses anything']
    : aligned([
        ['user', 'table', 'gains', 'loses', 'columns'],
        ...found.flatMap(({ user, tables }) =>
          tables.map(({ table, gained, lost, columns }) => [
            user,
            table,
            gained,
            lost,
            [...(columns?.gained.map(name => `+${name}`) ?? []), ...(columns?.lost.map(name => `-${name}`) ?? [])].join(' '), // prettier-ignore
          ]),
        ),
      ])

const driftLines = ({ added, renamed, broken }: Drift): string[] => {
  const lines = [
    ...added.map(({ table, column }) => `+ ${table}${column === undefined ? '' : `.${column}`} is not selected`),
    ...renamed.map(({ table, from, to }) => `~ ${table}.${from} is now ${to}, and arrives blank`),
    ...broken.map(({ at, message }) => `- ${at}: ${message}`),
  ]
  return lines.length === 0 ? ['no drift'] : lines
}

/** Said at each publication, too. */
export const servingLines = ({ indexes, scans, asksEach }: ServingCost): string[] => [
  ...indexes.map(({ table, column, made }) => `index ${table}.${column}${made ? '' : ' (made when it is published)'}`),
  ...scans.map(({ table, path, advice }) => `reads the whole table: ${table}, ${path === '' ? 'its filter' : path} (${advice})`), // prettier-ignore
  ...asksEach.map(({ table, advice }) => `asks every listener about each change: ${table} (${advice})`),
]
