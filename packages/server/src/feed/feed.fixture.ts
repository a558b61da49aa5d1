import type { FeedLine } from './follow.ts'

/** The lines of a stream as they come. */
export interface Lines {
  /** the next so many */
  take(count: number): Promise<FeedLine[]>
  /** up to the next beat, the beat included */
  toBeat(): Promise<FeedLine[]>
  /** up to the end of the stream */
  rest(): Promise<FeedLine[]>
  leave(): Promise<void>
}

export const linesOf = (response: Response): Lines => {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const ready: FeedLine[] = []
  let text = ''
  const more = async (): Promise<boolean> => {
    const { value, done } = await reader.read()
    const parts = (text + (value ?? '')).split('\n')
    text = parts.pop()!
    for (const part of parts) ready.push(JSON.parse(part) as FeedLine)
    return !done
  }
  const until = async (enough: () => number): Promise<FeedLine[]> => {
    while (enough() <= 0) if (!(await more())) return ready.splice(0)
    return ready.splice(0, enough())
  }
  return {
    take: count => until(() => (ready.length >= count ? count : 0)),
    toBeat: () => until(() => ready.findIndex(({ type }) => type === 'beat') + 1),
    rest: () => until(() => -1),
    leave: () => reader.cancel(),
  }
}

export const changesIn = (lines: readonly FeedLine[]) => lines.flatMap(line => (line.type === 'change' ? [line] : []))
