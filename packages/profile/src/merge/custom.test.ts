import { expect, test } from 'vitest'
import { FaultError } from '../fault.ts'
import { strategiesOf } from './custom.ts'

const named = (...names: readonly string[]) => names.map(name => ({ name, decide: () => 'mine' as const }))

test('[CF12] strategies have plain names of their own, each once', () => {
  expect([...strategiesOf(named('urgentFirst')).names]).toEqual([
    'clientWins',
    'serverWins',
    'merge',
    'ask',
    'urgentFirst',
  ])
  for (const names of [['merge'], ['twice', 'twice'], ['with space'], [''], ['__proto__']]) {
    expect(() => strategiesOf(named(...names)), names.join()).toThrow(FaultError)
  }
})
