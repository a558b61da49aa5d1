import { foldRuns } from './fold-table.ts'

/**
 * How text is compared (FI6): case aside by Unicode simple folding, accents and trailing spaces counted, order by
 * code point of the folded text. SQL engines compare the folded copy in binary and so agree with this.
 */
export const fold = (text: string): string => {
  if (ascii.test(text)) return text.toLowerCase()
  let folded = ''
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const to = code < 128 ? (code >= 65 && code <= 90 ? code + 32 : code) : foldings.get(code)
    folded += to === undefined ? character : String.fromCodePoint(to)
  }
  return folded
}

/** Negative, 0 or positive, by code point. JavaScript's `<` compares UTF-16 units and puts U+FF21 after U+1F600. */
export const byCodePoint = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index)
    const y = b.charCodeAt(index)
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1
  }
  return a.length - b.length
}

const ascii = /^[\0-\x7f]*$/
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff

const foldings: ReadonlyMap<number, number> = new Map(
  foldRuns.split(',').flatMap(run => {
    const [first = '', last = '', step = '', delta = ''] = run.split(' ')
    const codes: [number, number][] = []
    for (let code = parseInt(first, 16); code <= parseInt(last, 16); code += Number(step)) {
      codes.push([code, code + parseInt(delta, 16)])
    }
    return codes
  }),
)
