import {
  type Answer,
  type Answered,
  type ChangesMessage,
  encodeDown,
  type Fields,
  type Scope,
  type TableScope,
} from '@rejoin/profile'
import type { Committed } from '../commit/committer.ts'
import type { Changed, Judged } from '../commit/submission.ts'
import { serveEnvelope } from '../scope/serve.ts'
import { keyOf } from '../storage/storage.ts'

/**
 * What a commit means for one live session: rows that entered or changed in its scope, rows that left it, answers to
 * its own edits. The row before and after decide; nothing is remembered per device.
 */
export type Rows = Pick<ChangesMessage, 'rows' | 'gone'> & {
  /** rows may have left of which that cannot be told: the device has to compare */
  readonly unsure: boolean
}

export const rowsFor = (scope: Scope, changed: readonly Changed[], cache?: Map<string, Uint8Array>): Rows => {
  let unsure = false
  const rows: { table: string; id: string; envelope: Uint8Array }[] = []
  const gone: { table: string; id: string; why: 'deleted' | 'left' }[] = []
  for (const change of changed) {
    const { table, id, rev, before, after, envelope, moved } = change
    const part = scope.tables.get(table)
    if (part === undefined) continue
    if (!after.deleted && part.holds(after.fields, id)) {
      rows.push({ table, id, envelope: serveEnvelope(envelope, part, cache, `${table}/${id}/${rev}`) })
    } else if (before !== undefined && !before.deleted && part.holds(before.fields, id)) {
      gone.push({ table, id, why: after.deleted ? 'deleted' : 'left' })
    } else if (moved !== undefined) {
      if (after.deleted && part.holds(after.fields, id)) gone.push({ table, id, why: 'deleted' })
      else unsure ||= asked(part, after.fields, id).some(moved)
    }
  }
  return { rows, gone, unsure }
}

/** The columns a scope read before it refused a row. Where none of them has changed, it refused it before, too. */
const asked = (part: TableScope, fields: Fields, id: string): string[] => {
  const columns = new Set<string>()
  const note = (of: Fields, column: string | symbol): Fields => {
    columns.add(String(column))
    return of
  }
  const watched = new Proxy(fields, {
    get: (of, column) => Reflect.get(note(of, column), column) as unknown,
    has: (of, column) => Reflect.has(note(of, column), column),
    getOwnPropertyDescriptor: (of, column) => Reflect.getOwnPropertyDescriptor(note(of, column), column),
  })
  part.holds(watched, id)
  return [...columns]
}

/**
 * Answers with the rows they are about, in one message. An author is told the fate of his own record even where it
 * is outside his scope: he knows it already, and must not wait for a row that never comes (LW8).
 */
export const answersFor = (
  scope: Scope,
  judged: readonly Judged[],
  committed: Committed,
): Rows & { answers: Answered[] } => {
  const own = new Map<string, Changed>()
  for (const { table, record, answer } of judged) {
    const standing = committed.standing.get(keyOf({ table, id: record }))
    if (standing !== undefined && (answer.status === 'applied' || answer.status === 'lost'))
      own.set(keyOf(standing), standing)
  }
  const others = committed.changed.filter(change => !own.has(keyOf(change)))
  const { rows, gone, unsure } = rowsFor(scope, [...others, ...own.values()])
  const told = new Set([...rows, ...gone].map(keyOf))
  const outside = [...own.values()].filter(standing => !told.has(keyOf(standing)))
  return {
    unsure,
    rows,
    gone: [
      ...gone,
      ...outside.map(({ table, id, after }) => ({ table, id, why: after.deleted ? 'deleted' : 'left' }) as const),
    ],
    answers: judged.map(({ edit, table, record, answer }) => ({
      edit,
      answer: servedAnswer(answer, scope.tables.get(table), record),
    })),
  }
}

/** A question names the other version: the columns its author's device may hold, while it may hold the record at all. */
const servedAnswer = (answer: Answer, part: TableScope | undefined, record: string): Answer => {
  if (answer.status !== 'held' || answer.question === undefined) return answer
  const whole = answer.question.theirs
  const held = part?.holds(whole, record) === true ? part.columns : new Set<string>()
  const theirs = Object.entries(whole).filter(([column]) => held.has(column))
  return { ...answer, question: { ...answer.question, theirs: Object.fromEntries(theirs) } }
}

/** What the sessions of one scope class hear of a commit. */
export interface Told {
  readonly frame: Uint8Array | undefined
  readonly unsure: boolean
}

/** Encodes a commit once per scope class. */
export const createFanOut = (committed: Committed): ((scope: Scope, scopeClass: string) => Told) => {
  const told = new Map<string, Told>()
  const served = new Map<string, Uint8Array>()
  return (scope, scopeClass) => {
    const known = told.get(scopeClass)
    if (known !== undefined) return known
    const { rows, gone, unsure } = rowsFor(scope, committed.changed, served)
    const concerns = rows.length > 0 || gone.length > 0
    const frame = concerns ? encodeDown({ type: 'changes', at: committed.head, rows, gone, answers: [] }) : undefined
    told.set(scopeClass, { frame, unsure })
    return { frame, unsure }
  }
}
