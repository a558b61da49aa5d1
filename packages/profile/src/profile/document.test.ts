import { describe, expect, test } from 'vitest'
import { profileText, readProfile, sameProfile } from './document.ts'
import type { ProfileSource } from './profile.ts'

const profile: ProfileSource = {
  name: 'Field',
  items: [
    {
      table: 'order',
      filter: {
        kind: 'custom',
        where: {
          all: [
            { op: 'null', column: 'b' },
            { to: 'id', from: 'order', table: 'task', link: 'any' },
          ],
        },
      },
      columns: ['name', 'id'],
      relationships: ['z', 'a'],
    },
    { interval: 10, filter: { mine: true, kind: 'other', teams: false }, table: 'booking' },
  ],
}

describe('a profile as a document', () => {
  test('has one text, whatever order it was written in', () => {
    expect(profileText(profile)).toMatchInlineSnapshot(`
      "{
        "name": "Field",
        "items": [
          {
            "table": "booking",
            "filter": {
              "kind": "other",
              "mine": true
            },
            "interval": 10
          },
          {
            "table": "order",
            "filter": {
              "kind": "custom",
              "where": {
                "all": [
                  {
                    "column": "b",
                    "op": "null"
                  },
                  {
                    "link": "any",
                    "table": "task",
                    "from": "order",
                    "to": "id"
                  }
                ]
              }
            },
            "relationships": [
              "a",
              "z"
            ],
            "columns": [
              "id",
              "name"
            ]
          }
        ]
      }
      "
    `)
    const other: ProfileSource = {
      items: [...profile.items].reverse().map(({ columns, ...item }) => ({
        ...(columns === undefined ? {} : { columns: columns.toReversed() }),
        ...item,
      })),
      name: 'Field',
    }
    expect(profileText(other)).toBe(profileText(profile))
  })

  test('keeps the order of conditions, which is the one they were written in', () => {
    const custom = (...columns: string[]): ProfileSource => ({
      name: 'Field',
      items: [
        { table: 'order', filter: { kind: 'custom', where: { any: columns.map(column => ({ column, op: 'null' })) } } },
      ],
    })
    expect(sameProfile(custom('a', 'b'), custom('b', 'a'))).toBe(false)
    expect(sameProfile(custom('a', 'b'), custom('a', 'b'))).toBe(true)
  })

  test('comes back as it went', () => {
    const read = readProfile(profileText(profile))
    expect(read.ok && profileText(read.value)).toBe(profileText(profile))
  })

  test.each([
    ['is not JSON', '{', ['json profile']],
    ['is no profile', '[]', ['shape profile']],
    [
      'has items of no known form',
      '{"name":"Field","items":[{"table":"order"},7]}',
      ['shape profile Field, table order', 'shape profile Field, item 2'],
    ],
    ['has keys nobody knows', '{"name":"Field","items":[],"colour":1}', ['shape profile']],
    [
      'nests without end',
      `{"name":"Field","items":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      ['too-deep profile'],
    ],
  ])('is refused where it %s', (_, text, faults) => {
    const read = readProfile(text)
    expect(read.ok ? [] : read.faults.map(({ code, at }) => `${code} ${at}`)).toEqual(faults)
  })
})
