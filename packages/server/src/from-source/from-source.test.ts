import { readFileSync } from 'node:fs'
import { checkProfile, compileSchema, FaultError, relatedItems, type Schema } from '@rejoin/profile'
import { describe, expect, test } from 'vitest'
import { sampleSchema } from '../sample/schema/schema.ts'
import { profileFromSource } from './profile-from-source.ts'
import { usesOf } from './uses.ts'

const schema = ((): Schema => {
  const compiled = compileSchema(sampleSchema)
  if (!compiled.ok) throw new FaultError(compiled.faults)
  return compiled.value
})()
const app = {
  name: 'sample-app.tsx',
  text: readFileSync(new URL('sample-app.fixture.tsx', import.meta.url), 'utf8'),
}

describe('a profile from the source of an app', () => {
  const { profile, online, left, faults } = profileFromSource(schema, [app], 'Technician')
  const items = new Map(profile.items.map(item => [item.table, item]))

  test('[PR20] has the tables the code uses, without filters, and nothing asked of the relay', () => {
    expect([...items.keys()]).toEqual([
      'account',
      'bookableresourcebooking',
      'customerasset',
      'workorder',
      'workorderincident',
      'workorderservicetask',
    ])
    for (const { filter } of items.values()) expect(filter).toEqual({ kind: 'all' })
    expect(online).toEqual(['product'])
  })

  test('[PR20] has the columns the code reads, asks for, sorts by and writes', () => {
    expect(Object.fromEntries([...items].map(([table, { columns }]) => [table, columns]))).toEqual({
      account: ['city'],
      bookableresourcebooking: ['endTime', 'ownerid', 'startTime', 'workorder'],
      customerasset: ['account', 'product', 'serialNumber'],
      workorder: ['account', 'status', 'subject'],
      workorderincident: ['asset', 'workorder'],
      workorderservicetask: ['done', 'lineOrder', 'result', 'workorder'],
    })
  })

  test('[PR20] has the relationships by which the code goes from row to row, as far as they fit together', () => {
    const chosen = relatedItems(schema, profile).flatMap(({ item, reaches }) =>
      reaches.map(({ by, side, relationship }) => `${by} -> ${item.table} (${side}) ${relationship}`),
    )
    expect(chosen).toEqual([
      'bookableresourcebooking -> workorder (one) bookableresourcebooking_workorder',
      'workorder -> workorderincident (many) workorderincident_workorder',
      'workorderincident -> customerasset (one) workorderincident_asset',
      // the order of `order.account` came by a property: any table with a lookup of that name could be meant
      'customerasset -> account (one) customerasset_account',
      'workorder -> account (one) workorder_account',
      'workorder -> workorderservicetask (many) workorderservicetask_workorder',
    ])
    expect(left).toEqual([])
  })

  test('[PR20] can be published', () => {
    expect(faults).toEqual([])
    expect(checkProfile(schema, profile)).toEqual([])
  })
})

test('[PR20] the first app of the README', () => {
  const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8')
  const text = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const { profile, faults } = profileFromSource(schema, [{ name: 'first.ts', text }], 'First')
  expect(faults).toEqual([])
  expect(profile.items).toEqual([{ table: 'workorder', filter: { kind: 'all' }, columns: ['name', 'notes', 'status'] }])
})

test('[PR20] a table is named by a text, or by a constant of any file', () => {
  const { tables, faults } = usesOf(schema, [
    { name: 'app.ts', text: 'rejoin.table(ORDERS).get(1).city; rejoin.table(`product`)' },
    { name: 'names.ts', text: "export const ORDERS = 'workorder' as const" },
  ])
  expect(faults).toEqual([])
  expect([...tables]).toEqual([
    ['workorder', new Set(['city'])],
    ['product', new Set()],
  ])
})

describe('rows are followed', () => {
  const columnsOf = (text: string, table = 'workorder'): string[] => {
    const { tables, faults } = usesOf(schema, [{ name: 'app.tsx', text }])
    expect(faults).toEqual([])
    return [...(tables.get(table) ?? [])].toSorted()
  }
  const open = `const open = rejoin.table('workorder').query({})\n`
  // the other table of each has the same column: were the row lost, it would be counted there too
  const other = `rejoin.table('account').query({})\n`

  test.each([
    ['a variable', `${open}const [first] = open.current; first.city`],
    ['a callback', `${open}open.subscribe(rows => rows.map(row => row.city))`],
    ['a loop', `${open}for (const { city } of open.current) show(city)`],
    ['an index, an assertion, a default', `${open};(open.current[0]! as Row ?? none).city`],
    ['an exported function', `load().city; export function load() { return rejoin.table('workorder').get(1) }`],
    ['a promise', `rejoin.table('workorder').query().then(rows => { console.table(rows); return rows[0].city })`],
    ['a function', `function load() { return rejoin.table('workorder').get(1) }\nload()?.city`],
    ['a variable filled later', `let row; if (x) { row = rejoin.table('workorder').get(1) }\nrow.city`],
    ['a name another one hides', `${open}const f = (open) => open.name; open.current[0].city`],
  ])('through %s', (_, text) => {
    expect(columnsOf(`${other}${text}`)).toContain('city')
    expect(columnsOf(`${other}${text}`, 'account')).not.toContain('city')
  })

  test('and where they are lost, a name counts for every table that has such a column', () => {
    const text = `${other}${open}show(open.current); const show = rows => rows[0].city`
    expect([columnsOf(text), columnsOf(text, 'account')]).toEqual([['city'], ['city']])
  })
})

test.each([
  ['a table nobody knows', `const x = 1\nrejoin.table('gone').query()`, 'unknown-table app.ts, line 2'],
  ['a table named when the app runs', `rejoin.table(name).query()`, 'unknown-name app.ts, line 1'],
  ['a file that is no source', `rejoin.table('account'`, 'syntax app.ts, line 1'],
])('%s is told with its place', (_, text, fault) => {
  const { faults } = profileFromSource(schema, [{ name: 'app.ts', text }], 'App')
  expect(faults.map(({ code, at }) => `${code} ${at}`)).toEqual([fault])
})

test('relationships that would make a circle, or too many, are left and told', () => {
  const text = `
    const order = rejoin.table('workorder').get(1)
    const account = rejoin.table('account').get(order.account)
    rejoin.table('contact').get(account.primarycontact)
    rejoin.table('contact').query({ where: { account: account.accountid } })
    rejoin.table('account').get(rejoin.table('contact').get(2).account)`
  const { profile, left } = profileFromSource(schema, [{ name: 'app.ts', text }], 'App')
  expect(left).toMatchInlineSnapshot(`
    [
      {
        "relationship": "contact_account",
        "table": "account",
        "why": "makes a circle: contact -> account -> contact",
      },
    ]
  `)
  expect(checkProfile(schema, profile)).toEqual([])
})
