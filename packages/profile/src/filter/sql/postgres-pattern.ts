import type { Part, Pattern } from '../pattern/pattern.ts'

/** PostgreSQL's `like` knows no classes; its regular expressions do, and they never go back on a choice. */
export const hasClass = ({ segments }: Pattern): boolean =>
  segments.some(segment => segment.some(part => 'ranges' in part))

/** For `like ... escape '!'`; only of a pattern without classes. */
export const likeText = ({ segments }: Pattern): string =>
  segments.map(segment => segment.map(likePart).join('')).join('%')

const likePart = (part: Part): string => ('text' in part ? part.text.replace(/[!%_]/g, sign => `!${sign}`) : '_')

/** Made of nothing but anchors, dots, brackets and escaped code points: no character of the pattern itself is in it. */
export const regexText = ({ segments }: Pattern): string =>
  `^${segments.map(segment => segment.map(regexPart).join('')).join('.*')}$`

const regexPart = (part: Part): string => {
  if ('text' in part) return [...part.text].map(character => escaped(character.codePointAt(0) ?? 0)).join('')
  if ('any' in part) return '.'
  const ranges = part.ranges.map(([first, last]) =>
    first === last ? escaped(first) : `${escaped(first)}-${escaped(last)}`,
  )
  if (ranges.length > 0) return `[${part.not ? '^' : ''}${ranges.join('')}]`
  // one of nothing is no character; none of nothing is any
  return part.not ? '.' : `[^${escaped(1)}-${escaped(0x10ffff)}]`
}

const escaped = (code: number): string => `\\U${code.toString(16).padStart(8, '0')}`
