/**
 * What a device on Node keeps in its file, while the device is closed: a file has one program at a time.
 *
 *     rejoin-inspect --device FILE [--record TABLE/ID] [--values] [--json]
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { openSqliteStore } from '../store/sqlite.ts'
import { inspectRecordIn, inspectStore } from './inspect.ts'
import { recordSections, sectionsOf, sectionText } from './sections.ts'

const USAGE = 'rejoin-inspect --device FILE [--record TABLE/ID] [--values] [--json]'

/** @returns what to print; @throws Error with what to do for what cannot be shown */
export const inspectFile = async (args: readonly string[]): Promise<string> => {
  const { values: asked } = parseArgs({
    args: [...args],
    options: {
      device: { type: 'string' },
      record: { type: 'string' },
      values: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const { device, record, values, json } = asked
  if (device === undefined) throw new Error(USAGE)
  // Opening would make one.
  if (!existsSync(device)) throw new Error(`there is no file ${device}`)
  const store = await openSqliteStore({ path: device })
  try {
    const [table, id] = record?.split('/') ?? []
    if (table !== undefined && id !== undefined) {
      const found = await inspectRecordIn(store, table, id, { values })
      return json ? JSON.stringify(found, undefined, 2) : recordSections(found).map(sectionText).join('\n\n')
    }
    if (record !== undefined) throw new Error(USAGE)
    const found = await inspectStore(store, Date.now(), { values })
    return json ? JSON.stringify(found, undefined, 2) : sectionsOf(found).map(sectionText).join('\n\n')
  } finally {
    await store.close()
  }
}
