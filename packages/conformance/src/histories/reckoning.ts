import type { OutboxEntry } from '@rejoin/client'
import type { LedgerRow, RefusedRow } from '../proofs/office.ts'
import { broken } from '../simulator/failure.ts'
import { type Book, marksIn, type Save } from './book.ts'
import type { Desk } from './desk.ts'
import type { Land } from './land.ts'

/** What became of an edit. */
export const classes = [
  'applied',
  'lost',
  'rejected',
  'held',
  'waiting',
  'discarded',
  'withdrawn',
  'corrected',
  'wiped',
  'exported',
  'column gone',
] as const
export type Class = (typeof classes)[number]

/**
 * Every edit ever saved ended in exactly one way, and where it says it did: what took effect was seen in its record,
 * what lost is found with both versions on both sides, what was refused or waits is in an outbox or in the back
 * office's list, and everything else is its author's own choice.
 */
export const reckon = async (land: Land): Promise<ReadonlyMap<Class, number>> => {
  const evidence = await gather(land)
  const counts = new Map<Class, number>()
  for (const save of land.book.saves) {
    const found = classOf(land, evidence, save)
    if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1)
  }
  tallied(land, evidence)
  return counts
}

interface Evidence {
  /** marks that were seen in the record they were for */
  readonly seen: ReadonlySet<number>
  readonly deleted: (save: Save) => boolean
  readonly tally: ReadonlyMap<string, number>
  readonly ledger: readonly LedgerRow[]
  readonly refused: readonly RefusedRow[]
  readonly shown: readonly { readonly desk: Desk; readonly entry: OutboxEntry; readonly saves: readonly Save[] }[]
}

const gather = async ({ rig, book, desks }: Land): Promise<Evidence> => {
  const seen = new Set<number>()
  const tally = new Map<string, number>()
  for (const { table, id, fields } of rig.applied()) {
    for (const nr of marksIn(fields)) {
      const { record, table: of } = book.saves[nr]!
      if (record !== id || of !== table) broken('a value is in the record it was for', { nr, record, found: id })
      seen.add(nr)
    }
    if (table === 'workorder' && id.startsWith('T')) tally.set(id, Number(fields['prio'] ?? 0))
  }
  return {
    seen,
    tally,
    deleted: ({ record, since }) =>
      rig.applied().some(({ id, deleted }, index) => index >= since && id === record && deleted),
    ledger: await rig.office.ledger(),
    refused: (await rig.office.refused()).filter(({ resolved }) => !resolved),
    shown: desks.flatMap(desk =>
      desk.empty ? [] : desk.entries().map(entry => ({ desk, entry, saves: desk.savesOf(entry) })),
    ),
  }
}

const classOf = (land: Land, evidence: Evidence, save: Save): Class | undefined => {
  const { book } = land
  const applied = tookEffect(land, evidence, save)
  const lost = lostIn(evidence, save)
  const shown = evidence.shown.filter(({ saves }) => saves.includes(save))
  const open = shown.filter(({ entry }) => entry.state !== 'accepted')
  const at = (): unknown => ({
    ...save,
    over: save.over?.nr,
    ids: [...save.ids],
    answers: [...save.answers],
    files: save.files.size,
    applied,
    lost: lost?.edit,
    shown: shown.map(({ desk, entry }) => ({ desk: desk.index, ...entry })),
  })
  if (save.choice === 'refused') {
    if (applied || lost !== undefined || shown.length > 0) broken('what was refused on the spot is nowhere', at())
    return undefined
  }
  if (applied && lost !== undefined && !save.restored) broken('an edit takes effect or loses, not both', at())
  if ((applied || lost !== undefined) && open.length > 0 && !save.restored)
    broken('what the relay has settled is in no outbox', at())
  if (applied) {
    // Whoever was removed is told nothing more.
    const isTold = land.desks[save.desk]!.removed || save.toldLate || save.files.size > 0 || save.choice !== 'discarded'
    if (!isTold) broken('a withdrawal that came too late is told', at())
    return 'applied'
  }
  if (lost !== undefined) return lostAndFound(land, save, lost, at)
  if (open.length > 1) broken('an edit waits in one place', at())
  const [where] = open
  if (where !== undefined) {
    if (save.choice !== undefined) broken('what its author gave up is in no outbox', at())
    return stateOf(evidence, where.entry, at)
  }
  if (save.over !== undefined && !save.left) return classOf(land, evidence, save.over)
  if (save.toldGone) return 'column gone'
  if (save.choice === 'discarded') return save.left ? 'withdrawn' : 'discarded'
  if (save.choice === 'corrected' || save.choice === 'wiped') return save.choice
  if ([...save.files].some(({ imported }) => !imported)) return 'exported'
  const desk = land.desks[save.desk]!
  if (desk.removed && evidence.refused.some(row => save.ids.has(row.edit) || isOf(book.of(sightOf(row)), save)))
    return 'rejected'
  if (!save.promised) return undefined
  return broken('every edit is accounted for', at())
}

/** Seen in its record; or the relay said so, and it was written over before anybody could see it. */
const tookEffect = ({ book }: Land, { seen, deleted, tally }: Evidence, save: Save): boolean => {
  if (save.by !== undefined) return Math.floor((tally.get(save.record) ?? 0) / save.by) % 2 === 1
  if (save.kind === 'delete') return deleted(save) || (save.answers.has('applied') && isMadeAgain(book, seen, save))
  if (seen.has(save.nr)) return true
  const { column, table, record } = save
  return (
    save.answers.has('applied') &&
    book.saves.some(
      each =>
        each !== save &&
        each.table === table &&
        each.record === record &&
        (each.kind === 'delete' ? deleted(each) : each.column === column && seen.has(each.nr)),
    )
  )
}

/** Deleted and made anew in one commit, nobody sees it gone. */
const isMadeAgain = ({ saves }: Book, seen: ReadonlySet<number>, { record, nr }: Save): boolean =>
  saves.some(each => each.kind === 'create' && each.record === record && each.nr > nr && seen.has(each.nr))

const lostIn = ({ ledger }: Evidence, save: Save): LedgerRow | undefined =>
  ledger.find(({ edit, status }) => status === 'lost' && save.ids.has(edit))

/** A named conflict, both versions of which are found, by the back office and by its author. */
const lostAndFound = ({ desks }: Land, save: Save, row: LedgerRow, at: () => unknown): Class => {
  const bothThere = row.strategy !== '' && row.mine !== undefined && row.theirs !== undefined
  if (!bothThere) broken('a conflict keeps both versions', at())
  const desk = desks[save.desk]!
  const cleared = save.nr < desk.cleared || desk.empty || desk.removed || save.files.size > 0
  if (!cleared && !save.toldLost) broken('who lost is told', at())
  return 'lost'
}

const stateOf = ({ refused }: Evidence, entry: OutboxEntry, at: () => unknown): Class => {
  if (entry.state === 'rejected') {
    // What never came to the relay, or is of a table it does not have, no back office hears of.
    if (entry.error?.code !== 'too-large' && !refused.some(({ edit }) => edit === entry.id))
      broken('the back office sees what was refused', at())
    return 'rejected'
  }
  return entry.state === 'held' ? 'held' : 'waiting'
}

const sightOf = ({ kind, table, record, changes, command }: RefusedRow) => ({
  kind,
  table,
  record,
  values: Object.values(changes),
  ...(command === undefined ? {} : { command }),
})

const isOf = (saves: readonly Save[], save: Save): boolean => saves.includes(save)

/** Nothing twice, nothing never: a raise that was answered as applied is in its record, and what is there had been sent. */
const tallied = ({ book }: Land, { tally }: Evidence): void => {
  for (const [record, found] of tally) {
    const raised = book.saves.filter(each => each.by !== undefined && each.record === record)
    const isIn = ({ by = 0 }: Save): boolean => Math.floor(found / by) % 2 === 1
    const missing = raised.filter(each => each.answers.has('applied') && !isIn(each))
    const sum = raised.filter(each => each.left && isIn(each)).reduce((total, { by = 0 }) => total + by, 0)
    if (missing.length > 0 || sum !== found) broken('every raise counts once', { record, found, sum, missing })
  }
}
