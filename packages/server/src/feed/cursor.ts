import type { Position } from '@rejoin/profile'

/** A place in the feed, as text: `REV:COMMIT`; `0:` is the beginning. */
export const cursorText = ({ rev, commit }: Position): string => `${rev}:${commit}`

/** @returns undefined where the text is no cursor */
export const readCursor = (text: string): Position | undefined => {
  const [, rev, commit] = /^(\d{1,16}):([0-9a-f]{0,16})$/.exec(text) ?? []
  if (rev === undefined || commit === undefined || !Number.isSafeInteger(Number(rev))) return undefined
  return { rev: Number(rev), commit }
}
