import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { byCodePoint, fold } from './fold.ts'

describe('folding', () => {
  const cases: readonly [string, string][] = [
    ['ABC xyz', 'abc xyz'],
    ['ÄÖÜ', 'äöü'],
    ['ΣΑΣ', 'σασ'],
    ['ς', 'σ'],
    ['\u212a', 'k'],
    ['ſ', 's'],
    ['ẞ', 'ß'],
    ['straße', 'straße'],
    ['İ', 'İ'],
    ['ı', 'ı'],
    ['Ǆ', 'ǆ'],
    ['Ꭰ', 'Ꭰ'],
    ['ꭰ', 'Ꭰ'],
    ['𐐀', '𐐨'],
    ['ﬅ', 'ﬆ'],
    ['É', 'é'],
    ['end ', 'end '],
  ]
  test.each(cases)('[FI6] %s becomes %s', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  test('[FI6] accents and trailing spaces are counted', () => {
    expect(fold('e')).not.toBe(fold('é'))
    expect(fold('a')).not.toBe(fold('a '))
  })

  test('every character folds as this engine matches case, where the engine knows the character', () => {
    const wrong: string[] = []
    for (let code = 0; code < 0x20000; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue
      const character = String.fromCodePoint(code)
      for (const other of new Set([fold(character), character.toLowerCase(), character.toUpperCase()])) {
        if (other === character || [...other].length !== 1) continue
        const escaped = `\\u{${code.toString(16)}}`
        const same = new RegExp(`^${escaped}$`, 'iu').test(other)
        const older = /^\P{Assigned}$/u.test(character) || /^\P{Assigned}$/u.test(other)
        if (!older && same !== (fold(character) === fold(other))) wrong.push(escaped)
      }
    }
    expect(wrong).toEqual([])
  })

  test('folding twice is folding once, and folds each character by itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(fold(fold(a))).toBe(fold(a))
        expect(fold(a + b)).toBe(fold(a) + fold(b))
      }),
    )
  })
})

test('order by code point agrees with comparing lists of code points', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\ue000', '\uff21', '\u{1f600}', '\u{10000}', '\ud7ff') })
  const naive = (a: string, b: string): number => {
    const [x, y] = [[...a].map(c => c.codePointAt(0) ?? 0), [...b].map(c => c.codePointAt(0) ?? 0)]
    const at = x.findIndex((code, index) => code !== y[index])
    return at < 0 ? x.length - y.length : (x[at] ?? 0) - (y[at] ?? -1)
  }
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(byCodePoint(a, b))).toBe(Math.sign(naive(a, b)))
    }),
  )
})
