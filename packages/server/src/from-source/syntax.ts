import type { Fault } from '@rejoin/profile'
import { type Node, parseSync, type Program, visitorKeys } from 'oxc-parser'

/** A file of an app: TypeScript or JavaScript, with JSX where its name says so. */
export interface SourceFile {
  readonly name: string
  readonly text: string
}

export interface Syntax {
  readonly program: Program
  /** `orders.tsx, line 12` */
  readonly place: (node: Node) => string
  readonly faults: readonly Fault[]
}

export const parseSource = ({ name, text }: SourceFile): Syntax => {
  const { program, errors } = parseSync(name, text)
  const placeAt = (offset: number): string => `${name}, line ${text.slice(0, offset).split('\n').length}`
  return {
    program,
    place: node => placeAt(node.start),
    faults: errors.map(({ message, labels }) => ({ code: 'syntax', at: placeAt(labels[0]?.start ?? 0), message })),
  }
}

export const childrenOf = (node: Node): Node[] => {
  const parts = node as unknown as Readonly<Record<string, Node | readonly (Node | null)[] | null | undefined>>
  return (visitorKeys[node.type] ?? []).flatMap(key => {
    const part = parts[key]
    if (part === null || part === undefined) return []
    return isList(part) ? part.filter(each => each !== null) : [part]
  })
}

const isList = (part: Node | readonly (Node | null)[]): part is readonly (Node | null)[] => Array.isArray(part)

/** The name a property is reached or written by; undefined where it is computed. */
export const propertyName = (key: Node, computed: boolean): string | undefined => {
  if (!computed && key.type === 'Identifier') return key.name
  return literalText(key)
}

export const literalText = (node: Node | null | undefined): string | undefined => {
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

/** What a statement declares, exported or not. */
export const declared = (statement: Node): Node | null =>
  statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement

/** `const ORDERS = 'workorder'` at the outermost level: names that stand for a text, in every file that imports them. */
export const constantsIn = (program: Program): (readonly [name: string, text: string])[] =>
  program.body
    .map(declared)
    .flatMap(each => (each?.type === 'VariableDeclaration' && each.kind === 'const' ? each.declarations : []))
    .flatMap(({ id, init }) => {
      const text = literalText(init?.type === 'TSAsExpression' ? init.expression : init)
      return id.type === 'Identifier' && text !== undefined ? [[id.name, text] as const] : []
    })

/** `account` of `order.account`, of `String(order.account)` and of a variable `account`. */
export const lastName = (node: Node | undefined): string | undefined => {
  if (node?.type === 'Identifier') return node.name
  if (node?.type === 'MemberExpression') return propertyName(node.property, node.computed)
  if (node?.type === 'CallExpression') return lastName(node.arguments[0])
  return node !== undefined && 'expression' in node ? lastName(node.expression as Node) : undefined
}

export type FunctionNode = Extract<Node, { params: readonly unknown[]; body: unknown }>

export const isFunction = (node: Node | undefined | null): node is FunctionNode =>
  node?.type === 'ArrowFunctionExpression' ||
  node?.type === 'FunctionExpression' ||
  node?.type === 'FunctionDeclaration'

/** What a function returns, as far as that stands at its end or its outermost level. */
export const returnedBy = ({ body }: FunctionNode): Node | undefined => {
  if (body === null) return undefined
  if (body.type !== 'BlockStatement') return body as Node
  return body.body.flatMap(each =>
    each.type === 'ReturnStatement' && each.argument !== null ? [each.argument] : [],
  )[0]
}
