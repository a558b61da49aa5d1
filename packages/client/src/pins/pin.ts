import type { Fields } from '@rejoin/profile'
import { RejoinFault } from '../device/fault.ts'
import type { Draft } from '../replica/draft.ts'

/**
 * Plan ahead (OM10): a selection of records, or all that a saved view shows, added to the download by its user. What it
 * brings comes from the online API, lies beside the scope and never counts in its fingerprint; it is there to be read.
 */
export interface Pin {
  /** the app's own name for it; one selection per name */
  readonly name: string
  /** table name */
  readonly table: string
  /** what was asked for, asked again by `refresh` */
  readonly selection: Selection
  /** record keys it brought */
  readonly brought: readonly string[]
  /** they went, as rights have changed since: they are fetched again at the next contact */
  readonly due?: true
  /** ms since 1970 when they were fetched */
  readonly at: number
}

/** Records by their ids, or all that a saved view shows. */
export type Selection =
  | { readonly ids: readonly string[] }
  /** a saved view: columns by name that have exactly these values */
  | { readonly where: Readonly<Record<string, string | number | boolean | null>> }

/** A record that a pin brought. */
export interface Pinned {
  readonly rev: number
  /** by column id */
  readonly fields: Fields
  /** names of the pins that want it */
  readonly by: readonly string[]
}

/**
 * What a pin brought is replaced by this.
 * @param rights those it was fetched under. @throws RejoinFault `refused` where they are others by now
 */
export const putPin = (
  draft: Draft,
  pin: Omit<Pin, 'brought' | 'due'>,
  rows: ReadonlyMap<string, Omit<Pinned, 'by'>>,
  rights: string | undefined,
): void => {
  if (rights !== rightsIn(draft)) throw otherRights()
  takeOff(draft, pin.name, rows)
  for (const [key, { rev, fields }] of rows) {
    const held = draft.pinned.get(key)
    const by = [...new Set([...(held?.by ?? []), pin.name])]
    draft.pinned.set(key, held !== undefined && held.rev > rev ? { ...held, by } : { rev, fields, by })
  }
  draft.pins.set(pin.name, { ...pin, brought: [...rows.keys()] })
}

export const removePin = (draft: Draft, name: string): void => {
  takeOff(draft, name, new Map())
  draft.pins.set(name, undefined)
}

/** Nobody can say any more whether their reader may still read them, or all of their columns (SE3): they go at once. */
export const dropPinned = (draft: Draft): void => {
  for (const pin of draft.selections()) {
    for (const key of pin.brought) draft.pinned.set(key, undefined)
    draft.pins.set(pin.name, { ...pin, brought: [], due: true })
  }
}

const rightsIn = (draft: Draft): string | undefined => draft.meta().grant?.rights

const otherRights = (): RejoinFault =>
  new RejoinFault({
    code: 'refused',
    message: 'the rights of this user have changed while the records were fetched',
    fix: 'fetch them again',
  })

const takeOff = (draft: Draft, name: string, except: ReadonlyMap<string, unknown>): void => {
  for (const key of draft.pins.get(name)?.brought ?? []) {
    const held = draft.pinned.get(key)
    if (held === undefined || except.has(key)) continue
    const by = held.by.filter(each => each !== name)
    draft.pinned.set(key, by.length === 0 ? undefined : { ...held, by })
  }
}
