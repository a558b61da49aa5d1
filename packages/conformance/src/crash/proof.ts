import type { LedgerEntry } from '@rejoin/profile'
import type { EditRow } from '../rig/database.ts'
import type { Saved } from './claims.ts'

/** What the relay's database says at the end, and what the devices had said on the way. */
export interface Evidence {
  readonly saved: ReadonlyMap<string, Saved>
  readonly acknowledged: ReadonlySet<string>
  /** by device */
  readonly outboxes: ReadonlyMap<string, ReadonlySet<string>>
  readonly edits: readonly EditRow[]
  readonly ledger: readonly LedgerEntry[]
  /** revisions were given out in (`firstRev`, `head`] */
  readonly firstRev: number
  readonly head: number
  /** by record: the value of its counter column */
  readonly counters: ReadonlyMap<string, number>
}

export interface Accounts {
  readonly applied: number
  readonly lost: number
  /** replaced by an edit that names it */
  readonly amended: number
  readonly inOutbox: number
  readonly rejected: number
  readonly unaccounted: number
}

/** G2: an edit acknowledged by a relay survives kill -9 of that relay. */
export const missingAcknowledged = (acknowledged: ReadonlySet<string>, edits: readonly EditRow[]): string[] => {
  const merged = new Set(edits.filter(isMerged).map(({ id }) => id))
  return [...acknowledged].filter(id => !merged.has(id))
}

/** G1, G3: every saved edit is in exactly one place; the last column must stay empty. */
export const accountFor = ({ saved, edits, outboxes }: Evidence): Accounts => {
  const byId = new Map(edits.map(edit => [edit.id, edit]))
  const amended = new Set(edits.flatMap(({ amends }) => amends ?? []))
  const accounts = { applied: 0, lost: 0, amended: 0, inOutbox: 0, rejected: 0, unaccounted: 0 }
  for (const [id, { device }] of saved) {
    const status = byId.get(id)?.outcome.status
    if (status === 'applied' || status === 'lost') accounts[status] += 1
    else if (amended.has(id)) accounts.amended += 1
    else if (status !== undefined) accounts.rejected += 1
    else if (outboxes.get(device)?.has(id) === true) accounts.inOutbox += 1
    else accounts.unaccounted += 1
  }
  return accounts
}

/** All that must hold after the kills, each breach as a sentence; none is the proof. */
export const breaches = (evidence: Evidence): string[] => [
  ...savedBreaches(evidence),
  ...missingAcknowledged(evidence.acknowledged, evidence.edits).map(
    id => `G2: acknowledged edit ${id} is not in the database`,
  ),
  ...conflictBreaches(evidence),
  ...revisionBreaches(evidence),
  ...counterBreaches(evidence),
]

const savedBreaches = (evidence: Evidence): string[] => {
  const { unaccounted, rejected, inOutbox } = accountFor(evidence)
  return [
    ...(unaccounted > 0 ? [`G1, G3: ${unaccounted} saved edits are nowhere`] : []),
    ...(rejected > 0 ? [`G3: ${rejected} edits were refused, though every one was allowed`] : []),
    ...(inOutbox > 0 ? [`G11: ${inOutbox} edits are still in outboxes`] : []),
  ]
}

const conflictBreaches = ({ edits, ledger }: Evidence): string[] => {
  const noted = new Set(ledger.map(({ edit }) => edit))
  return edits
    .filter(({ id, outcome }) => isMerged({ outcome }) && 'conflict' in outcome && !noted.has(id))
    .map(({ id }) => `G3: the conflict of edit ${id} is not in the ledger`)
}

/** G4: each merged edit took one revision, and no revision was taken by none or by two. */
const revisionBreaches = ({ edits, firstRev, head }: Evidence): string[] => {
  const taken = new Map<number, string>()
  const found: string[] = []
  for (const { id, outcome } of edits) {
    if (outcome.status !== 'applied' && outcome.status !== 'lost') continue
    const other = taken.get(outcome.rev)
    if (other !== undefined) found.push(`G4: edits ${other} and ${id} share revision ${outcome.rev}`)
    taken.set(outcome.rev, id)
  }
  for (let rev = firstRev + 1; rev <= head; rev += 1) {
    if (!taken.has(rev)) found.push(`G4: revision ${rev} belongs to no edit: one was applied twice`)
  }
  return found
}

/** G4 by value: each count stands on the one before, so a job's counter is the number of its applied counts. */
const counterBreaches = ({ edits, counters }: Evidence): string[] => {
  const counts = new Map<string, EditRow[]>()
  for (const edit of edits) {
    if (edit.kind !== 'update' || !('counter' in edit.changes) || edit.outcome.status !== 'applied') continue
    counts.set(edit.record, [...(counts.get(edit.record) ?? []), edit])
  }
  return [...counters].flatMap(([record, counter]) => {
    const counted = counts.get(record) ?? []
    if (counter === counted.length) return []
    const values = counted.map(({ changes }) => changes['counter']![1])
    const doubled = values.filter((value, at) => values.indexOf(value) !== at)
    const twice = doubled.length === 0 ? '' : `; counted twice: ${doubled.slice(0, 5).join(', ')}`
    return [`G4: job ${record} counted to ${counter} in ${counted.length} applied edits${twice}`]
  })
}

const isMerged = ({ outcome }: Pick<EditRow, 'outcome'>): boolean =>
  outcome.status === 'applied' || outcome.status === 'lost'
