/**
 * Text as PostgreSQL takes it. It refuses NUL, which nobody needs but anybody can send: an edit that is refused is kept
 * with the ids its device gave it. NUL and U+0001 become pairs that begin with U+0001, so nothing is lost and the order
 * by code point stays.
 */
export const toText = (text: string): string =>
  rare.test(text) ? text.replaceAll(rareAll, found => (found === '\0' ? '\u0001\u0001' : '\u0001\u0002')) : text

export const fromText = (text: string): string =>
  text.includes('\u0001') ? text.replaceAll(pairs, pair => (pair === '\u0001\u0001' ? '\0' : '\u0001')) : text

// eslint-disable-next-line no-control-regex
const rare = /[\0\u0001]/
// eslint-disable-next-line no-control-regex
const rareAll = /[\0\u0001]/g
// eslint-disable-next-line no-control-regex
const pairs = /\u0001[\u0001\u0002]/g

/** The same inside JSON, for `jsonb`: it takes neither NUL nor half a character, in values or keys. */
export const toJson = (json: string): string => (/\\u(000[01]|d)/i.test(json) ? rewritten(json, toWhole) : json)

export const fromJson = (json: string): string => (json.includes('\\u0001') ? rewritten(json, fromText) : json)

const toWhole = (text: string): string => toText(Buffer.from(text).toString())

const rewritten = (json: string, change: (text: string) => string): string => {
  const inside = (value: unknown): unknown => {
    if (typeof value === 'string') return change(value)
    if (Array.isArray(value)) return value.map(inside)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [change(key), inside(each)]))
  }
  return spaced(inside(JSON.parse(json)))
}

/** As `jsonb` spaces it. */
const spaced = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, each]) => `${JSON.stringify(key)}: ${spaced(each)}`)
    .join(', ')}}`
}
