import type { Node } from 'oxc-parser'
import {
  assignIn,
  type Constants,
  inner,
  isColumn,
  type Meaning,
  namesTables,
  type Scope,
  tableNamed,
  type Thing,
} from './meaning.ts'
import { follow, type Notes, use } from './notes.ts'
import { childrenOf, declared, isFunction, lastName, literalText, propertyName, type Syntax } from './syntax.ts'

/** One file's syntax, walked with what its names stand for. */
export interface Walk extends Notes {
  readonly meaning: Meaning
  readonly constants: Constants
  readonly syntax: Syntax
}

export const visit = (walk: Walk, node: Node, scope: Scope): void => {
  const { meaning } = walk
  const within = (parts: readonly (Node | null | undefined)[], at = scope): void => {
    for (const part of parts) if (part !== null && part !== undefined) visit(walk, part, at)
  }
  if (isFunction(node)) return visitFunction(walk, node, undefined, scope)
  switch (node.type) {
    case 'Program':
    case 'BlockStatement': {
      const block = inner(scope)
      // functions stand before the statement that declares them
      for (const each of node.body.map(declared)) {
        if (each?.type === 'FunctionDeclaration' && each.id !== null)
          block.names.set(each.id.name, meaning(each, block))
      }
      return within(node.body, block)
    }
    case 'VariableDeclarator':
      within([node.init])
      return bind(walk, node.id, meaning(node.init, scope), scope)
    case 'AssignmentExpression':
      within([node.right])
      if (node.left.type !== 'Identifier') return within([node.left])
      return assignIn(scope, node.left.name, meaning(node.right, scope))
    case 'ForOfStatement': {
      const loop = inner(scope)
      within([node.right])
      const [variable] = node.left.type === 'VariableDeclaration' ? node.left.declarations : []
      bind(walk, variable?.id ?? node.left, meaning(node.right, scope), loop)
      return within([node.body], loop)
    }
    case 'MemberExpression':
      within(node.computed ? [node.object, node.property] : [node.object])
      return use(walk, meaning(node.object, scope), propertyName(node.property, node.computed))
    case 'Property':
      use(walk, undefined, propertyName(node.key, node.computed))
      return within([node.value])
    case 'BinaryExpression':
      compare(walk, meaning(node.left, scope), meaning(node.right, scope))
      compare(walk, meaning(node.right, scope), meaning(node.left, scope))
      return within(childrenOf(node))
    case 'CallExpression':
      return visitCall(walk, node, scope)
    default:
      return within(childrenOf(node))
  }
}

const visitCall = (walk: Walk, node: Extract<Node, { type: 'CallExpression' }>, scope: Scope): void => {
  const { meaning, schema, syntax, faults } = walk
  const { callee } = node
  visit(walk, callee, scope)
  const named = tableNamed(node, walk.constants)
  const isHook = callee.type === 'Identifier' && callee.name !== 'table'
  if (named !== undefined && schema.tables.has(named.table)) use(walk, named)
  else if (namesTables(node) && !isHook) {
    const at = syntax.place(node)
    faults.push(
      named === undefined
        ? {
            code: 'unknown-name',
            at,
            message: 'the table is known only when the app runs',
            fix: 'add its item by hand',
          }
        : { code: 'unknown-table', at, message: `${named.table} is not a table of the schema` },
    )
  }
  const on = callee.type === 'MemberExpression' ? meaning(callee.object, scope) : meaning(node, scope)
  const of = on?.column === undefined ? on : undefined
  if (
    of !== undefined &&
    callee.type === 'MemberExpression' &&
    propertyName(callee.property, callee.computed) === 'get'
  ) {
    const [id] = node.arguments
    follow(walk, meaning(id, scope), lastName(id), of)
  }
  for (const argument of node.arguments) {
    if (isFunction(argument)) visitFunction(walk, argument, of, scope)
    else if (of === undefined) visit(walk, argument, scope)
    else visitWords(walk, of, argument, scope)
  }
}

/** A callback of something of a table is called with something of it. */
const visitFunction = (
  walk: Walk,
  node: Extract<Node, { params: readonly unknown[] }>,
  given: Thing | undefined,
  scope: Scope,
): void => {
  const body = inner(scope)
  for (const parameter of node.params as readonly Node[]) bind(walk, parameter, given, body)
  const { body: statements } = node as { readonly body: Node | null }
  if (statements !== null) visit(walk, statements, body)
}

const bind = (walk: Walk, pattern: Node, thing: Thing | undefined, scope: Scope): void => {
  switch (pattern.type) {
    case 'Identifier':
      return void scope.names.set(pattern.name, thing)
    case 'AssignmentPattern':
      visit(walk, pattern.right, scope)
      return bind(walk, pattern.left, thing, scope)
    case 'RestElement':
      return bind(walk, pattern.argument, thing, scope)
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element !== null) bind(walk, element, thing, scope)
      return
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') {
          bind(walk, property, thing, scope)
          continue
        }
        const name = propertyName(property.key, property.computed)
        use(walk, thing, name)
        const of = thing?.column === undefined ? thing : undefined
        const isValue = of !== undefined && name !== undefined && isColumn(walk.schema, of.table, name)
        bind(walk, property.value, isValue ? { ...of, column: name } : of, scope)
      }
      return
    default:
      return visit(walk, pattern, scope)
  }
}

/** Keys and texts of a query or of values to save that name columns; lookups under `where` ask for related rows. */
const visitWords = (walk: Walk, of: Thing, node: Node, scope: Scope, within?: string): void => {
  const { schema, asked } = walk
  if (node.type === 'ObjectExpression') {
    for (const property of node.properties) {
      if (property.type !== 'Property') {
        visit(walk, property, scope)
        continue
      }
      const name = propertyName(property.key, property.computed)
      use(walk, of, name)
      const column = schema.tables.get(of.table)?.byName.get(name ?? '')
      if (within === 'where' && column?.type === 'lookup' && of.online !== true) asked.add(`${of.table}.${column.name}`)
      visitWords(walk, of, property.value, scope, name)
    }
  } else if (node.type === 'ArrayExpression') {
    for (const element of node.elements) if (element !== null) visitWords(walk, of, element, scope, within)
  } else if (within === 'orderBy' && literalText(node) !== undefined) use(walk, of, literalText(node))
  else visit(walk, node, scope)
}

/** `product.productid === asset.product` */
const compare = (walk: Walk, from: Thing | undefined, to: Thing | undefined): void => {
  const isKey = to?.column !== undefined && walk.schema.tables.get(to.table)?.primaryKey === to.column
  if (isKey && from?.column !== undefined) follow(walk, from, undefined, to)
}
