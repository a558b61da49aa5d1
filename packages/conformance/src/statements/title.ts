/** Ids in test titles: `[CF3][CF6] server wins: ...` proves CF3 and CF6. An id further on only mentions. */

const opening = /^(?:\[[A-Z]{2,}\d+\]\s*)+/
const one = /\[([A-Z]{2,}\d+)\]/g

const idsIn = (text: string): string[] => [...text.matchAll(one)].map(match => match[1] ?? '')

/** The ids a title opens with: the statements its test proves. */
export const idsProved = (title: string): readonly string[] => idsIn(opening.exec(title)?.[0] ?? '')

/** Every id a title names, wherever it stands. */
export const idsNamed = (title: string): readonly string[] => idsIn(title)

/**
 * What vitest's `-t` shall match. Vitest joins the titles of the describe blocks and of the test, so the pattern has
 * no anchor; which ids open the title itself is judged afterwards, on the results.
 */
export const patternOfFamilies = (codes: readonly string[]): string =>
  codes.length === 0 ? '\\[[A-Z]{2,}\\d+\\]' : `\\[(${codes.join('|')})\\d+\\]`

export const patternOfIds = (ids: readonly string[]): string => `\\[(${ids.join('|')})\\]`
