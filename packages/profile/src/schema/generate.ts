import type { Column, Schema, Table } from './schema.ts'

/**
 * TypeScript source with the types `infer.ts` would give, for schemas that are JSON files. The same schema gives
 * the same text: tables by name, columns in the order of the schema.
 */
export const generateTypes = (schema: Schema): string => {
  const tables = [...schema.tables.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const names = interfaceNames(tables)
  const entries = tables.map(table => {
    const name = names.get(table) ?? ''
    return `  readonly ${table.name}: { readonly row: ${name}; readonly create: New${name}; readonly change: ${name}Changes }`
  })
  return [
    `// Generated from schema version ${schema.version}. Do not edit: generate it again.`,
    ...tables.flatMap(table => tableTypes(table, names.get(table) ?? '')),
    `\nexport interface Tables {\n${entries.join('\n')}\n}\n`,
  ].join('\n')
}

const tableTypes = (table: Table, name: string): string[] => {
  const columns = table.columns.filter(column => column.type !== 'document')
  const { primaryKey } = table
  return [
    interfaceText(name, table.displayName ?? table.name, [
      `readonly ${primaryKey}: string`,
      ...columns.map(column => `readonly ${column.name}: ${cell(column)}`),
    ]),
    interfaceText(`New${name}`, undefined, [
      `readonly ${primaryKey}?: string`,
      ...columns.map(column => `readonly ${column.name}${column.required === true ? '' : '?'}: ${cell(column)}`),
    ]),
    interfaceText(
      `${name}Changes`,
      undefined,
      columns.map(column => `readonly ${column.name}?: ${cell(column)}`),
    ),
  ]
}

const interfaceText = (name: string, comment: string | undefined, members: readonly string[]): string => {
  const head = comment === undefined ? '' : `/** ${comment.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ')} */\n`
  const body = members.length === 0 ? '{}' : `{\n${members.map(member => `  ${member}\n`).join('')}}`
  return `\n${head}export interface ${name} ${body}`
}

const cell = (column: Column): string => `${held(column)}${column.required === true ? '' : ' | null'}`

const held = (column: Column): string => {
  switch (column.type) {
    case 'integer':
    case 'number':
    case 'money':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'choice':
      return choices(column)
    case 'choices':
      return `readonly (${choices(column)})[]`
    default:
      return 'string'
  }
}

const choices = (column: Column): string => (column.choices ?? []).map(choice => literal(choice.value)).join(' | ')

const literal = (value: number | string): string =>
  typeof value === 'number'
    ? String(value)
    : `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

/** `work_order` becomes `WorkOrder`; names that fall together, or on one of the other names, get a number. */
const interfaceNames = (tables: readonly Table[]): ReadonlyMap<Table, string> => {
  const taken = new Set(['Tables'])
  const names = new Map<Table, string>()
  for (const table of tables) {
    const plain = table.name
      .split('_')
      .map(part => part.slice(0, 1).toUpperCase() + part.slice(1))
      .join('')
    const base = /^[A-Z]/.test(plain) ? plain : `T${plain}`
    const forms = (name: string): string[] => [name, `New${name}`, `${name}Changes`]
    let name = base
    for (let number = 2; forms(name).some(form => taken.has(form)); number++) name = `${base}${number}`
    for (const form of forms(name)) taken.add(form)
    names.set(table, name)
  }
  return names
}
