import { describe, expect, test } from 'vitest'
import { fold } from '../fold.ts'
import type { PatternOp } from '../operators.ts'
import { matcherOf } from './match.ts'
import { afterPrefix, parsePattern, prefixOf } from './pattern.ts'

const matches = (op: PatternOp, pattern: string, text: string): boolean =>
  matcherOf(parsePattern(op, pattern))(fold(text))

describe('[FI6] like', () => {
  const cases: readonly [pattern: string, yes: string[], no: string[]][] = [
    ['', [''], ['a']],
    ['pump', ['pump', 'PUMP', 'Pump'], ['pump ', ' pump', 'pumps', 'pümp']],
    ['p%', ['p', 'Pump'], ['', 'ap']],
    ['%p', ['p', 'pump', 'pp'], ['pa', 'p ']],
    ['%p%', ['p', 'apb', 'PP'], ['', 'ab']],
    ['a%b%a', ['aba', 'axbxa', 'abba', 'abaa'], ['aa', 'ab', 'baba', 'a']],
    ['a%a', ['aa', 'aba'], ['a']],
    ['%ab%ab', ['abab', 'ababab', 'xabyab'], ['ab', 'aba']],
    ['%%', ['', 'x'], []],
    ['_', ['a', 'é', '\u{1f600}', '\n'], ['', 'ab']],
    ['__', ['ab', '\u{1f600}\u{1f600}'], ['\u{1f600}', 'abc']],
    ['%_', ['a', 'ab'], ['']],
    ['%_b', ['ab', '\u{1f600}b'], ['b']],
    ['[abc]', ['a', 'B'], ['d', 'ab', '']],
    ['[a-c]x', ['ax', 'BX', 'cx'], ['dx', '-x']],
    ['[^a]', ['b', '-', '\u{1f600}'], ['a', 'A', '']],
    ['[^a-c]%', ['d', 'dab'], ['a', 'Bx', '']],
    ['[a-]', ['a', '-'], ['b']],
    ['[-a]', ['a', '-'], ['b']],
    ['[a^]', ['a', '^'], ['b']],
    ['100[%]', ['100%'], ['100x', '1000']],
    ['a[_]b', ['a_b'], ['axb']],
    ['[[]x]', ['[x]'], ['x]', '[[]x]']],
    ['a]', ['a]'], ['a']],
    ['[a', ['[a', '[A'], ['a']],
    ['[]', [], ['', 'a', '[]']],
    ['[^]', ['a', '^'], ['', 'ab']],
    ['[z-a]', [], ['a', 'z', '-', 'm']],
    ['[Α-Ω]', ['σ', 'ς', 'Β'], ['b']],
    ['[\u{1f600}-\u{1f610}]', ['\u{1f605}'], ['\u{1f620}', 'a']],
    ['%[0-9][0-9]', ['a42', '007'], ['4', 'a4b']],
    ['any character', ['any character'], ['x']],
    ['.*', ['.*'], ['', 'x', '..']],
    ['a\\%', ['a\\', 'a\\b'], ['a%']],
  ]
  test.each(cases)('%j', (pattern, yes, no) => {
    for (const text of yes) expect(matches('like', pattern, text), text).toBe(true)
    for (const text of no) expect(matches('like', pattern, text), text).toBe(false)
  })

  test('begins-with and ends-with take the same signs', () => {
    expect(matches('begins-with', 'p_m[a-p]', 'Pumpen')).toBe(true)
    expect(matches('begins-with', 'ump', 'Pump')).toBe(false)
    expect(matches('ends-with', '[0-9]%x', 'a1bx')).toBe(true)
    expect(matches('ends-with', 'x', 'x ')).toBe(false)
  })

  test('signs are part of the text they stand in, folded or not', () => {
    for (const text of ['%', '_', '[', ']', '^', '-', '\\']) expect(matches('like', '%', text)).toBe(true)
    expect(matches('like', '\u212aelvin', 'kelvin')).toBe(true)
  })
})

test('hostile patterns take time by the length of text and pattern, never more', () => {
  const text = 'a'.repeat(20_000)
  const cases = [
    `${'%a'.repeat(199)}%b`,
    `${'%_'.repeat(199)}%b`,
    `%${'[a-z]'.repeat(79)}b`,
    `%${'a'.repeat(398)}b`,
    '%'.repeat(400),
    `%${'_'.repeat(398)}b`,
    '('.repeat(200) + ')*'.repeat(100),
    '[^'.repeat(200),
    `${'a%'.repeat(199)}[`,
  ]
  for (const pattern of cases) {
    const begin = performance.now()
    matches('like', pattern, text)
    expect(performance.now() - begin, pattern.slice(0, 20)).toBeLessThan(1_000)
  }
})

test('every text with a prefix lies between the prefix and what comes after it', () => {
  expect(['abc', 'a\u{10ffff}', '\u{10ffff}', '', 'a\ud7ff', '\uffff'].map(afterPrefix)).toEqual([
    'abd',
    'b',
    undefined,
    undefined,
    'a\ue000',
    '\u{10000}',
  ])
  expect(['Ab%', '_b', '[a]b', 'a[b]', '%a', ''].map(pattern => prefixOf(parsePattern('like', pattern)))).toEqual([
    'ab',
    '',
    '',
    'a',
    '',
    '',
  ])
})
