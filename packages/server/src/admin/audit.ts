import type { EntryKey } from '../directory/directory.ts'
import { CHANGES } from '../environment/environment.ts'
import type { Entry, View } from '../storage/storage.ts'

/** One administrative change, as it is remembered: written in the commit that made it, and never again. */
export interface Audited {
  /** the environment's number of changes after it */
  readonly number: number
  /** ms since 1970 */
  readonly at: number
  /** user id, or the program that did it */
  readonly by: string
  readonly what: string
  /** what was written or removed */
  readonly entries: readonly EntryKey[]
}

const keyOf = (number: number): EntryKey => ({ kind: 'audit', id: String(number).padStart(12, '0') })

export const auditEntry = (audited: Audited): Entry => ({ ...keyOf(audited.number), value: audited })

/** Newest first. @param before the number of the one after the first; default the newest */
export const readAudit = async (view: View, limit: number, before?: number): Promise<readonly Audited[]> => {
  const newest = ((await view.entry(CHANGES.kind, CHANGES.id))?.value as number | undefined) ?? 0
  const found: Audited[] = []
  const first = Math.min(newest, (before ?? Infinity) - 1)
  for (let number = first; number > 0 && number > first - limit; number--) {
    const { kind, id } = keyOf(number)
    const audited = (await view.entry(kind, id))?.value
    if (audited !== undefined) found.push(audited as Audited)
  }
  return found
}
