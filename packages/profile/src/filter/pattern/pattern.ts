import { fold } from '../fold.ts'
import type { PatternOp } from '../operators.ts'

/**
 * Patterns as `like` writes them (FI6), taken apart: `%` any text, `_` one character, `[abc]` `[a-z]` one of these,
 * `[^a]` one of the others. A class ends at the first `]`; a `[` without one stands for itself, and `[%]` for a
 * percent sign. Characters are Unicode code points, folded like the text they are compared with.
 *
 *     a%[bc]_d   =   segments  "a"  ·  [bc] any "d"      and nothing before or after
 */
export interface Pattern {
  /** folded, in the form of `like` */
  readonly text: string
  /** what stands between the `%`, in this order: the first at the beginning, the last at the end */
  readonly segments: readonly Segment[]
}

export type Segment = readonly Part[]
export type Part = { readonly text: string } | { readonly any: true } | CharacterClass
/** One of these ranges of code points; `not`: one in none of them. */
export interface CharacterClass {
  readonly not: boolean
  readonly ranges: readonly (readonly [first: number, last: number])[]
}

export const parsePattern = (op: PatternOp, written: string): Pattern => {
  const pattern = fold(written)
  if (op === 'begins-with' || op === 'not-begin-with') return parseFolded(`${pattern}%`)
  return parseFolded(op === 'ends-with' || op === 'not-end-with' ? `%${pattern}` : pattern)
}

export const parseFolded = (pattern: string): Pattern => {
  const segments: Part[][] = []
  let parts: Part[] = []
  let text = ''
  const flush = (): void => {
    if (text !== '') parts.push({ text })
    text = ''
  }
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at)
    const end = character === '[' ? pattern.indexOf(']', at) : -1
    if (character === '%' || character === '_' || end > 0) flush()
    if (character === '%') {
      segments.push(parts)
      parts = []
    } else if (character === '_') parts.push({ any: true })
    else if (end > 0) {
      parts.push(parseClass(pattern.slice(at + 1, end)))
      at = end
    } else text += character
  }
  flush()
  return { text: pattern, segments: [...segments, parts] }
}

const parseClass = (inside: string): CharacterClass => {
  const not = inside.startsWith('^')
  const codes = [...(not ? inside.slice(1) : inside)].map(character => character.codePointAt(0) ?? 0)
  const ranges: [number, number][] = []
  for (let at = 0; at < codes.length; at++) {
    const first = codes[at] ?? 0
    const last = codes[at + 1] === HYPHEN ? codes[at + 2] : undefined
    if (last === undefined) ranges.push([first, first])
    else {
      // a range that runs backwards holds nothing
      if (first <= last) ranges.push([first, last])
      at += 2
    }
  }
  return { not, ranges }
}

const HYPHEN = 0x2d

/** The text every match begins with, '' for none. */
export const prefixOf = ({ segments }: Pattern): string => {
  const [first] = segments[0] ?? []
  return first !== undefined && 'text' in first ? first.text : ''
}

/** The least text that comes after every text with this prefix; undefined where there is none. */
export const afterPrefix = (prefix: string): string | undefined => {
  const codes = [...prefix].map(character => character.codePointAt(0) ?? 0)
  for (;;) {
    const last = codes.pop()
    if (last === undefined) return undefined
    if (last === 0x10ffff) continue
    // surrogates are no characters: the one after U+D7FF is U+E000
    return String.fromCodePoint(...codes, last === 0xd7ff ? 0xe000 : last + 1)
  }
}
