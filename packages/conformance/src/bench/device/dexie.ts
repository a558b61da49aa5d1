import { Dexie, liveQuery, type Subscription, type Table } from 'dexie'
import { benchId, benchRow, EDITED_COLUMN } from '../record.ts'
import { type Asked, asRow, ID, type Library, type Opening, type Row } from './library.ts'

/** Dexie over the same records: its own row for each, an index on the customer, and nothing to synchronise. */
export const dexieLibrary = ({ place, records, library }: Opening): Library => {
  const database = new Dexie(place, library === 'dexie' ? {} : { chromeTransactionDurability: 'strict' })
  database.version(1).stores({ visits: `${ID}, customer`, outbox: '++seq' })
  const visits: Table<Row, string> = database.table('visits')
  const outbox: Table<Row, number> = database.table('outbox')
  const rowsOf = (asked: Asked): Promise<Row[]> => {
    if (asked === 'all') return visits.toArray()
    if ('customer' in asked) return visits.where('customer').equals(asked.customer).toArray()
    return visits.filter(row => Number(row['price']) > asked.above).toArray()
  }
  return {
    fill: async () => {
      const rows = Array.from({ length: records }, (_, n) => asRow(benchRow(n)))
      const start = performance.now()
      await database.open()
      await visits.bulkPut(rows)
      const readable = (await visits.get(benchId(0))) !== undefined
      const ms = performance.now() - start
      if (!readable || (await visits.count()) !== records) throw new Error('Dexie has not stored every record')
      return { whole: ms, stored: ms }
    },
    open: async () => void (await database.open()),
    list: async asked => (await rowsOf(asked)).length,
    save: async (n, value) => {
      // A whole row, as its `put` is meant: the row before is not read.
      const row: Row = { ...asRow(benchRow(n)), [EDITED_COLUMN]: value }
      if (library !== 'dexie-outbox') return void (await visits.put(row))
      await database.transaction('rw', visits, outbox, async () => {
        await Promise.all([
          visits.put(row),
          outbox.add({ table: 'visits', row: row[ID], changes: { [EDITED_COLUMN]: value } }),
        ])
      })
    },
    watch: (asked, told) =>
      new Promise((resolve, reject) => {
        let first = true
        const subscription: Subscription = liveQuery(() => rowsOf(asked)).subscribe({
          next: rows => {
            if (!first) return told(rows)
            first = false
            resolve(() => subscription.unsubscribe())
          },
          error: reject,
        })
      }),
    close: async () => database.close(),
  }
}
