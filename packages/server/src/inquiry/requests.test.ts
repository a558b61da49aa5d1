import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { compileSchema, type Filter, type ProfileItem, type SchemaSource } from '@rejoin/profile'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLoader } from '../cli/load.ts'
import { environmentEntries } from '../environment/environment.ts'
import { importCsv } from '../import/csv.ts'
import { mappingTable } from '../import/mapping.ts'
import { readMapping } from '../import/read-mapping.ts'
import { type Opened, openRelay } from '../routes/relay.fixture.ts'
import { requestsMappingPath } from '../sample/requests.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'

/** The service requests of St. Louis, with a profile for each ward and department, against counts over the file. */
const path: string = '/work/shared/data/requests-2009.csv'

interface Line {
  readonly REQUESTID: string
  readonly DESCRIPTION: string
  readonly STATUS: string
  readonly GROUP: string
  readonly WARD: string
  readonly SUBMITTO: string
  readonly DATETIMEINIT: string
}

describe.skipIf(!existsSync(path))('service requests by ward and department', () => {
  let opened: Opened
  let lines: readonly Line[]

  beforeAll(async () => {
    // Custom filters are of tables somebody owns (PR8).
    const source = { ...JSON.parse(readFileSync(requestsMappingPath, 'utf8')), ownership: 'user', owner: 'bureau' }
    const mapping = readMapping(JSON.stringify(source), requestsMappingPath)
    if (!mapping.ok) throw new Error(mapping.faults[0]?.message)
    const schema: SchemaSource = { tables: [mappingTable(mapping.value)] }
    const compiled = compileSchema(schema)
    if (!compiled.ok) throw new Error(compiled.faults[0]?.message)
    const storage = await openSqliteStorage({ path: ':memory:', newId: () => '0123456789abcdef' })
    const entries = environmentEntries({
      schema: { ...schema, roles: [{ name: 'chief', admin: true, tables: { '*': { read: 'all' } } }] },
      settings: { strategy: 'clientWins', strategies: {} },
      people: [{ id: 'olga', name: 'Olga', teams: [], roles: ['chief'] }],
      profiles: [{ id: 'requests', profile: { name: 'Requests', version: 1, items: [] }, members: { everyone: true } }],
    })
    await storage.commit({}, () => ({ result: undefined, entries }))
    const { write } = await createLoader({ storage, existing: 'keep' })
    const table = compiled.value.tables.get('request')!
    const report = await importCsv({ input: createReadStream(path), mapping: mapping.value, table, write })
    if (!report.ok) throw new Error(report.faults[0]?.message)
    opened = await openRelay({ storage })
    // Counted a second way: of an id that is repeated the first, and only rows that have what they must.
    const all = parse(readFileSync(path, 'utf8'), { columns: true }) as Line[]
    const firsts = new Map(all.toReversed().map(line => [line.REQUESTID, line]))
    lines = [...firsts.values()].filter(({ DESCRIPTION, STATUS, GROUP, DATETIMEINIT }) =>
      [DESCRIPTION, STATUS, GROUP, DATETIMEINIT].every(cell => cell.trim() !== ''),
    )
    expect(lines.length).toBe(report.value.written)
  }, 60_000)
  afterAll(() => opened?.close())

  const admin = async (path: string, init?: Parameters<Opened['ask']>[2]) => opened.ask('olga', `/api/admin/profiles/requests${path}`, init) // prettier-ignore
  const rowsWith = async (where: Filter): Promise<number> => {
    const items: readonly ProfileItem[] = [{ table: 'request', filter: { kind: 'custom', where } }]
    const headers = { 'if-match': (await admin('')).headers.get('etag')! }
    const put = await admin('', { method: 'PUT', headers, json: { name: 'Requests', items } })
    expect(put.status, await put.clone().text()).toBe(200)
    const run = await admin('/dry-run')
    expect(run.status, await run.clone().text()).toBe(200)
    return ((await run.json()) as { total: { rows: number } }).total.rows
  }
  const ward = (...value: string[]): Filter => ({ column: 'ward', op: 'in', value })
  const department = (value: string): Filter => ({ column: 'department', op: 'eq', value })
  const of = (line: Line): string => line.SUBMITTO.trim().replace(/,$/, '').trim().toLowerCase()

  test('[PR18] each ward has as many rows as the file has', async () => {
    const wards = [...new Set(lines.map(({ WARD }) => WARD))].filter(name => name !== '').toSorted()
    expect(wards.length).toBeGreaterThan(20)
    for (const name of wards) {
      const counted = lines.filter(line => line.WARD === name).length
      expect([name, await rowsWith(ward(name))]).toEqual([name, counted])
    }
    const counted = lines.filter(({ WARD }) => ['03', '12', '19'].includes(WARD)).length
    expect(await rowsWith(ward('03', '12', '19'))).toBe(counted)
  })

  test('[PR18] each department, too, whatever the case it is written in; and both together', async () => {
    const names = [...new Set(lines.map(of))].filter(name => name !== '')
    expect(names.length).toBeGreaterThan(5)
    for (const name of names) {
      const counted = lines.filter(line => of(line) === name).length
      expect([name, await rowsWith(department(name.toUpperCase()))]).toEqual([name, counted])
      const both = lines.filter(line => of(line) === name && line.WARD === '03').length
      expect(await rowsWith({ all: [department(name), ward('03')] })).toBe(both)
      const either = lines.filter(line => of(line) === name || line.WARD === '03').length
      expect(await rowsWith({ any: [department(name), ward('03')] })).toBe(either)
    }
  })
})
