import { randomBytes } from 'node:crypto'
import { FaultError, type Schema, type Value } from '@rejoin/profile'
import { administer } from '../admin/administer.ts'
import { changing } from '../admin/change.ts'
import { documentName } from '../documents/storage.ts'
import { loadEnvironment } from '../environment/environment.ts'
import type { ErasureReport } from '../erasure/erasure.ts'
import { createErasures, documentColumns } from '../erasure/erasures.ts'
import { resolveSubject, type Subject } from '../erasure/subject.ts'
import { newId as newEditId } from '../routes/new-id.ts'
import { type Database, erasuresOf, isPostgres, newId, openDatabase, openDocuments } from './database.ts'
import type { Terminal } from './terminal.ts'

export interface EraseChoice {
  readonly db: string
  readonly record?: readonly string[]
  readonly where?: readonly string[]
  readonly owner?: string
  readonly column?: readonly string[]
  readonly reason?: string
  readonly dry?: boolean
  readonly replay?: boolean
  readonly scrub: boolean
  readonly erasures?: string
}

/** `rejoin erase`: takes data out for good, or does so again in a database restored from before. */
export const erase = async (choice: EraseChoice, terminal: Terminal): Promise<void> => {
  const storage = await openDatabase(choice.db, { create: false })
  try {
    await eraseFrom(storage, choice, terminal)
  } finally {
    await storage.close()
  }
}

const eraseFrom = async (storage: Database, choice: EraseChoice, terminal: Terminal): Promise<void> => {
  const { erasures: list } = erasuresOf(choice.db, choice.erasures)
  const { schema } = await storage.snapshot(loadEnvironment)
  const documents = isPostgres(choice.db) ? undefined : openDocuments(choice.db)
  const erasures = createErasures({
    storage,
    list,
    documentColumns: table => documentColumns(schema, table),
    removeDocument:
      documents &&
      (async ({ table, id }, column) => {
        const name = documentName(table, id, column)
        const there = (await documents.load(name)).length > 0
        await documents.remove(name)
        return there
      }),
    // A relay that serves this database follows what administrators change.
    tell: async () => {
      const told = await administer({ storage, now: Date.now }, 'command', () => changing('erased records', []))
      if (!told.ok) throw new FaultError(told.faults)
    },
    changed: async () => {},
    now: Date.now,
    newCommit: newId,
  })
  try {
    if (list === undefined)
      terminal.err('No list is kept: a backup from before brings everything back. Give --erasures.')
    if (choice.replay === true) {
      terminal.out(`erasures brought up to date: ${await erasures.replay()}`)
    } else {
      if (choice.reason === undefined) throw usage('--reason', 'is missing', 'say why, without a name in it')
      const subject = subjectOf(schema, choice)
      const resolved = await storage.snapshot(view => resolveSubject(view, schema, subject))
      if (!resolved.ok) throw new FaultError(resolved.faults)
      const targets = resolved.value
      if (choice.dry === true) return targets.forEach(({ table, id }) => terminal.out(`${table}/${id}`))
      const at = Date.now()
      const erasure = { id: newEditId(at, randomBytes(10)), at, by: 'command', reason: choice.reason, targets }
      for (const line of linesOf(await erasures.erase(erasure))) terminal.out(line)
    }
    if (choice.scrub && storage.scrub !== undefined) {
      await storage.scrub()
      terminal.out('the file was written anew')
    }
  } finally {
    await documents?.close()
  }
}

const subjectOf = (schema: Schema, { record = [], where = [], owner, column: columns }: EraseChoice): Subject => {
  if (record.length + where.length === 0 && owner === undefined)
    throw usage('erase', 'nothing to erase', 'give --record, --where, --owner or --replay')
  return {
    rows: record.map(text => {
      const [, table, id] = /^([^/]+)\/(.+)$/.exec(text) ?? []
      if (table === undefined || id === undefined) throw usage(`--record ${text}`, 'is no record', 'write table/id')
      return { table, id, columns }
    }),
    where: where.map(text => {
      const [, table, column, value] = /^([^.=]+)\.([^=]+)=(.*)$/.exec(text) ?? []
      if (table === undefined || column === undefined || value === undefined)
        throw usage(`--where ${text}`, 'is no rule', 'write table.column=value')
      return { table, column, equals: valueOf(schema, table, column, value), columns }
    }),
    owner,
  }
}

/** As the column holds it. */
const valueOf = (schema: Schema, table: string, column: string, text: string): string | number | boolean => {
  const type = schema.tables.get(table)?.byName.get(column)?.type
  const asValue: Value = type === 'boolean' ? text === 'true' : text
  const isNumber = type !== undefined && ['integer', 'number', 'money', 'choice'].includes(type) && text.trim() !== ''
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : asValue
}

const linesOf = ({ records, edits, conflicts, documents, shares }: ErasureReport): string[] => [
  ...Object.entries(records).map(
    ([table, { purged, emptied, unknown }]) => `${table}: ${purged} purged, ${emptied} emptied, ${unknown} unknown`,
  ),
  `edits: ${edits}, conflicts: ${conflicts}, documents: ${documents}, shares: ${shares}`,
]

const usage = (at: string, message: string, fix: string): FaultError =>
  new FaultError([{ code: 'usage', at, message, fix }])
