import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { compileSchema, FaultError, type Result, type Table } from '@rejoin/profile'
import { describe, expect, test } from 'vitest'
import { requestsFixturePath, requestsMappingPath } from '../sample/requests.ts'
import { importCsv, type ImportProgress, type NewRecord } from './csv.ts'
import { mappingTable, type Mapping } from './mapping.ts'
import { readMapping } from './read-mapping.ts'
import type { ImportReport } from './report.ts'

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new FaultError(result.faults)
  return result.value
}
const requests = must(readMapping(readFileSync(requestsMappingPath, 'utf8'), 'requests.mapping.json'))
const tableOf = (mapping: Mapping): Table => {
  const table = must(compileSchema({ tables: [mappingTable(mapping)] })).tables.get(mapping.table)
  if (table === undefined) throw new Error('no table')
  return table
}

interface Run {
  readonly result: Result<ImportReport>
  readonly written: Map<string, NewRecord>
  readonly batches: number[]
  readonly progress: ImportProgress[]
}
const run = async (input: Readable, mapping: Mapping, table: Table = tableOf(mapping)): Promise<Run> => {
  const written = new Map<string, NewRecord>()
  const batches: number[] = []
  const progress: ImportProgress[] = []
  const write = async (rows: readonly NewRecord[]): Promise<void> => {
    batches.push(rows.length)
    for (const row of rows) {
      expect(written.has(row.id)).toBe(row.replaces === true)
      written.set(row.id, row)
    }
  }
  const result = await importCsv({ input, mapping, table, write, onProgress: each => progress.push(each) })
  return { result, written, batches, progress }
}

const small: Mapping = {
  table: 'item',
  primaryKey: 'itemid',
  primaryName: 'name',
  key: { column: 'id' },
  columns: [
    { from: 'name', to: 'name', type: 'string', maxLength: 10 },
    { from: 'size', to: 'size', type: 'integer' },
  ],
}
const csv = (...lines: string[]): Readable => Readable.from([Buffer.from(lines.join('\n'))])

describe('the fixture with every defect', () => {
  const fixture = (): Promise<Run> => run(createReadStream(requestsFixturePath), requests)

  test('each refused row is reported with its line, its column and why, and no other row is lost', async () => {
    const { result, written } = await fixture()
    const report = must(result)
    expect(report.refused.list.map(({ line, kind, column }) => [line, kind, column])).toEqual([
      [12, 'repeated', 'REQUESTID'],
      [16, 'type', 'DATETIMEINIT'],
      [17, 'type', 'SRX'],
      [18, 'type', 'STATUS'],
      [19, 'type', 'WARD'],
      [19, 'type', 'NEIGHBORHOOD'],
      [20, 'required', 'DESCRIPTION'],
      [21, 'key', 'REQUESTID'],
      [22, 'key', 'REQUESTID'],
      [23, 'type', 'DESCRIPTION'],
      [24, 'columns', undefined],
      [25, 'columns', undefined],
      [26, 'malformed', undefined],
      [28, 'malformed', undefined],
      [29, 'malformed', undefined],
      [32, 'type', 'DATETIMEINIT'],
    ])
    expect(report.refused.rows).toBe(15)
    expect(report.refused.kinds).toEqual({ repeated: 1, type: 7, required: 1, key: 2, columns: 2, malformed: 3 })
    expect(report.emptyLines).toBe(1)
    expect(report.read).toBe(37)
    expect(report.written).toBe(report.read - report.refused.rows - 1)
    expect(written.size).toBe(report.written)
  })

  test('each repair is reported with its line, its column and what became of the value', async () => {
    const { result } = await fixture()
    const { repaired } = must(result)
    expect(repaired.list.map(({ line, kind, column }) => [line, kind, column])).toEqual([
      [7, 'capitals', 'STATUS'],
      [8, 'capitals', 'STATUS'],
      [9, 'blanks', 'DESCRIPTION'],
      [10, 'blanks', 'PROBADDRESS'],
      [11, 'repeated', 'REQUESTID'],
      [13, 'gap', 'DATETIMEINIT'],
      [14, 'fold', 'DATETIMEINIT'],
      [33, 'time-dropped', 'PRJCOMPLETEDATE'],
    ])
    expect(repaired.rows).toBe(8)
    expect(repaired.list[0]?.what).toBe('"Cancel" read as "CANCEL"')
  })

  test('values arrive in stored form: UTC by the zone of the file, choices, numbers, trimmed text', async () => {
    const { written } = await fixture()
    expect(written.get('5001')?.fields).toEqual({
      title: 'Inspect street tree',
      problem: 'Inspect street tree',
      status: 'closed',
      channel: 'web',
      category: 'Trees',
      department: 'FORESTRY',
      address: '101 ORCHARD LN',
      city: 'Elmford',
      zip: '90001',
      ward: '02',
      neighborhood: 2,
      easting: 880001,
      northing: 1000001.5,
      opened: '2019-06-02T13:01:00.000Z',
      due: '2019-07-01',
      inspected: '2019-06-02T05:00:00.000Z',
      closed: '2019-06-28T14:15:00.250Z',
    })
    expect(written.get('5009')?.fields).not.toHaveProperty('address')
    expect(written.get('5029')?.fields).toMatchObject({ title: '街路樹の点検', city: 'Нове Місто' })
  })

  test('a time in the skipped hour moves forward, one in the repeated hour is its first, a zone of its own counts', async () => {
    const { written } = await fixture()
    // Chicago 2019: 02:00 CST became 03:00 CDT on 10 March; 02:00 CDT became 01:00 CST on 3 November
    expect(written.get('5010')?.fields['opened']).toBe('2019-03-10T08:30:00.000Z')
    expect(written.get('5011')?.fields['opened']).toBe('2019-11-03T06:30:00.000Z')
    expect(written.get('5030')?.fields['opened']).toBe('2019-06-10T08:00:00.000Z')
  })

  test('the report does not depend on where the file is cut into chunks', async () => {
    const whole = await fixture()
    for (const highWaterMark of [1, 7, 64]) {
      const cut = await run(createReadStream(requestsFixturePath, { highWaterMark }), requests)
      expect(cut.result).toEqual(whole.result)
      expect([...cut.written]).toEqual([...whole.written])
    }
  })
})

describe('a file that cannot be read at all is a fault, and nothing is written', () => {
  test.each([
    ['no lines', () => csv(), 'csv-empty', /empty/],
    ['a missing header', () => csv('id,name', '1,a'), 'csv-header', /header size is missing/],
    ['a header in other capitals', () => csv('id,Name,size', '1,a,2'), 'csv-header', /header name is missing/],
    ['a header twice', () => csv('id,name,size,size', '1,a,2,3'), 'csv-header', /twice/],
    ['another separator', () => csv('id;name;size', '1;a;2'), 'csv-header', /header id is missing/],
    [
      'two-byte text',
      () => Readable.from([Buffer.from('\uFEFFid,name,size\n1,a,2\n', 'utf16le')]),
      'csv-encoding',
      /UTF-8/,
    ],
    ['no such file', () => createReadStream('/nowhere/at/all.csv'), 'csv-read', /no such file/],
  ])('%s', async (_, input, code, message) => {
    const { result, written } = await run(input(), small)
    expect(written.size).toBe(0)
    expect(result.ok ? [] : result.faults[0]).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  test('a mapping and a table that do not fit name every column at once', async () => {
    const other = tableOf({ ...small, columns: [{ from: 'name', to: 'name', type: 'text' }] })
    const { result } = await run(csv('id,name,size', '1,a,2'), small, other)
    expect(result.ok ? [] : result.faults.map(fault => fault.at)).toEqual([
      'table item, column name',
      'table item, column size',
    ])
  })
})

describe('rows', () => {
  test('an unbalanced quote costs its own row, also hundreds of lines from the end of the file', async () => {
    const lines = Array.from({ length: 900 }, (_, row) => `${row},${row === 300 ? '"open' : 'x'},${row}`)
    const { result, written } = await run(csv('id,name,size', ...lines), small)
    expect(must(result).refused.list).toEqual([
      { kind: 'malformed', row: 301, line: 302, why: 'a quote is opened and never closed' },
    ])
    expect(written.size).toBe(899)
    expect(written.get('899')?.fields).toEqual({ name: 'x', size: 899 })
  })

  test('two unbalanced quotes that match each other do not swallow the rows between them', async () => {
    const input = csv('id,name,size', '1,"a,1', '2,b,2', '3,c,3"', '4,"d', 'd",4', '5,"e""e",5')
    const { result, written } = await run(input, small)
    expect(must(result).refused.list.map(each => each.line)).toEqual([2, 4])
    expect([...written.keys()]).toEqual(['2', '4', '5'])
    expect(written.get('4')?.fields['name']).toBe('d\nd')
  })

  test('rows go out in batches of at most 500, with progress that only grows', async () => {
    const lines = Array.from({ length: 1_201 }, (_, row) => `k${row},x,1`)
    const { batches, progress } = await run(csv('id,name,size', ...lines), small)
    expect(batches).toEqual([500, 500, 201])
    expect(progress.map(each => each.written)).toEqual([500, 1_000, 1_201])
    expect(progress.at(-1)?.bytes).toBe(['id,name,size', ...lines].join('\n').length)
  })

  const repeats = (): Readable => csv('id,name,size', '1,a,1', '1,a,1', '1,b,2', '1,c,3', '1,b,2')
  test('duplicates refuse: the first row stays, contradicting ones are refused', async () => {
    const { result, written } = await run(repeats(), small)
    expect([...written.values()].map(row => row.fields)).toEqual([{ name: 'a', size: 1 }])
    expect(must(result).refused.kinds).toEqual({ repeated: 3 })
    expect(must(result).repaired.kinds).toEqual({ repeated: 1 })
  })
  test('duplicates last: the last row stays, also when the first was written long before', async () => {
    const { written } = await run(repeats(), { ...small, key: { column: 'id', duplicates: 'last' } })
    expect([...written.values()].map(row => row.fields)).toEqual([{ name: 'b', size: 2 }])
    const far = csv('id,name,size', '1,a,1', ...Array.from({ length: 600 }, (_, row) => `k${row},x,1`), '1,b,2')
    const late = await run(far, { ...small, key: { column: 'id', duplicates: 'last' } })
    expect(late.written.get('1')).toEqual({ table: 'item', id: '1', fields: { name: 'b', size: 2 }, replaces: true })
  })
  test('duplicates suffix: contradicting rows stay under a key of their own, identical ones do not', async () => {
    const { written } = await run(repeats(), { ...small, key: { column: 'id', duplicates: 'suffix' } })
    expect([...written.keys()]).toEqual(['1', '1-2', '1-3'])
  })

  test('bytes that are not UTF-8 are reported', async () => {
    const input = Readable.from([
      Buffer.concat([Buffer.from('id,name,size\n1,caf'), Buffer.from([0xe9]), Buffer.from(',2\n')]),
    ])
    expect(must((await run(input, small)).result).repaired.kinds).toEqual({ encoding: 1 })
  })

  test('a fault of the writer ends the import and says how far it came', async () => {
    const write = async (): Promise<void> => {
      throw new FaultError([{ code: 'disk-full', at: 'database x', message: 'is full' }])
    }
    const table = tableOf(small)
    const result = await importCsv({ input: csv('id,name,size', '1,a,1'), mapping: small, table, write })
    expect(result).toEqual({
      ok: false,
      faults: [{ code: 'disk-full', at: 'database x, after row 1, 0 records written', message: 'is full' }],
    })
  })
})

describe('the real service requests', () => {
  const expected = {
    2009: { read: 802, written: 752 },
    2010: { read: 1_545, written: 1_486 },
    2011: { read: 2_083, written: 2_007 },
  }
  for (const [year, counts] of Object.entries(expected)) {
    const path = `/work/shared/data/requests-${year}.csv`
    test.skipIf(!existsSync(path))(`${year}: one record per REQUESTID, nothing lost without a word`, async () => {
      const { result, written } = await run(createReadStream(path), requests)
      const report = must(result)
      console.info(year, { ...report, repaired: report.repaired.kinds, refused: report.refused.kinds })
      expect(report).toMatchObject(counts)
      expect(written.size).toBe(counts.written)
      expect(report.read).toBe(report.written + report.refused.rows + (report.repaired.kinds['repeated'] ?? 0))
      expect(report.refused.kinds).not.toHaveProperty('type')
    })
  }
})
