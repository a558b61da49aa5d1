import { existsSync, statSync } from 'node:fs'
import { loadEnvironment } from '../environment/environment.ts'
import { openDatabase, isPostgres, shownAs } from './database.ts'
import { aligned, type Terminal } from './terminal.ts'

/** `rejoin inspect`: what a database holds, without changing it. */
export const inspect = async (
  { db, json = false }: { readonly db: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<void> => {
  const storage = await openDatabase(db, { create: false })
  try {
    const found = await storage.snapshot(async view => {
      const environment = await loadEnvironment(view)
      const counts = await view.counts()
      const refused = await view.refused(1_000)
      return {
        environment: storage.environment,
        head: view.head,
        schema: environment.schema.version,
        settings: environment.settings,
        tables: [...environment.schema.tables.keys()].map(name => ({ name, rows: counts.get(name) ?? 0 })),
        people: environment.people().map(({ id, name, roles }) => ({ id, name, roles })),
        devices: (await view.entries('device')).filter(({ id }) => id !== 'relay').length,
        refused: refused.length,
        newest: refused.slice(0, 10).map(({ edit, table, author, outcome }) => ({ edit, table, author, ...outcome })),
        bytes: sizeOf(db),
      }
    })
    if (json) terminal.out(JSON.stringify(found, undefined, 2))
    else for (const line of report(db, found)) terminal.out(line)
  } finally {
    await storage.close()
  }
}

interface Found {
  readonly environment: string
  readonly head: { readonly rev: number; readonly commit: string }
  readonly schema: number
  readonly settings: { readonly strategy: string }
  readonly tables: readonly { readonly name: string; readonly rows: number }[]
  readonly people: readonly { readonly id: string; readonly name: string; readonly roles: readonly string[] }[]
  readonly devices: number
  readonly refused: number
  readonly newest: readonly {
    readonly edit: string
    readonly table: string
    readonly author: string
    readonly status: string
  }[]
  readonly bytes: number
}

const report = (db: string, found: Found): string[] => [
  `${shownAs(db)}: environment ${found.environment}${isPostgres(db) ? '' : `, ${(found.bytes / 1024 / 1024).toFixed(1)} MB`}`,
  `head revision ${found.head.rev}${found.head.commit === '' ? '' : ` (commit ${found.head.commit})`}, schema version ${found.schema}`,
  `conflicts: ${found.settings.strategy}, devices: ${found.devices}, refused or held edits: ${found.refused}${found.refused === 1_000 ? ' or more' : ''}`,
  '',
  ...aligned([['table', 'rows'], ...found.tables.map(({ name, rows }) => [name, rows])]),
  '',
  ...aligned([['user', 'name', 'roles'], ...found.people.map(({ id, name, roles }) => [id, name, roles.join(', ')])]),
  ...(found.newest.length === 0
    ? []
    : [
        '',
        ...aligned([
          ['refused edit', 'table', 'author', 'status'],
          ...found.newest.map(e => [e.edit, e.table, e.author, e.status]),
        ]),
      ]),
]

const sizeOf = (db: string): number =>
  [db, `${db}-wal`].reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0)
