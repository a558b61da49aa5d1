import type { Operand } from '../operand.ts'
import type { Probe } from '../probe.ts'
import type { Fragment } from './fragment.ts'

/** What the two engines say differently. Rows are those of the relay's `record` table under an alias. */
export interface Dialect {
  readonly placeholders: '?' | '$'
  /** `record as r`, for a from clause */
  from(alias: string): Fragment
  /** the row's fields as JSON text; its bytes are `envelope`, its revision `rev` in both */
  json(alias: string): Fragment
  /** the row under the alias is one of the table; names the table as text, so that partial indexes are found */
  isOf(table: string, alias: string): Fragment
  isLive(alias: string): Fragment
  /** a positive condition; may be null where it is not true */
  probe(operand: Operand, alias: string, probe: Probe): Fragment
  /** a condition beside one of the same `all` that finds far fewer rows: not to be searched by */
  beside(condition: Fragment): Fragment
  /** a condition as one part of an `or` on rows of the table */
  part(table: string, alias: string, condition: Fragment): Fragment
  /** the id an operand holds; null, or something that is no id, where it holds none */
  id(operand: Operand, alias: string): Fragment
  /** the same as what a subquery selects, to be compared with another operand's */
  selectedId(operand: Operand, alias: string): Fragment
  /** the operand does hold text: what `id` gives is to be believed */
  isId(operand: Operand, alias: string): Fragment
  /** `create index ... if not exists` on how the operand compares, of the table's rows only */
  createIndex(table: string, operand: Operand): Fragment
}
