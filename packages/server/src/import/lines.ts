/** One or more physical lines that look like one CSV record. */
export interface Candidate {
  /** number of its first line, from 1 */
  readonly line: number
  readonly text: string
  /** its quotes never close: only the first line is handed over, the rest is looked at again */
  readonly open: boolean
}

/** A quoted cell may span lines, but not more than these: beyond them the quote is taken for an unbalanced one. */
const mostLines = 200
const mostCharacters = 1_000_000

/**
 * Cuts text into lines and joins lines while a quote is open, so that one unbalanced quote costs one row and
 * not the rest of the file. `isRecord` judges joined lines: a stray quote may find its match in another stray
 * quote below. Holds at most `mostCharacters` and the chunk in hand.
 */
export async function* candidates(
  input: AsyncIterable<Uint8Array | string>,
  isRecord: (text: string) => boolean,
): AsyncGenerator<Candidate> {
  const waiting: string[] = []
  let first = 1
  let scanned = 0
  let size = 0
  let open = false
  const hand = (count: number, isOpen: boolean): Candidate => {
    const candidate = { line: first, text: waiting.splice(0, count).join('\n'), open: isOpen }
    first += count
    // what was scanned behind an unbalanced quote is looked at again
    scanned = 0
    size = 0
    open = false
    return candidate
  }
  const next = (atEnd: boolean): Candidate | undefined => {
    while (scanned < waiting.length) {
      const line = waiting[scanned] ?? ''
      scanned += 1
      size += line.length
      if (oddQuotes(line)) open = !open
      if (!open)
        return scanned === 1 || isRecord(waiting.slice(0, scanned).join('\n')) ? hand(scanned, false) : hand(1, true)
      if (scanned >= mostLines || size > mostCharacters) return hand(1, true)
    }
    return atEnd && waiting.length > 0 ? hand(1, true) : undefined
  }
  for await (const line of lines(input)) {
    waiting.push(line)
    for (let found = next(false); found !== undefined; found = next(false)) yield found
  }
  for (let found = next(true); found !== undefined; found = next(true)) yield found
}

/** Lines without their ends, whichever of LF and CRLF ends them. */
async function* lines(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  const cut = function* (text: string): Generator<string> {
    let from = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      yield text.slice(from, text[end - 1] === '\r' && end > from ? end - 1 : end)
      from = end + 1
    }
    rest = text.slice(from)
    // a file without line ends: cut somewhere rather than hold all of it
    if (rest.length > mostCharacters) {
      yield rest
      rest = ''
    }
  }
  // the decoder drops a byte order mark
  for await (const chunk of input) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    yield* cut(rest + decoder.decode(bytes, { stream: true }))
  }
  yield* cut(rest + decoder.decode())
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest
}

const oddQuotes = (line: string): boolean => {
  let odd = false
  for (let at = line.indexOf('"'); at !== -1; at = line.indexOf('"', at + 1)) odd = !odd
  return odd
}
