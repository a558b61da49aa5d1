import { checkRow, type Fields, type Table } from '@rejoin/profile'
import type { Act } from '../device/act.ts'
import { RejoinFault } from '../device/fault.ts'
import type { Host } from '../device/host.ts'
import { createDerived, type Observable } from '../observe/observable.ts'
import { keptList } from '../observe/same.ts'
import type { Online, OnlineRow } from '../online/online.ts'
import { keyOf } from '../replica/memory.ts'
import type { Reading } from '../replica/replica.ts'
import { tableNamed } from '../table/saving.ts'
import type { Pin, Selection } from './pin.ts'

/** What the user added to the download (OM10). Its records are in tables and queries, to be read. */
export interface Pins extends Observable<readonly Pin[]> {
  /**
   * fetches a selection and keeps it, replacing what this name brought before; needs the network
   * @throws RejoinFault, also `too-many`; then nothing has changed
   */
  add(name: string, table: string, selection: Selection): Promise<void>
  /** fetches all of them again; `offline.download()` does */
  refresh(): Promise<void>
  /** what it alone brought goes too; no error where there is no such name */
  remove(name: string): Promise<void>
}

export interface PinsParts {
  readonly replica: Reading
  readonly act: (act: Act) => Promise<void>
  readonly online: Online
  readonly host: Host
}

/** records one pin may bring */
const MOST = 5_000
const PAGE = 1_000

export const createPins = ({ replica, act, online, host }: PinsParts): Pins => {
  const pins = (): readonly Pin[] => [...replica.memory.pins.values()]
  const list = createDerived<readonly Pin[]>(before => keptList(before, pins()), host.report)
  replica.touched.subscribe(({ records, state }) => {
    if (records.size > 0 || state) list.stale()
  })

  const add: Pins['add'] = (name, table, selection) => bring({ replica, act, online, host }, { name, table, selection })
  return {
    get current() {
      return list.current
    },
    subscribe: list.subscribe,
    add,
    refresh: async () => {
      for (const pin of pins()) await bring({ replica, act, online, host }, pin)
    },
    remove: name => act({ do: 'unpin', name }),
  }
}

/** Fetches a selection and keeps it. @throws RejoinFault, also `too-many` */
export const bring = async (
  { replica, act, online, host }: PinsParts,
  { name, table, selection }: Pick<Pin, 'name' | 'table' | 'selection'>,
): Promise<void> => {
  const known = tableNamed(replica.present, table)
  const rights = replica.grant?.rights
  const found = await fetched(online, table, selection)
  const rows = found.map(
    ({ id, rev, values }) => [keyOf({ table, id }), { rev, fields: fieldsOf(known, values) }] as const,
  )
  await act({ do: 'pin', pin: { name, table, selection, at: host.now() }, rights, rows })
}

/** A record of a selection that is not there, or not to be read, is left out. */
const fetched = async (online: Online, table: string, selection: Selection): Promise<readonly OnlineRow[]> => {
  const found: OnlineRow[] = []
  if ('ids' in selection) {
    if (selection.ids.length > MOST) throw tooMany(table)
    for (const id of selection.ids) {
      const row = await online.table(table).get(id)
      if (row !== undefined) found.push(row)
    }
    return found
  }
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: Awaited<ReturnType<ReturnType<Online['table']>['query']>> = await online
      .table(table)
      .query({ limit: PAGE, where: selection.where, ...(after === '' ? {} : { after }) })
    found.push(...page.rows)
    if (found.length > MOST) throw tooMany(table)
    after = page.next
  }
  return found
}

/** By column id; columns this schema does not know are left out. */
const fieldsOf = (table: Table, values: Readonly<Record<string, unknown>>): Fields => {
  const known = Object.entries(values).filter(([name, value]) => value !== null && table.byName.has(name))
  const checked = checkRow(table, Object.fromEntries(known), { create: false })
  return checked.ok ? checked.value : {}
}

const tooMany = (table: string): RejoinFault =>
  new RejoinFault({
    code: 'too-many',
    message: `this selection has more than ${MOST} records`,
    fix: 'choose fewer, or ask an administrator to add them to the profile',
    table,
  })
