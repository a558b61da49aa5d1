/**
 * A browser may remove a store without a word. A mark outside it says whose store it was and how much was unsent: a
 * store that is new while the mark names another one was removed. Pure.
 */
export interface Mark {
  /** the store's device */
  readonly device: string
  /** unsent actions in it */
  readonly unsent: number
  /** ms since 1970 when this was written */
  readonly at: number
  /** a loss nobody has acknowledged yet */
  readonly lost?: Loss
}

/** The browser removed a store: what was in it that nobody else has. Plain data. */
export interface Loss {
  /** unsent actions that may be lost with it: as many as there were when last counted */
  readonly unsent: number
  /** ms since 1970 when the store was last known to be there */
  readonly seen: number
}

/** @returns what was lost, of the store of `device` that was just opened */
export const lossIn = (mark: Mark | undefined, device: string): Loss | undefined => {
  if (mark === undefined) return undefined
  if (mark.device === device) return mark.lost
  return { unsent: mark.unsent + (mark.lost?.unsent ?? 0), seen: mark.at }
}

/** A text that is no mark is none: other programs of the site may write there. */
export const readMark = (text: string | undefined): Mark | undefined => {
  if (text === undefined) return undefined
  try {
    const mark = JSON.parse(text) as Partial<Mark> | null
    return typeof mark?.device === 'string' && typeof mark.unsent === 'number' && typeof mark.at === 'number'
      ? (mark as Mark)
      : undefined
  } catch {
    return undefined
  }
}
