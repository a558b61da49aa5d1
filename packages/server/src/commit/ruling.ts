import {
  compileFilter,
  type Content,
  DELETED,
  type Edit,
  fieldsToRow,
  laidOver,
  type Person,
  type PlainRow,
  type Rejection,
  sameValue,
  type Table,
  type Verdict,
} from '@rejoin/profile'
import type { CodeRule, RuleContext } from '../rules/code-rule.ts'
import type { Rule } from '../rules/rule.ts'
import type { Circumstances } from './answering.ts'

/**
 * A contradiction is a rejection, whatever the conflict setting (CF10): rules look at what the author wants of the
 * record as it stands, before his edit could win, lose or become a question. What would change nothing contradicts
 * nothing: both sides may have closed the record.
 */
export const ruledOut = (
  standing: Content | undefined,
  edit: Edit,
  verdict: Verdict,
  person: Person,
  circumstances: Circumstances,
): Rejection | undefined => {
  const { environment, rules } = circumstances
  const asData = environment.rulesOf(edit.table)
  if (asData.length + rules.length === 0 || isStopped(verdict, edit)) return undefined
  const after = verdict.status === 'applied' ? verdict.content : laidOver(standing ?? nothing, edit)
  const columns = changedIn(standing, after)
  if (columns.length === 0) return undefined
  const table = environment.schema.tables.get(edit.table)!
  const deed: Deed = {
    table,
    edit,
    person,
    standing,
    after,
    columns: columns.map(id => table.byId.get(id)?.name ?? id),
  }
  return byData(asData, deed, circumstances) ?? byCode(rules, deed, circumstances)
}

interface Deed {
  readonly table: Table
  readonly edit: Edit
  readonly person: Person
  readonly standing: Content | undefined
  readonly after: Content
  /** by name */
  readonly columns: readonly string[]
}

const nothing: Content = { fields: {}, deleted: false }

/** It has no effect whatever rules say, or waits for an edit that was stopped. */
const isStopped = (verdict: Verdict, { id }: Edit): boolean =>
  verdict.status === 'rejected' || (verdict.status === 'held' && verdict.by !== id)

/** Ids of the columns that differ, the mark of a deleted record among them. */
const changedIn = (before: Content | undefined, after: Content): readonly string[] => {
  const was = before?.fields ?? {}
  const ids = new Set([...Object.keys(was), ...Object.keys(after.fields)])
  const changed = [...ids].filter(id => !sameValue(was[id], after.fields[id]))
  return before?.deleted === after.deleted ? changed : [...changed, DELETED]
}

const byData = (
  rules: readonly Rule[],
  { table, edit: { kind, record }, person, standing, columns }: Deed,
  { environment, now }: Circumstances,
): Rejection | undefined => {
  if (standing === undefined || kind === 'create') return undefined
  for (const { name, on, when, columns: only, message } of rules) {
    const column = only?.find(each => columns.includes(each))
    if (!on.includes(kind) || (only !== undefined && column === undefined)) continue
    const holds = compileFilter(environment.schema, table.name, when, { person, now })
    if (holds(standing.fields, record)) return rejection(name, message, column)
  }
  return undefined
}

/** A rule that fails protects nothing: what it was to judge is refused, and its bug is logged. */
const byCode = (rules: readonly CodeRule[], deed: Deed, { now, log }: Circumstances): Rejection | undefined => {
  const context = contextOf(deed, now)
  for (const rule of rules) {
    try {
      const refusal = rule(context)
      if (refusal !== undefined) return rejection(refusal.rule ?? rule.name, refusal.message, refusal.column)
    } catch (error) {
      log(error)
      return { status: 'rejected', code: 'other', message: `the rule ${rule.name} failed` }
    }
  }
  return undefined
}

const contextOf = ({ table, edit, person, standing, after, columns }: Deed, now: number): RuleContext => {
  const row = (content: Content | undefined): PlainRow | undefined =>
    content === undefined || content.deleted ? undefined : fieldsToRow(table, edit.record, content.fields)
  const [was, becomes] = [row(standing), row(after)]
  return {
    table: table.name,
    record: edit.record,
    kind: edit.kind,
    ...(edit.command === undefined ? {} : { command: edit.command }),
    person,
    ...(was === undefined ? {} : { before: was }),
    ...(becomes === undefined ? {} : { after: becomes }),
    columns: columns.filter(name => name !== DELETED),
    now,
  }
}

const rejection = (rule: string, message: string, column: string | undefined): Rejection => ({
  status: 'rejected',
  code: 'rule',
  message,
  rule,
  ...(column === undefined ? {} : { column }),
})
