import type { Edit, Table } from '@rejoin/profile'
import { RejoinFault } from '../device/fault.ts'
import type { FormDraft } from '../drafts/form-draft.ts'
import type { Draft } from '../replica/draft.ts'
import { schemaOf } from '../replica/grant.ts'
import { aftersOf } from '../replica/reauthor.ts'
import type { Values, Wish } from '../table/saving.ts'
import type { Entry } from './outbox-state.ts'

/** Unsent work as a file: read by people, taken in by another device of the same user. JSON. */
export interface UnsentWork {
  /** other formats are refused with `invalid` */
  readonly format: 'rejoin unsent work 1'
  /** each export has its own: the same one is taken in once */
  readonly id: string
  /** id of the author; nobody else may take it in */
  readonly user: string
  /** id of the device it was made on */
  readonly device: string
  /** ms since 1970 */
  readonly at: number
  /** in the order they were made */
  readonly actions: readonly UnsentAction[]
  /** ids of edits given up after they may have left, of which nobody knows yet whether they took effect (OB10) */
  readonly withdrawn: readonly string[]
  /** forms not submitted */
  readonly drafts: readonly FormDraft[]
}

/** One action of the file. */
export interface UnsentAction {
  /** the edit's id */
  readonly id: string
  /** ms since 1970, when it was done */
  readonly at: number
  /** same in all actions that take effect together */
  readonly group?: string
  /** what its author did, by column name */
  readonly wish: Wish
}

/** What becomes of unsent work where records go: it stays, is given up, or is in a file that has these ids. */
export type Unsent = 'keep' | 'discard' | { readonly exported: readonly string[] }

/** Entries that no relay has accepted and their author still means. */
export const isUnsent = ({ state: { status } }: Entry): boolean => status !== 'accepted' && status !== 'withdrawing'

/** Entries given up that the relay may have taken all the same: it has not said yet (OB10). */
export const isUntold = ({ state }: Entry): boolean => state.status === 'withdrawing' && !state.closing

export const unsentOf = (draft: Draft, id: string, at: number): UnsentWork => {
  const { device, grant } = draft.meta()
  const tables = grant === undefined ? undefined : schemaOf(grant).tables
  return {
    format: 'rejoin unsent work 1',
    id,
    user: grant?.user.id ?? '',
    device,
    at,
    actions: draft
      .entries()
      .filter(isUnsent)
      .map(entry => actionOf(entry, tables?.get(entry.edit.table))),
    withdrawn: draft
      .entries()
      .filter(isUntold)
      .map(({ edit: { id } }) => id),
    drafts: draft.drafts(),
  }
}

/** As the text of a file. */
export const exported = (draft: Draft, id: string, at: number): string =>
  JSON.stringify(unsentOf(draft, id, at), undefined, 2)

const actionOf = ({ edit, separate }: Entry, table: Table | undefined): UnsentAction => {
  const { id, at, group } = edit
  const wish = wishOf(edit, table)
  return {
    id,
    at,
    ...(group === undefined ? {} : { group }),
    wish: separate === true && 'values' in wish ? { ...wish, mergeable: false } : wish,
  }
}

const wishOf = (edit: Edit, table: Table | undefined): Wish => {
  const { kind, record: id, command } = edit
  const place = { table: edit.table, id }
  if (kind === 'command') return { kind, ...place, name: command?.name ?? '', args: command?.args ?? {} }
  if (kind === 'delete') return { kind, ...place }
  const named = Object.entries(aftersOf(edit.changes)).map(([column, value]) => [
    table?.byId.get(column)?.name ?? column,
    value,
  ])
  return { kind, ...place, values: Object.fromEntries(named) as Values }
}

/** Every id a file vouches for: of actions, of what was withdrawn, and of drafts by their names. */
export const idsIn = ({ actions, withdrawn, drafts }: UnsentWork): readonly string[] => [
  ...actions.map(({ id }) => id),
  ...withdrawn,
  ...drafts.map(({ name }) => draftId(name)),
]

export const draftId = (name: string): string => `draft ${name}`

/** @throws RejoinFault `invalid` where the text is no export of unsent work */
export const readUnsent = (text: string): UnsentWork => {
  try {
    const read: unknown = JSON.parse(text)
    if (isObject(read) && read['format'] === 'rejoin unsent work 1' && isWork(read))
      return read as unknown as UnsentWork
  } catch {
    // Said below.
  }
  throw new RejoinFault({ code: 'invalid', message: 'this file holds no unsent work', fix: 'choose the exported file' })
}

const isWork = ({ id, user, actions, withdrawn, drafts }: Readonly<Record<string, unknown>>): boolean =>
  typeof id === 'string' &&
  Array.isArray(withdrawn) &&
  withdrawn.every(each => typeof each === 'string') &&
  typeof user === 'string' &&
  Array.isArray(actions) &&
  actions.every(isAction) &&
  Array.isArray(drafts) &&
  drafts.every(each => isObject(each) && typeof each['name'] === 'string' && isObject(each['values']))

const isAction = (each: unknown): boolean =>
  isObject(each) && typeof each['id'] === 'string' && typeof each['at'] === 'number' && isWish(each['wish'])

const isWish = (wish: unknown): boolean =>
  isObject(wish) &&
  ['create', 'update', 'delete', 'command'].includes(String(wish['kind'])) &&
  ['table', 'id'].every(name => typeof wish[name] === 'string') &&
  isObject(wish[wish['kind'] === 'command' ? 'args' : 'values'] ?? {})

const isObject = (each: unknown): each is Readonly<Record<string, unknown>> =>
  typeof each === 'object' && each !== null && !Array.isArray(each)
