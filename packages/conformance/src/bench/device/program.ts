import { benchId, EDITED_COLUMN, editedValue } from '../record.ts'
import { type Asked, type Filled, ID, type Library, type Opening } from './library.ts'

/** What runs in a Node process or a page of its own: each call measures one library there. Times in ms. */
export interface Program {
  fill(opening: Opening): Promise<Filled>
  /** opens what is stored; until the first list, of one customer, is there */
  cold(opening: Opening): Promise<number>
  /** reads every row once */
  readAll(): Promise<number>
  /** lists asked for one after the other */
  lists(asked: 'indexed' | 'unindexed', times: number): Promise<readonly number[]>
  /** edits of as many rows, one after the other */
  saves(edits: number): Promise<readonly number[]>
  /** from saving one changed row until it is durable and who watches a list has been told, one after the other */
  live(asked: 'customer' | 'all', edits: number): Promise<readonly number[]>
  close(): Promise<void>
}

/** As many customers as the records have. */
const CUSTOMERS = 1000

export const createProgram = (libraryOf: (opening: Opening) => Library): Program => {
  let open: { readonly library: Library; readonly records: number } | undefined
  let edits = 0
  let asked = 0
  const opened = (): NonNullable<typeof open> => {
    if (open === undefined) throw new Error('nothing is open')
    return open
  }
  const use = (opening: Opening): Library => {
    const library = libraryOf(opening)
    open = { library, records: opening.records }
    return library
  }
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now()
    await work()
    return performance.now() - start
  }
  const nextCustomer = (): number => (asked++ * 7) % Math.min(CUSTOMERS, opened().records)
  const filled = async (wanted: Asked): Promise<void> => {
    if ((await opened().library.list(wanted)) === 0) throw new Error(`no rows for ${JSON.stringify(wanted)}`)
  }

  return {
    fill: opening => use(opening).fill(),
    cold: opening => {
      const library = use(opening)
      return timed(async () => {
        await library.open()
        await filled({ customer: benchId(1, 1) })
      })
    },
    readAll: () => timed(() => filled('all')),
    lists: async (kind, times) => {
      const found: number[] = []
      for (let n = 0; n < times; n++) {
        const wanted = kind === 'indexed' ? { customer: benchId(nextCustomer(), 1) } : { above: 179 + (n % 3) / 4 }
        found.push(await timed(() => opened().library.list(wanted)))
      }
      return found
    },
    saves: async times => {
      const { library, records } = opened()
      const found: number[] = []
      for (let n = 0; n < times; n++) found.push(await timed(() => library.save(n % records, editedValue(++edits))))
      return found
    },
    live: async (kind, times) => {
      const { library, records } = opened()
      const customer = nextCustomer()
      let told: (rows: readonly Readonly<Record<string, unknown>>[]) => void = () => {}
      const end = await library.watch(kind === 'all' ? 'all' : { customer: benchId(customer, 1) }, rows => told(rows))
      const found: number[] = []
      for (let edit = 0; edit < times; edit++) {
        const n = kind === 'all' ? (edit * 7919) % records : (customer + edit * CUSTOMERS) % records
        const row = kind === 'all' || n % CUSTOMERS === customer ? n : customer
        const value = editedValue(++edits)
        const heard = new Promise<readonly Readonly<Record<string, unknown>>[]>(resolve => (told = resolve))
        const start = performance.now()
        const saved = library.save(row, value)
        const [rows] = await Promise.all([heard, saved])
        found.push(performance.now() - start)
        const shown = rows.find(each => each[ID] === benchId(row))
        if (shown?.[EDITED_COLUMN] !== value) throw new Error(`the list does not show the change of row ${row}`)
      }
      end()
      return found
    },
    close: async () => {
      await open?.library.close()
      open = undefined
    },
  }
}
