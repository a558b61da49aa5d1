import type { CharacterClass, Part, Pattern, Segment } from './pattern.ts'

/**
 * Whether folded text matches a pattern. Each segment is taken where it is first found: a later place never matches
 * more, so nothing is ever tried again, and the cost is at most the text's length times the pattern's.
 */
export const matcherOf = ({ segments }: Pattern): ((text: string) => boolean) => {
  const [first = []] = segments
  if (segments.length === 1) return text => matchAt(first, text, 0) === text.length
  const last = segments.at(-1) ?? []
  const between = segments.slice(1, -1).filter(segment => segment.length > 0)
  const lastLength = last.reduce((sum, part) => sum + ('text' in part ? [...part.text].length : 1), 0)
  return text => {
    let at = matchAt(first, text, 0)
    for (const segment of between) {
      if (at < 0) return false
      at = find(segment, text, at)
    }
    if (at < 0) return false
    const tail = back(text, lastLength)
    return tail >= at && matchAt(last, text, tail) === text.length
  }
}

/** Where the segment ends if it begins here; -1: it does not. */
const matchAt = (segment: Segment, text: string, start: number): number => {
  let at = start
  for (const part of segment) {
    const length = lengthAt(part, text, at)
    if (length < 0) return -1
    at += length
  }
  return at
}

const lengthAt = (part: Part, text: string, at: number): number => {
  if ('text' in part) return text.startsWith(part.text, at) ? part.text.length : -1
  const code = text.codePointAt(at)
  if (code === undefined) return -1
  const length = code > 0xffff ? 2 : 1
  return 'any' in part || isIn(part, code) ? length : -1
}

const isIn = ({ not, ranges }: CharacterClass, code: number): boolean => {
  for (const [first, last] of ranges) if (code >= first && code <= last) return !not
  return not
}

/** The end of the first place at or after `start` where the segment is; -1: nowhere. */
const find = (segment: Segment, text: string, start: number): number => {
  const [head] = segment
  const literal = head !== undefined && 'text' in head ? head.text : undefined
  for (let at = start; at <= text.length; at = next(text, at)) {
    if (literal !== undefined) {
      at = text.indexOf(literal, at)
      if (at < 0) return -1
    }
    const end = matchAt(segment, text, at)
    if (end >= 0) return end
  }
  return -1
}

const next = (text: string, at: number): number => at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)

/** Where the last `count` characters begin; -1 where there are fewer. */
const back = (text: string, count: number): number => {
  let at = text.length
  for (let left = count; left > 0; left--) {
    if (at === 0) return -1
    at -= at > 1 && (text.codePointAt(at - 2) ?? 0) > 0xffff ? 2 : 1
  }
  return at
}
