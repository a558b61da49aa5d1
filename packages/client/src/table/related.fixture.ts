import {
  addRow,
  emptyFingerprint,
  type Fields,
  fingerprintText,
  type GoneReason,
  packEnvelope,
  packRows,
  type SchemaSource,
} from '@rejoin/profile'
import { at, confirmed, openScript, type Script, welcome } from '../device/device.fixture.ts'
import type { Rejoin } from '../device/device.ts'

/** Work orders of customers in regions, and the bookings of them. */
export const related = {
  tables: [
    {
      name: 'region',
      ownership: 'none',
      primaryKey: 'regionid',
      primaryName: 'name',
      columns: [
        { name: 'regionid', type: 'guid' },
        { name: 'name', type: 'string', required: true },
      ],
    },
    {
      name: 'customer',
      ownership: 'none',
      primaryKey: 'customerid',
      primaryName: 'name',
      columns: [
        { name: 'customerid', type: 'guid' },
        { name: 'name', type: 'string', required: true },
        { name: 'region', type: 'lookup', target: 'region' },
      ],
    },
    {
      name: 'workorder',
      ownership: 'none',
      primaryKey: 'workorderid',
      primaryName: 'title',
      columns: [
        { name: 'workorderid', type: 'guid' },
        { name: 'title', type: 'string' },
        { name: 'status', type: 'choice', choices: [{ value: 1, label: 'Open' }, { value: 2, label: 'Done' }] },
        { name: 'hours', type: 'number' },
        { name: 'urgent', type: 'boolean' },
        { name: 'due', type: 'datetime' },
        { name: 'tags', type: 'choices', choices: [{ value: 1, label: 'New' }, { value: 2, label: 'Paid' }] },
        { name: 'customerid', type: 'lookup', target: 'customer' },
        { name: 'parent', type: 'lookup', target: 'workorder' },
        { name: 'about', type: 'lookup', targets: ['customer', 'region'] },
        { name: 'owner', type: 'lookup', target: 'systemuser', external: true },
      ],
    },
    {
      name: 'booking',
      ownership: 'none',
      primaryKey: 'bookingid',
      primaryName: 'bookingid',
      columns: [
        { name: 'bookingid', type: 'guid' },
        { name: 'workorder', type: 'lookup', target: 'workorder' },
        { name: 'begin', type: 'datetime' },
        { name: 'state', type: 'string' },
      ],
    },
  ],
} as const satisfies SchemaSource // prettier-ignore

export type Related = Omit<Script, 'device'> & {
  readonly device: Rejoin<typeof related>
  /** the relay takes records away */
  gone(table: string, id: string, why: GoneReason): Promise<void>
}

export type Given = Readonly<Record<string, Readonly<Record<string, Fields>>>>

/** A device of these tables, live, with these rows by table and id. */
export const openRelated = async (given: Given = {}): Promise<Related> => {
  const script = await openScript()
  const names = related.tables.map(({ name }) => name)
  const rowsOf = (table: string): [string, Fields][] => Object.entries(given[table] ?? {})
  let head = 5
  script.device.connect()
  await script.settle()
  await script.say(
    {
      ...welcome(head),
      time: script.relayTime(),
      schema: related,
      tables: names.map(table => ({ table, columnSet: '*' })),
    },
    { type: 'plan', tables: names.map(table => ({ table, rows: rowsOf(table).length })) },
    ...names.map(table => ({
      type: 'page' as const,
      table,
      start: at(head),
      columnSet: '*',
      after: 'z',
      last: true,
      rows: rowsOf(table).length,
      packed: packRows(rowsOf(table).map(([id, fields]) => ({ id, envelope: packEnvelope(confirmed(id, 5, fields)) }))),
    })),
    {
      type: 'synced',
      at: at(head),
      tables: names.map(table => {
        const sum = emptyFingerprint()
        for (const [id] of rowsOf(table)) addRow(sum, { id, rev: 5 }, '*')
        return { table, rows: rowsOf(table).length, fingerprint: fingerprintText(sum) }
      }),
    },
  )
  return Object.assign(Object.create(script) as Omit<Script, 'device'>, {
    device: script.device as unknown as Rejoin<typeof related>,
    gone: (table: string, id: string, why: GoneReason) => {
      head++
      return script.say({ type: 'changes', at: at(head), rows: [], gone: [{ table, id, why }], answers: [] })
    },
  })
}
