import type { Content, Edit, Fields, TruthRow, Value } from '@rejoin/profile'
import { REMEMBERED, truthFor } from '@rejoin/profile'
import { same } from '../failure.ts'
import { isSealed } from '../places.ts'
import type { SimulatedStrategy } from '../strategies.ts'
import { handledBy } from './handled.ts'
import { madeBusy, wordOn } from './weighed.ts'

/**
 * The oracle's record: plain values and who changed them when, nothing forgotten. What an edit becomes is looked up in
 * the truth table and carried out here; neither judge nor mergeEdit is ever asked.
 */
export interface Standing {
  content: Content
  rev: number
  changed: number
  /** every visible change, oldest first */
  visible: { readonly rev: number; readonly edit: string; readonly device: string }[]
  /** commit that began this life of the document */
  readonly incarnation: string
}

/** How the relay is known to have settled an earlier edit. */
export type Fate =
  | { readonly status: 'applied'; readonly rev: number }
  | { readonly status: 'lost'; readonly rev: number; readonly to: number }
  | { readonly status: 'rejected' | 'held' | 'withdrawn' }

export interface Expected {
  /** `applied`, `lost`, `held`, or the code of a rejection */
  readonly status: string
  readonly content: Content
  /** both versions must be in the ledger */
  readonly ledger: boolean
  /** lost: to which revision */
  readonly to: number
}

export const nothing: Content = { fields: {}, deleted: false }

export interface Circumstances {
  /** the author's base in this history, 0 where it is of another one or of another life of the record */
  readonly base: number
  readonly after: Fate | undefined
  readonly strategy: SimulatedStrategy
}

type Situation = Pick<TruthRow, 'strategy' | 'kind' | 'record' | 'chain'>

/** Which row of the law an edit falls under. */
export const situationOf = (standing: Standing | undefined, edit: Edit, circumstances: Circumstances): Situation => {
  const { base, after } = circumstances
  const strategy = wordOn(circumstances.strategy, standing?.content).as
  const chain = chainOf(after, base)
  const known = after?.status === 'applied' ? Math.max(base, after.rev) : base
  const seen = new Set(edit.seen)
  const later = standing?.visible.filter(each => each.rev > known) ?? []
  // A record remembers so many changes: where all of them came later, older ones may have been anybody's.
  const foreign = later.length >= REMEMBERED || later.some(each => each.device !== edit.device && !seen.has(each.edit))
  const record =
    standing === undefined
      ? 'absent'
      : standing.content.deleted
        ? foreign
          ? 'deleted'
          : 'gone'
        : foreign
          ? 'changed'
          : 'same'
  return { strategy, kind: edit.kind, record, chain }
}

const chainOf = (after: Fate | undefined, base: number): Situation['chain'] => {
  if (after === undefined) return 'none'
  if (after.status === 'applied') return 'applied'
  if (after.status === 'lost') return base >= after.to ? 'lostSeen' : 'lost'
  return 'stopped'
}

/** @param image the author's image cut to the columns he may write */
export const lawOn = (
  standing: Standing | undefined,
  edit: Edit,
  image: Fields,
  circumstances: Circumstances,
): Expected => {
  const situation = situationOf(standing, edit, circumstances)
  const row = truthFor(situation)
  if (row === undefined) throw new Error(`the truth table has no row for ${JSON.stringify(situation)}`)
  const before = standing?.content ?? nothing
  const to = standing?.changed ?? 0
  const made = row.strategy !== 'any' && wordOn(circumstances.strategy, standing?.content).busy
  const content = made ? madeBusy(before) : becoming(row.becomes, before, edit, image)
  if (content === undefined) return { status: 'rule', content: before, ledger: false, to }
  // A rule asks what its author wants of the record, before that could win, lose or become a question.
  const wanted =
    row.status === 'applied' ? content : becoming(edit.kind === 'delete' ? 'deleted' : 'changes', before, edit, image)
  const open =
    row.status === 'applied' || row.status === 'lost' || (row.status === 'held' && situation.chain !== 'stopped')
  if (open && !same(wanted, before) && isSealed(edit.table, edit.kind, standing?.content.fields)) {
    return { status: 'rule', content: before, ledger: false, to }
  }
  const seen = becoming('changes', before, edit, image)
  const ledger = row.ledger === 'yes' || (row.ledger === 'differs' && !same(content, seen))
  return { status: row.status, content, ledger, to }
}

/** @returns undefined where a command refuses */
const becoming = (becomes: TruthRow['becomes'], standing: Content, edit: Edit, image: Fields): Content | undefined => {
  switch (becomes) {
    case 'fields':
      return { fields: present(aftersOf(edit)), deleted: false }
    case 'changes':
      return { fields: present({ ...standing.fields, ...aftersOf(edit) }), deleted: false }
    case 'image':
      return { fields: present({ ...standing.fields, ...image, ...aftersOf(edit) }), deleted: false }
    case 'standing':
      return standing
    case 'deleted':
      return { ...standing, deleted: true }
    case 'handled': {
      const fields = handledBy(edit.command!, standing.fields)
      return fields === undefined ? undefined : { fields: present(fields), deleted: false }
    }
  }
}

export const aftersOf = (edit: Pick<Edit, 'changes'>): Record<string, Value> =>
  Object.fromEntries(Object.entries(edit.changes).map(([column, [, after]]) => [column, after]))

export const present = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
