import type { Schema } from '@rejoin/profile'
import type { Node } from 'oxc-parser'
import { isFunction, literalText, propertyName, returnedBy } from './syntax.ts'

/**
 * What an expression of an app stands for: something of a table (its handle, a query on it, rows, one row; the words of
 * the API keep these apart, and nothing here need) or, with `column`, a value of that column.
 */
export interface Thing {
  readonly table: string
  readonly column?: string
  /** asked of the relay, not of the device */
  readonly online?: boolean
}

/** What names stand for, innermost first. A name without meaning hides one of an outer scope. */
export interface Scope {
  readonly names: Map<string, Thing | undefined>
  readonly outer?: Scope
}

export const inner = (outer: Scope): Scope => ({ names: new Map(), outer })

/** A variable keeps what it stood for where it is emptied, as in `row = undefined`. */
export const assignIn = (scope: Scope, name: string, thing: Thing | undefined): void => {
  if (scope.names.has(name) || scope.outer === undefined) scope.names.set(name, thing ?? scope.names.get(name))
  else assignIn(scope.outer, name, thing)
}

const lookUp = (scope: Scope | undefined, name: string): Thing | undefined => {
  if (scope === undefined) return undefined
  return scope.names.has(name) ? scope.names.get(name) : lookUp(scope.outer, name)
}

export type Meaning = (node: Node | null | undefined, scope: Scope) => Thing | undefined

/** Texts by the names of constants. */
export type Constants = ReadonlyMap<string, string>

export const meaningIn = (schema: Schema, constants: Constants): Meaning => {
  const meaning: Meaning = (node, scope) => {
    switch (node?.type) {
      case 'Identifier':
        return lookUp(scope, node.name)
      case 'AwaitExpression':
        return meaning(node.argument, scope)
      case 'ChainExpression':
      case 'ParenthesizedExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
        return meaning(node.expression, scope)
      case 'LogicalExpression':
        return meaning(node.left, scope) ?? meaning(node.right, scope)
      case 'ConditionalExpression':
        return meaning(node.consequent, scope) ?? meaning(node.alternate, scope)
      case 'MemberExpression':
        return memberOf(meaning(node.object, scope), propertyName(node.property, node.computed))
      case 'CallExpression':
        return resultOf(node, scope)
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'FunctionDeclaration':
        return meaning(returnedBy(node), scope)
      default:
        return undefined
    }
  }

  const memberOf = (thing: Thing | undefined, name: string | undefined): Thing | undefined => {
    if (thing === undefined || thing.column !== undefined) return undefined
    return name !== undefined && isColumn(schema, thing.table, name) ? { ...thing, column: name } : thing
  }

  const resultOf = (call: Extract<Node, { type: 'CallExpression' }>, scope: Scope): Thing | undefined => {
    const { callee } = call
    const [first] = call.arguments
    const named = tableNamed(call, constants)
    if (named !== undefined) return schema.tables.has(named.table) ? named : undefined
    if (callee.type === 'Identifier') {
      // an id made text is the same id; a hook on something of a table gives something of it
      const passesOn = callee.name === 'String' || isHook(callee.name)
      return meaning(callee, scope) ?? (passesOn ? meaning(first, scope) : undefined)
    }
    if (callee.type !== 'MemberExpression') return undefined
    const of = meaning(callee.object, scope)
    const method = propertyName(callee.property, callee.computed)
    if (of === undefined || (method !== 'map' && method !== 'flatMap')) return of?.column === undefined ? of : undefined
    return isFunction(first) ? meaning(returnedBy(first), parametersAs(first, of, inner(scope))) : undefined
  }
  return meaning
}

const parametersAs = (each: { readonly params: readonly Node[] }, thing: Thing, scope: Scope): Scope => {
  for (const parameter of each.params) if (parameter.type === 'Identifier') scope.names.set(parameter.name, thing)
  return scope
}

/** `table('x')`, `rejoin.table('x')`, `group.table('x')`, `rejoin.online.table('x')`, and hooks: `useQuery('x', …)`. */
export const tableNamed = (
  call: Extract<Node, { type: 'CallExpression' }>,
  constants: Constants,
): Thing | undefined => {
  const [first] = call.arguments
  const table = first?.type === 'Identifier' ? constants.get(first.name) : literalText(first)
  if (table === undefined || !namesTables(call)) return undefined
  const { callee } = call
  const at = callee.type === 'MemberExpression' ? callee.object : undefined
  const name = at?.type === 'MemberExpression' ? propertyName(at.property, at.computed) : undefined
  const online = name === 'online' || (at?.type === 'Identifier' && at.name === 'online')
  return online ? { table, online } : { table }
}

export const namesTables = ({ callee }: Extract<Node, { type: 'CallExpression' }>): boolean => {
  if (callee.type === 'MemberExpression') {
    const isConsole = callee.object.type === 'Identifier' && callee.object.name === 'console'
    return !isConsole && propertyName(callee.property, callee.computed) === 'table'
  }
  return callee.type === 'Identifier' && (callee.name === 'table' || isHook(callee.name))
}

const isHook = (name: string): boolean => /^use[A-Z]/.test(name)

export const isColumn = (schema: Schema, table: string, name: string): boolean => {
  const known = schema.tables.get(table)
  return known !== undefined && (known.primaryKey === name || known.byName.has(name))
}
