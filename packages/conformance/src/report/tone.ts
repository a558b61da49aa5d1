/** Three tones for verdicts, only where a person looks at a terminal that shows them. */
const codes = { good: 32, bad: 31, faint: 90 } as const

export type Tone = keyof typeof codes

export const tone = (kind: Tone, text: string): string => {
  const shows = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
  return shows ? `\u001B[${codes[kind]}m${text}\u001B[0m` : text
}
