import type { Edit } from '../edit/edit.ts'
import type { Down, Up } from './protocol.ts'

/** One message of every kind, for SPEC.md and for the test that holds its bytes still. */
const edit: Edit = {
  id: '01900000-0000-7000-8000-000000000001',
  author: 'ana',
  device: '00112233445566aa',
  seq: 7,
  tick: 2,
  at: 1_700_000_000_000,
  table: 'workorder',
  record: 'WO-1',
  kind: 'update',
  base: { rev: 41, commit: '0123456789abcdef' },
  incarnation: '89abcdef01234567',
  after: '01900000-0000-7000-8000-000000000000',
  changes: { status: ['open', 'done'], hours: [null, 2.5] },
  update: new Uint8Array([0, 0]),
  image: { status: 'done', hours: 2.5, note: null },
}

const { image: _image, ...rest } = edit
const command: Edit = {
  ...rest,
  id: '01900000-0000-7000-8000-000000000002',
  seq: 8,
  tick: 3,
  after: edit.id,
  kind: 'command',
  command: { name: 'complete', args: { note: 'dry' } },
  changes: { note: [null, 'dry'] },
}

export const upVectors: readonly Up[] = [
  {
    type: 'hello',
    token: 'a.b.c',
    device: '00112233445566aa',
    app: 'field-service',
    release: 7,
    schema: 3,
    profile: 2,
    ids: 0,
    live: true,
    holdings: [
      { state: 'complete', table: 'workorder', at: { rev: 41, commit: '0123456789abcdef' }, columnSet: '*' },
      {
        state: 'partial',
        table: 'account',
        start: { rev: 40, commit: 'fedcba9876543210' },
        after: 'A-9',
        columnSet: '*',
      },
    ],
  },
  { type: 'stored', pages: 1 },
  { type: 'push', edits: [edit, command] },
  { type: 'withdraw', edits: [edit.id] },
  {
    type: 'compare',
    table: 'workorder',
    splits: [{ depth: 0, prefix: 0, parts: ['00000000000000000000000000000001'] }],
    leaves: [{ depth: 1, prefix: 3, rows: [{ id: 'WO-1', rev: 41 }] }],
  },
  { type: 'ping' },
  {
    type: 'refresh',
    tables: ['workorder', 'account'],
    holdings: [{ state: 'complete', table: 'workorder', at: { rev: 41, commit: '0123456789abcdef' }, columnSet: '*' }],
  },
]

export const downVectors: readonly Down[] = [
  {
    type: 'welcome',
    time: 1_700_000_000_000,
    environment: '5f1d8a2c40b7e963',
    user: { id: 'ana', name: 'Ana Ruiz' },
    prefixes: [123_456_789],
    at: { rev: 42, commit: '0123456789abcdef' },
    strategy: 'clientWins',
    strategies: { invoice: 'urgentFirst' },
    cacheHours: 12,
    graceHours: 8,
    syncModes: ['auto', 'manual'],
    removed: { export: true },
    rights: '0a1b2c3d4e5f6071',
    footing: {
      unit: 'u1',
      teams: ['north'],
      timeZone: 'Europe/Berlin',
      language: 1031,
      below: { people: ['ben'], teams: [] },
    },
    tables: [
      { table: 'workorder', columnSet: '*' },
      { table: 'account', columnSet: 'k3', columns: ['name'], interval: 60 },
    ],
    writable: { account: ['name'] },
    schemaVersion: 3,
    schema: { tables: [] },
    profileVersion: 2,
  },
  { type: 'plan', tables: [{ table: 'workorder', rows: 1 }] },
  {
    type: 'page',
    table: 'workorder',
    start: { rev: 42, commit: '0123456789abcdef' },
    columnSet: '*',
    after: 'WO-1',
    last: true,
    rows: 1,
    packed: new Uint8Array([4, 87, 79, 45, 49, 1, 0]),
  },
  {
    type: 'synced',
    at: { rev: 42, commit: '0123456789abcdef' },
    tables: [{ table: 'workorder', rows: 1, fingerprint: '000102030405060708090a0b0c0d0e0f' }],
  },
  {
    type: 'changes',
    at: { rev: 43, commit: '0123456789abcdef' },
    rows: [{ table: 'workorder', id: 'WO-1', envelope: new Uint8Array([1, 2, 3]) }],
    gone: [{ table: 'workorder', id: 'WO-2', why: 'deleted' }],
    answers: [
      { edit: '1', answer: { status: 'applied', rev: 43, conflict: 'clientWins' } },
      { edit: '2', answer: { status: 'lost', rev: 43, to: 42, conflict: 'serverWins', by: [] } },
      { edit: '3', answer: { status: 'rejected', code: 'rule', message: 'is closed', column: 'name', rule: 'closed' } },
      { edit: '4', answer: { status: 'held', by: '3' } },
      {
        edit: '5',
        answer: {
          status: 'held',
          by: '5',
          question: {
            theirs: { name: 'B' },
            theirsDeleted: false,
            rev: 9,
            by: [
              {
                edit: '0',
                device: '99aabbccddeeff00',
                author: { id: 'ben', name: 'Ben Olsen' },
                at: 1_700_000_000_000,
                columns: ['name'],
              },
            ],
          },
        },
      },
      { edit: '6', answer: { status: 'withdrawn' } },
      { edit: '7', answer: { status: 'wait' } },
      { edit: '8', answer: { status: 'resync' } },
    ],
  },
  { type: 'compared', table: 'workorder', differing: [{ depth: 1, prefix: 5 }] },
  { type: 'refusal', code: 4401, reason: 'unauthenticated', message: 'the sign-in has expired', fix: 'sign in again' },
  { type: 'pong', time: 1_700_000_000_000 },
  { type: 'stands', rights: '0a1b2c3d4e5f6072', footing: { teams: ['south'], language: 'de' } },
]
