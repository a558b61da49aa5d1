import type { Mutation } from '../mutation.ts'

const deltas: readonly string[] = ['conformance/src/proofs/deltas']

/** Of scopes: what is asked of the database, and whom a change concerns. */
export const scopeMutations: readonly Mutation[] = [
  {
    name: 'a scope asked of the database forgets read rights',
    file: 'packages/profile/src/scope/sql.ts',
    find: "const conditions = [dialect.isOf(table.name, 'r'), dialect.isLive('r'), readable]",
    replace: "const conditions = [dialect.isOf(table.name, 'r'), dialect.isLive('r'), readable].slice(0, 2)",
    proves: ['SE1'],
    tests: ['conformance/src/scopes/histories'],
  },
  {
    name: 'related rows stay when what brought them leaves',
    file: 'packages/server/src/live/concern.ts',
    find: 'if (presence || lookups[0] !== lookups[1])',
    replace: 'if (lookups[0] !== lookups[1])',
    proves: ['DS4', 'PR17'],
    tests: deltas,
  },
  {
    name: 'scopes with relative dates stand still',
    file: 'packages/server/src/live/listening.ts',
    find: 'turns <= now()',
    replace: 'turns < 0',
    proves: ['DS6'],
    tests: deltas,
  },
  {
    name: 'a person who stands otherwise keeps his rows',
    file: 'packages/server/src/live/listening.ts',
    find: 'if (standingOf(next) !== standingOf(guest)) void adopt(session)',
    replace: 'if (standingOf(next) === undefined) void adopt(session)',
    proves: ['DS5'],
    tests: deltas,
  },
  {
    name: 'a question goes on in a scope that is over',
    file: 'packages/server/src/session/questions.ts',
    find: 'if (parts.scope() !== scope) throw new ScopeChanged()',
    replace: '',
    proves: ['SE1'],
    tests: ['server/src/session/questions'],
  },
  {
    name: 'the next midnight is a day after the last',
    file: 'packages/profile/src/scope/turn.ts',
    find: "(step === 'day' ? next.startOfDay() : next)",
    replace: 'next',
    proves: ['DS6'],
    tests: ['profile/src/scope/turn'],
  },
]
