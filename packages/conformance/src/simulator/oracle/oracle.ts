import type { Content, Edit, Outcome } from '@rejoin/profile'
import { keyOf, type Decision, type StoredEdit } from '@rejoin/server'
import { readStored } from '../documents.ts'
import { broken, same } from '../failure.ts'
import { columnsOf, refusalOf, strategyOn, type User } from '../places.ts'
import type { SimulatedStrategy } from '../strategies.ts'
import { aftersOf, type Expected, type Fate, lawOn, nothing, type Standing } from './model.ts'

/**
 * Stands beside the relay's storage and reads what each commit decided, in the order it was decided. From the edits as
 * their authors made them it computes again what each one is worth and what its record must say, and compares.
 *
 *     authored edits ─┐
 *     order of commit ─┴─> truth table ─> status, fields, revision  =  what the relay said and stored
 */
export interface Oracle {
  /** an edit as its author made it, from a device's disk or the back office */
  authored(edit: Edit, user: User): void
  /** ids of a group as they last went up together */
  grouped(ids: readonly string[]): void
  committed(decision: Decision<unknown>): void
  readonly records: ReadonlyMap<string, Standing>
  readonly fates: ReadonlyMap<string, Fate>
  head(): number
  /** the commit that gave out a revision, '' for none */
  commitOf(rev: number): string
  /** contents a record has had since the step began */
  recently(key: string): readonly Content[]
  stepBegins(): void
}

interface Authored {
  readonly edit: Edit
  readonly user: User
}

export const createOracle = (strategy: SimulatedStrategy): Oracle => {
  const edits = new Map<string, Authored>()
  const groups = new Map<string, readonly string[]>()
  const records = new Map<string, Standing>()
  const fates = new Map<string, Fate>()
  const commits = new Map<number, string>()
  const recent = new Map<string, Content[]>()
  let head = 0

  const authorOf = (id: string): Authored => edits.get(id) ?? broken('nothing from nowhere', `edit ${id} has no author`)

  /** What the law says of an edit on a record, without carrying it out. */
  const expect = (id: string, on: ReadonlyMap<string, Standing>, known: ReadonlyMap<string, Fate>): Expected => {
    const { edit, user } = authorOf(id)
    const standing = on.get(guid(edit))
    const after = edit.after === undefined ? undefined : known.get(edit.after)
    if (edit.after !== undefined && after === undefined)
      broken('chains keep their order', `${id} came before ${edit.after}`)
    const stopped = after !== undefined && after.status !== 'applied' && after.status !== 'lost'
    const asked = { kind: edit.kind, table: edit.table, columns: Object.keys(edit.changes), values: aftersOf(edit) }
    const refusal = stopped ? undefined : refusalOf(user, asked, standing?.content.fields)
    const content = standing?.content ?? nothing
    if (refusal !== undefined) return { status: refusal, content, ledger: false, to: 0 }
    const mine = edit.incarnation === '' || edit.incarnation === standing?.incarnation
    const base = mine && edit.base.rev > 0 && commits.get(edit.base.rev) === edit.base.commit ? edit.base.rev : 0
    const image = Object.fromEntries(
      Object.entries(edit.image ?? {}).filter(([column]) => writes(user, edit.table, column)),
    )
    return lawOn(standing, edit, image, { base, after, strategy: strategyOn(edit.table, strategy) })
  }

  /** What a group is worth as a whole: all of it or none. */
  const expectGroup = (ids: readonly string[]): Expected[] => {
    const on = new Map([...records].map(([key, standing]) => [key, { ...standing, visible: [...standing.visible] }]))
    const known = new Map(fates)
    const each = ids.map(id => {
      const settled = fates.get(id)
      if (settled !== undefined) return asBefore(settled)
      const expected = expect(id, on, known)
      // Later edits of the group only ask whether it went well and what stands then.
      carryOut(on, known, authorOf(id).edit, expected, Number.MAX_SAFE_INTEGER, 'trial')
      return expected
    })
    const stopped =
      each.find(({ status }) => isRejection(status)) ??
      each.find(({ status }) => status === 'held' || status === 'withdrawn')
    const stands = (id: string): Standing | undefined => records.get(guid(authorOf(id).edit))
    if (stopped !== undefined) {
      return each.map((expected, index) => {
        if (isRejection(expected.status) || expected.status === 'held') return expected
        const status = isRejection(stopped.status) ? 'group' : 'held'
        return { status, content: stands(ids[index]!)?.content ?? nothing, ledger: false, to: 0 }
      })
    }
    if (each.every(({ status }) => status !== 'lost')) return each
    return ids.map(id => {
      const standing = stands(id)
      return standing === undefined
        ? { status: 'group', content: nothing, ledger: false, to: 0 }
        : { status: 'lost', content: standing.content, ledger: true, to: standing.changed }
    })
  }

  const settle = (stored: StoredEdit, expected: Expected, commit: string, decision: Decision<unknown>): void => {
    const { edit, outcome } = stored
    const said = outcome.status === 'rejected' ? outcome.code : outcome.status
    // Held and given up again within one commit leaves only its end.
    if (said === 'withdrawn') return void fates.set(edit, { status: 'withdrawn' })
    const author = authorOf(edit).edit
    if (said !== expected.status) {
      broken('each edit becomes what the truth table says', {
        edit,
        said: outcome,
        expected,
        kind: author.kind,
        of: guid(author),
      })
    }
    if (!same(stored.changes, author.changes)) broken('edits are judged as their authors made them', { edit })
    if (outcome.status === 'lost' && outcome.to !== expected.to)
      broken('a lost edit names what it lost to', { edit, outcome, expected })
    const noted = decision.ledger?.some(entry => entry.edit === edit && same(entry.result, expected.content)) === true
    if (expected.ledger && !noted) broken('nothing is lost silently', { edit, expected, ledger: decision.ledger })
    carryOut(records, fates, author, expected, revOf(outcome), commit)
  }

  const carryOut = (
    on: Map<string, Standing>,
    known: Map<string, Fate>,
    edit: Edit,
    expected: Expected,
    rev: number,
    commit: string,
  ): void => {
    if (expected.status !== 'applied' && expected.status !== 'lost') {
      known.set(edit.id, { status: expected.status === 'held' ? 'held' : 'rejected' })
      return
    }
    known.set(
      edit.id,
      expected.status === 'lost' ? { status: 'lost', rev, to: expected.to } : { status: 'applied', rev },
    )
    const key = guid(edit)
    const before = on.get(key)
    const visible = { rev, edit: edit.id, device: edit.device }
    const standing = before ?? { content: nothing, rev, changed: rev, visible: [], incarnation: commit }
    if (before === undefined || !same(before.content, expected.content)) {
      standing.changed = rev
      standing.visible.push(visible)
    }
    standing.content = expected.content
    standing.rev = rev
    on.set(key, standing)
    if (commit !== 'trial') recent.set(key, [...(recent.get(key) ?? []), expected.content])
  }

  const compareStored = (decision: Decision<unknown>): void => {
    for (const stored of decision.records ?? []) {
      const key = keyOf(stored)
      const standing = records.get(key) ?? broken('nothing from nowhere', `${key} was stored without an edit`)
      const { content, confirmed } = readStored(stored)
      if (!same(content, standing.content)) {
        broken('the record says what its edits make of it', { key, stored: content, expected: standing.content })
      }
      if (stored.rev !== standing.rev || confirmed.rev !== standing.rev || confirmed.changed !== standing.changed) {
        broken('revisions follow the edits', {
          key,
          stored: confirmed.rev,
          changed: confirmed.changed,
          expected: standing,
        })
      }
    }
  }

  return {
    authored: (edit, user) => edits.set(edit.id, { edit, user }),
    grouped: ids => {
      for (const id of ids) groups.set(id, ids)
    },
    committed: decision => {
      if (decision.head !== undefined) {
        for (let rev = head + 1; rev <= decision.head.rev; rev++) commits.set(rev, decision.head.commit)
        if (decision.head.rev <= head) broken('a revision is given out once', decision.head)
        head = decision.head.rev
      }
      const commit = decision.head?.commit ?? ''
      const pending = (decision.edits ?? []).map(stored => ({ ...stored, edit: editOf(stored), note: isNote(stored) }))
      while (pending.length > 0) {
        const stored = pending.shift()!
        const before = fates.get(stored.edit)
        // Of an edit that was answered it says only that nobody has to look at it any more.
        if (stored.note && before !== undefined) continue
        if (before !== undefined && before.status !== 'held')
          broken('a final outcome stays', { edit: stored.edit, before })
        if (before !== undefined && stored.outcome.status !== 'withdrawn') {
          broken('an edit is judged once', { edit: stored.edit, outcome: stored.outcome })
        }
        if (stored.outcome.status === 'withdrawn') {
          fates.set(stored.edit, { status: 'withdrawn' })
          continue
        }
        const group = groups.get(stored.edit)
        if (group === undefined) {
          settle(stored, expect(stored.edit, records, fates), commit, decision)
          continue
        }
        const expected = expectGroup(group)
        const members = [stored, ...group.slice(group.indexOf(stored.edit) + 1).flatMap(id => taken(pending, id))]
        for (const member of members) settle(member, expected[group.indexOf(member.edit)]!, commit, decision)
      }
      compareStored(decision)
    },
    records,
    fates,
    head: () => head,
    commitOf: rev => commits.get(rev) ?? '',
    recently: key => [...(recent.get(key) ?? []), ...(records.has(key) ? [records.get(key)!.content] : [])],
    stepBegins: () => {
      recent.clear()
      for (const [key, { content }] of records) recent.set(key, [content])
    },
  }
}

/** That an edit is taken back, replaced or given up is kept beside it, under its author; it may not have come yet. */
const isNote = ({ edit }: Pick<StoredEdit, 'edit'>): boolean => edit.includes('/')

export const editOf = ({ edit }: Pick<StoredEdit, 'edit'>): string => edit.slice(edit.lastIndexOf('/') + 1)

const guid = ({ table, record }: Pick<Edit, 'table' | 'record'>): string => `${table}/${record}`

const revOf = (outcome: Outcome): number => ('rev' in outcome ? outcome.rev : 0)

const isRejection = (status: string): boolean => !['applied', 'lost', 'held', 'withdrawn'].includes(status)

/** The fate of an edit of the group that was answered earlier, as far as the others ask about it. */
const asBefore = (fate: Fate): Expected => ({
  status: fate.status === 'rejected' ? 'rule' : fate.status,
  content: nothing,
  ledger: false,
  to: 0,
})

const taken = (pending: StoredEdit[], id: string): StoredEdit[] => {
  const at = pending.findIndex(({ edit }) => edit === id)
  return at < 0 ? [] : pending.splice(at, 1)
}

/** Columns a user may write of a table: an image is cut to them. */
const writes = (user: User, table: string, column: string): boolean =>
  columnsOf[table]!.includes(column) && !(user === 'ben' && (table === 'site' || column === 'secret'))
