import { createEncoder, toUint8Array, writeUint8, writeUint8Array, writeVarString, writeVarUint } from 'lib0/encoding'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Changes, Edit } from '../edit/edit.ts'
import type { Value } from '../schema/schema.ts'
import {
  byHand,
  done,
  elsewhere,
  gate,
  honest,
  MINE,
  nested,
  OTHER,
  PREFIXES,
  RELAY,
  says,
  standing,
  write,
} from './gate.fixture.ts'
import { checkUpdate, MAX_UPDATE_BYTES } from './gate.ts'
import { anEdit, type RawDelete, rawGarbage, rawItem, rawReplacing, rawSkip, rawUpdate } from './record.fixture.ts'
import { DELETED, ROOT } from './record.ts'

interface Attack {
  readonly name: string
  readonly update: Uint8Array
  readonly why: 'resync' | 'malformed' | 'forged'
  /** so that each attack is refused for its own reason */
  readonly saying: RegExp
  readonly changes?: Changes
  readonly kind?: Edit['kind']
}

const attacks: readonly Attack[] = [
  {
    name: 'a gap before the update',
    update: byHand([rawItem('status', 'done')], [], 2),
    why: 'resync',
    saying: /does not follow/,
  },
  {
    name: 'a clock that is used already',
    update: byHand([rawItem('status', 'done')], [], 0),
    why: 'resync',
    saying: /does not follow/,
  },
  {
    name: 'the client id of another device',
    update: write([standing], OTHER, { status: 'done' }),
    why: 'forged',
    saying: /someone else/,
  },
  {
    name: 'the client id of the relay',
    update: write([standing], RELAY, { status: 'done' }),
    why: 'forged',
    saying: /someone else/,
  },
  {
    name: 'a clock poisoned by one GC struct of 2^52',
    update: byHand([rawGarbage(2 ** 52)]),
    why: 'malformed',
    saying: /garbage/,
  },
  {
    name: 'a GC struct before an honest item',
    update: byHand([rawGarbage(1), rawItem('status', 'done')]),
    why: 'malformed',
    saying: /garbage/,
  },
  {
    name: 'a skip',
    update: byHand([rawSkip(1), rawItem('status', 'done')]),
    why: 'malformed',
    saying: /content type 10/,
  },
  { name: 'a delete-only update', update: rawUpdate([], [[OTHER, 0, 2]]), why: 'malformed', saying: /writes nothing/ },
  { name: 'an empty update', update: Uint8Array.of(0, 0), why: 'malformed', saying: /writes nothing/ },
  {
    name: 'a delete outside the columns of the edit',
    update: byHand([rawItem('status', 'done')], [[OTHER, 0, 2]]),
    why: 'forged',
    saying: /outside the edit/,
  },
  {
    name: 'a delete of a hidden column',
    update: byHand([rawItem('status', 'done')], [[RELAY, 1, 1]]),
    why: 'forged',
    saying: /outside the edit/,
  },
  {
    name: 'a delete of what nobody knows',
    update: byHand([rawItem('status', 'done')], [[123, 0, 1]]),
    why: 'resync',
    saying: /deleted item is missing/,
  },
  {
    name: 'a delete range of 2^52',
    update: byHand([rawItem('status', 'done')], [[OTHER, 0, 2 ** 52]]),
    why: 'resync',
    saying: /deleted item is missing/,
  },
  {
    name: '2,000 delete ranges',
    update: byHand(
      [rawItem('status', 'done')],
      Array.from({ length: 2000 }, (): RawDelete => [OTHER, 0, 1]),
    ),
    why: 'malformed',
    saying: /too many delete ranges/,
  },
  {
    name: 'another root',
    update: byHand([rawItem('status', 'done', 'admin')]),
    why: 'malformed',
    saying: /outside the record/,
  },
  {
    name: 'an item with an unknown origin',
    update: byHand([rawReplacing(OTHER, 2, 'done')]),
    why: 'resync',
    saying: /origin is missing/,
  },
  {
    name: 'a nested map',
    update: nested(map => map.set('status', new Y.Map([['a', 1]]))),
    why: 'malformed',
    saying: /content type 7/,
  },
  {
    name: 'a text',
    update: nested(map => map.set('status', new Y.Text('done'))),
    why: 'malformed',
    saying: /content type 7/,
  },
  {
    name: 'a subdocument',
    update: nested(map => map.set('status', new Y.Doc({ guid: 'x' }))),
    why: 'malformed',
    saying: /content type 9/,
  },
  {
    name: 'binary content',
    update: nested(map => map.set('status', new Uint8Array(3))),
    why: 'malformed',
    saying: /content type 3/,
  },
  { name: 'a JSON object', update: byHand([rawItem('status', { a: 1 })]), why: 'malformed', saying: /value type/ },
  {
    name: 'a list in another root',
    update: elsewhere(doc => doc.getArray('hidden').push(['x'])),
    why: 'malformed',
    saying: /without a column/,
  },
  {
    name: 'list items inside the map root',
    update: elsewhere(doc => doc.getArray(ROOT).push(['x'])),
    why: 'malformed',
    saying: /without a column/,
  },
  { name: 'trailing bytes', update: Uint8Array.of(...honest(), 0), why: 'malformed', saying: /bytes too many/ },
  { name: 'a truncated delete set', update: honest().subarray(0, -1), why: 'malformed', saying: /end|left/ },
  { name: 'no bytes', update: new Uint8Array(0), why: 'malformed', saying: /end/ },
  {
    name: '30 million structs claimed in 7 bytes',
    update: claiming(30_000_000),
    why: 'malformed',
    saying: /count exceeds/,
  },
  {
    name: 'a client there twice',
    update: rawUpdate([
      { client: MINE, clock: 1, structs: [rawItem('status', 'done')] },
      { client: MINE, clock: 2, structs: [] },
    ]),
    why: 'malformed',
    saying: /twice|count/,
  },
  {
    name: 'two client ids',
    update: rawUpdate([
      { client: MINE, clock: 1, structs: [rawItem('status', 'done')] },
      { client: MINE + 1, structs: [rawItem('owner', 'me')] },
    ]),
    changes: says({ status: 'done', owner: 'me' }),
    why: 'malformed',
    saying: /one client id/,
  },
  {
    name: 'another device as second client',
    update: rawUpdate([
      { client: MINE, clock: 1, structs: [rawItem('status', 'done')] },
      { client: OTHER, clock: 2, structs: [rawItem('owner', 'me')] },
    ]),
    changes: says({ status: 'done', owner: 'me' }),
    why: 'malformed',
    saying: /one client id/,
  },
  {
    name: 'more columns than the edit states',
    update: write([standing], MINE, { status: 'done', owner: 'me' }),
    why: 'malformed',
    saying: /other columns/,
  },
  {
    name: 'fewer columns than the edit states',
    update: honest(),
    changes: says({ status: 'done', owner: 'me' }),
    why: 'malformed',
    saying: /other columns/,
  },
  {
    name: 'another value than the edit states',
    update: write([standing], MINE, { status: 'closed' }),
    why: 'malformed',
    saying: /something else/,
  },
  {
    name: 'another column than the edit states',
    update: write([standing], MINE, { owner: 'done' }),
    why: 'malformed',
    saying: /something else/,
  },
  {
    name: 'one column twice in the place of two',
    update: byHand([rawItem('status', 'done'), rawItem('status', 'done')]),
    changes: says({ status: 'done', owner: 'done' }),
    why: 'malformed',
    saying: /something else/,
  },
  {
    name: 'another value behind a collected origin',
    update: byHand([rawReplacing(RELAY, 0, 'x')]),
    changes: says({ status: 'done' }),
    why: 'malformed',
    saying: /something else/,
  },
  {
    name: 'the deleted mark as an update',
    update: write([standing], MINE, { [DELETED]: true }),
    why: 'malformed',
    saying: /something else/,
  },
  {
    name: 'the deleted mark as an update that states it',
    update: write([standing], MINE, { [DELETED]: true }),
    changes: says({ [DELETED]: true }),
    why: 'malformed',
    saying: /reserved/,
  },
  {
    name: 'a delete that writes a column',
    update: honest(),
    changes: {},
    kind: 'delete',
    why: 'malformed',
    saying: /something else/,
  },
  {
    name: 'a delete that lifts the mark',
    update: write([standing], MINE, { [DELETED]: false }),
    changes: {},
    kind: 'delete',
    why: 'malformed',
    saying: /something else/,
  },
  {
    name: '`__proto__` as a column',
    update: byHand([rawItem('__proto__', 'done')]),
    why: 'malformed',
    saying: /reserved/,
  },
  {
    name: '`__proto__` as a column that the edit states',
    update: byHand([rawItem('__proto__', ['x'])]),
    changes: poisoned(['x']),
    why: 'malformed',
    saying: /reserved/,
  },
  {
    name: '`__proto__` stated, hidden behind an origin',
    update: byHand([rawReplacing(RELAY, 0, ['x'])]),
    changes: poisoned(['x']),
    why: 'malformed',
    saying: /reserved/,
  },
  {
    name: '`constructor` as a column',
    update: byHand([rawItem('constructor', 'done')]),
    changes: says({ constructor: 'done' } as never),
    why: 'malformed',
    saying: /reserved/,
  },
  {
    name: 'an update that is too large',
    update: write([standing], MINE, { status: 'x'.repeat(MAX_UPDATE_BYTES) }),
    changes: says({ status: 'x'.repeat(MAX_UPDATE_BYTES) }),
    why: 'malformed',
    saying: /too large/,
  },
  { name: 'text that is not UTF-8', update: corrupt(honest(), 'done'), why: 'malformed', saying: /UTF-8/ },
]

function poisoned(value: Value): Changes {
  return JSON.parse(JSON.stringify({ column: [null, value] }).replace('column', '__proto__')) as Changes
}

function claiming(structs: number): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, 1)
  writeVarUint(encoder, structs)
  writeVarUint(encoder, 1)
  writeUint8(encoder, 0)
  return toUint8Array(encoder)
}

function corrupt(update: Uint8Array, text: string): Uint8Array {
  const bytes = update.slice()
  bytes[Buffer.from(bytes).indexOf(text)] = 0xff
  return bytes
}

test.each(attacks)(
  '$name is refused ($why), and nothing changed',
  ({ update, why, saying, changes = done, kind = 'update' }) => {
    const verdict = gate(anEdit({ update, changes, kind }))
    expect(verdict).toMatchObject({ pass: false, why })
    expect(verdict.pass ? '' : verdict.message).toMatch(saying)
  },
)

test('the right-neighbour bit and a parent that is an item are refused', () => {
  const encoder = createEncoder()
  writeUint8Array(encoder, Uint8Array.of(1, 1))
  writeVarUint(encoder, MINE)
  writeUint8Array(encoder, Uint8Array.of(1, 0x48))
  expect(gate(anEdit({ update: toUint8Array(encoder), changes: done }))).toMatchObject({
    why: 'malformed',
    message: 'a column has no right neighbour',
  })

  const child = byHand([
    e => {
      writeUint8Array(e, Uint8Array.of(0x28, 0))
      for (const part of [OTHER, 0]) writeVarUint(e, part)
      writeVarString(e, 'status')
      writeUint8Array(e, Uint8Array.of(1, 126))
    },
  ])
  expect(gate(anEdit({ update: child, changes: done }))).toMatchObject({
    why: 'malformed',
    message: 'an item outside the record',
  })
})

test('an update of any kind on a record without a document must begin at clock 0', () => {
  const create = write([], MINE, { title: 'new' })
  expect(
    checkUpdate(anEdit({ kind: 'create', update: create, changes: says({ title: 'new' }) }), undefined, PREFIXES),
  ).toEqual({ pass: true })
  expect(checkUpdate(anEdit({ update: honest(), changes: done }), undefined, PREFIXES)).toMatchObject({ why: 'resync' })
})

test('each id under a granted prefix passes, the neighbouring ids do not', () => {
  for (const [client, pass] of [
    [MINE - 1, false],
    [MINE, true],
    [MINE + 255, true],
    [MINE + 256, false],
  ] as const) {
    const update = write([], client, { title: 'new' })
    expect(
      checkUpdate(anEdit({ kind: 'create', update, changes: says({ title: 'new' }) }), undefined, PREFIXES).pass,
    ).toBe(pass)
  }
})
