import { expect, expectTypeOf, test } from 'vitest'
import { compileSchema } from './compile.ts'
import { generateTypes } from './generate.ts'
import type { Tables, Visit } from './generated.fixture.ts'
import { defineSchema, type NewRow, type Row, type RowChanges, type TableName } from './infer.ts'
import type { SchemaSource } from './schema.ts'

const schema = defineSchema({
  tables: [
    {
      name: 'visit',
      displayName: 'A visit */ on site',
      ownership: 'none',
      primaryKey: 'visitid',
      primaryName: 'title',
      columns: [
        { name: 'visitid', type: 'guid', required: true },
        { id: 'subject', name: 'title', type: 'string', required: true },
        { name: 'hours', type: 'number' },
        { name: 'open', type: 'boolean', required: true },
        { name: 'begin', type: 'datetime' },
        {
          name: 'status',
          type: 'choice',
          choices: [
            { value: 1, label: 'New' },
            { value: 'it\'s "done"', label: 'Done' },
          ],
        },
        {
          name: 'tags',
          type: 'choices',
          choices: [
            { value: 'a', label: 'A' },
            { value: 'b', label: 'B' },
          ],
        },
        { name: 'next', type: 'lookup', target: 'visit' },
        { name: 'report', type: 'document' },
      ],
    },
    {
      name: 'visit_',
      ownership: 'none',
      primaryKey: 'id',
      primaryName: 'id',
      columns: [{ name: 'id', type: 'guid' }],
    },
  ],
})
type Source = typeof schema

test('table names and rows are inferred from the schema', () => {
  expectTypeOf<TableName<Source>>().toEqualTypeOf<'visit' | 'visit_'>()
  expectTypeOf<Row<Source, 'visit'>>().toEqualTypeOf<{
    readonly visitid: string
    readonly title: string
    readonly hours: number | null
    readonly open: boolean
    readonly begin: string | null
    readonly status: 1 | 'it\'s "done"' | null
    readonly tags: readonly ('a' | 'b')[] | null
    readonly next: string | null
  }>()
  expectTypeOf<{ title: string; open: boolean }>().toExtend<NewRow<Source, 'visit'>>()
  expectTypeOf<{ title: string }>().not.toExtend<NewRow<Source, 'visit'>>()
  expectTypeOf<{ title: string; open: boolean; status: 2 }>().not.toExtend<NewRow<Source, 'visit'>>()
  expectTypeOf<{ hours: null }>().toExtend<RowChanges<Source, 'visit'>>()
  expectTypeOf<{ title: null }>().not.toExtend<RowChanges<Source, 'visit'>>()
  expectTypeOf<RowChanges<Source, 'visit'>>().not.toHaveProperty('visitid')
  expectTypeOf<RowChanges<Source, 'visit'>>().not.toHaveProperty('report')
})

test('a schema known only at run time gives rows of any column', () => {
  expectTypeOf<TableName<SchemaSource>>().toEqualTypeOf<string>()
})

test('generated types are the inferred ones', () => {
  expectTypeOf<Visit>().toEqualTypeOf<Row<Source, 'visit'>>()
  expectTypeOf<Tables['visit']['row']>().toEqualTypeOf<Row<Source, 'visit'>>()
  expectTypeOf<Tables['visit']['create']>().toEqualTypeOf<NewRow<Source, 'visit'>>()
  expectTypeOf<Tables['visit']['change']>().toEqualTypeOf<RowChanges<Source, 'visit'>>()
  expectTypeOf<Tables['visit_']['row']>().toEqualTypeOf<Row<Source, 'visit_'>>()
})

// the fixture is type checked with the package: that these two are equal proves that generated source compiles
const path: string = './generated.fixture.ts?raw'
const fixture = ((await import(/* @vite-ignore */ path)) as { default: string }).default

test('generated source is stable, and compiles', () => {
  const compiled = compileSchema(schema)
  expect(compiled.ok && generateTypes(compiled.value)).toBe(fixture)
  const turned = compileSchema({ tables: schema.tables.toReversed() })
  expect(turned.ok && generateTypes(turned.value)).toBe(fixture)
})
