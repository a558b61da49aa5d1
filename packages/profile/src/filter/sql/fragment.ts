/**
 * SQL in the making. Its text comes from template literals in this code and from names of the schema, which are plain
 * words; every value is a parameter. There is no way from a string to SQL text but `word`, and it lets nothing
 * through that could end a name or a quotation.
 */
export interface Fragment {
  /** one more than `values`: a parameter stands between each two */
  readonly parts: readonly string[]
  readonly values: readonly SqlValue[]
}

/** Lists are for PostgreSQL's arrays; SQLite takes its lists as JSON text. */
export type SqlValue = string | number | null | readonly string[]

export const sql = (texts: TemplateStringsArray, ...holes: readonly (Fragment | SqlValue)[]): Fragment => {
  const parts: string[] = [texts[0] ?? '']
  const values: SqlValue[] = []
  for (const [index, hole] of holes.entries()) {
    const after = texts[index + 1] ?? ''
    if (isFragment(hole)) {
      values.push(...hole.values)
      parts.push(`${parts.pop() ?? ''}${hole.parts[0] ?? ''}`, ...hole.parts.slice(1))
      parts.push(`${parts.pop() ?? ''}${after}`)
    } else {
      values.push(hole)
      parts.push(after)
    }
  }
  return { parts, values }
}

const isFragment = (hole: Fragment | SqlValue): hole is Fragment =>
  typeof hole === 'object' && hole !== null && 'parts' in hole

/** A name of the schema or an alias as SQL text, bare or between quotation marks of the surrounding template. */
export const word = (name: string): Fragment => {
  if (!plain.test(name)) throw new Error(`${JSON.stringify(name)} is no plain name and cannot stand in SQL`)
  return { parts: [name], values: [] }
}

const plain = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/

/**
 * `true` without any for `and`, `false` for `or`. Many are joined in halves: SQLite takes `a or b or c` for a tree as deep
 * as it is long, and no tree may be deeper than 1,000.
 */
export const joined = (by: 'and' | 'or', fragments: readonly Fragment[]): Fragment => {
  const [first] = fragments
  if (first === undefined) return by === 'and' ? sql`true` : sql`false`
  if (fragments.length === 1) return first
  if (fragments.length > 8) {
    const half = fragments.length >> 1
    return joined(by, [joined(by, fragments.slice(0, half)), joined(by, fragments.slice(half))])
  }
  const between = by === 'and' ? ' and ' : ' or '
  const parts = ['(']
  const values: SqlValue[] = []
  for (const [index, fragment] of fragments.entries()) {
    parts.push(
      `${parts.pop() ?? ''}${index === 0 ? '' : between}${fragment.parts[0] ?? ''}`,
      ...fragment.parts.slice(1),
    )
    values.push(...fragment.values)
  }
  parts.push(`${parts.pop() ?? ''})`)
  return { parts, values }
}

export interface Statement {
  readonly text: string
  readonly values: readonly SqlValue[]
}

/** With the placeholders of an engine: `?`, or `$1`, `$2` and so on. */
export const render = ({ parts, values }: Fragment, placeholders: '?' | '$'): Statement => {
  const text = parts.map((part, index) => {
    if (index === 0) return part
    return placeholders === '?' ? `?${part}` : `$${index}${part}`
  })
  return { text: text.join(''), values }
}
