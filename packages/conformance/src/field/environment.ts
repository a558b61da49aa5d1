import { type Command, defineCommand, type ProfileItem, type SchemaSource } from '@rejoin/profile'
import type { EnvironmentSource } from '@rejoin/server'

/**
 * The environment scenarios are played in, small enough to be read at once:
 *
 *     olga   the office, and its administrator: everything
 *     tim    technician: the devices' user where no other is named
 *     tara   another one
 *
 *     job       theirs who own it on devices; `closed` ones cannot be changed, `sealed` ones keep their title
 *     note      on all devices; only its owner may change it
 *     visit     theirs who own it; keeps the time of the action; a role of its own opens it
 *     part      in no profile
 *     product   in the profile of another app (`catalogue`), to be downloaded at length; buyers see a column more
 */
export type Person = 'olga' | 'tim' | 'tara'

export const PEOPLE: readonly Person[] = ['olga', 'tim', 'tara']

const owner = { name: 'ownerid', type: 'lookup', target: 'systemuser', external: true } as const

export const fieldSchema: SchemaSource = {
  version: 1,
  tables: [
    {
      name: 'job',
      ownership: 'user',
      primaryKey: 'jobid',
      primaryName: 'title',
      columns: [
        { name: 'jobid', type: 'guid' },
        { name: 'title', type: 'string', maxLength: 40, required: true },
        { name: 'status', type: 'string', maxLength: 20 },
        { name: 'priority', type: 'integer' },
        { name: 'remark', type: 'text' },
        owner,
      ],
    },
    {
      name: 'note',
      ownership: 'user',
      primaryKey: 'noteid',
      primaryName: 'subject',
      columns: [
        { name: 'noteid', type: 'guid' },
        { name: 'subject', type: 'string', required: true },
        { name: 'job', type: 'lookup', target: 'job' },
        owner,
      ],
    },
    {
      name: 'visit',
      ownership: 'user',
      primaryKey: 'visitid',
      primaryName: 'name',
      actionTimeColumn: 'doneAt',
      columns: [
        { name: 'visitid', type: 'guid' },
        { name: 'name', type: 'string', required: true },
        { name: 'doneAt', type: 'datetime' },
        owner,
      ],
    },
    {
      name: 'part',
      ownership: 'organization',
      primaryKey: 'partid',
      primaryName: 'name',
      columns: [
        { name: 'partid', type: 'guid' },
        { name: 'name', type: 'string', required: true },
        { name: 'shelf', type: 'string' },
      ],
    },
    {
      name: 'product',
      ownership: 'organization',
      primaryKey: 'productid',
      primaryName: 'name',
      columns: [
        { name: 'productid', type: 'guid' },
        { name: 'name', type: 'string', required: true },
        { name: 'description', type: 'text' },
      ],
    },
  ],
  roles: [
    { name: 'office', tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } }, admin: true },
    {
      name: 'technician',
      tables: {
        job: { create: 'all', read: 'all', write: 'all', delete: 'all' },
        note: { create: 'all', read: 'all', write: 'own', delete: 'own' },
        part: { read: 'all' },
        product: { read: 'all', hidden: ['description'] },
      },
    },
    { name: 'buyer', tables: { product: { read: 'all' } } },
    { name: 'visitor', tables: { visit: { create: 'all', read: 'all', write: 'all', delete: 'all' } } },
  ],
}

/** The documented default of conflict detection (CF2), and two rules that hold whatever it is (CF10). */
export const fieldSettings = {
  strategy: 'clientWins',
  strategies: {},
  rules: [
    {
      name: 'closed',
      table: 'job',
      on: ['update', 'delete', 'command'],
      when: { column: 'status', op: 'eq', value: 'closed' },
      message: 'the job is closed',
    },
    {
      name: 'sealed',
      table: 'job',
      on: ['update'],
      when: { column: 'status', op: 'eq', value: 'sealed' },
      columns: ['title'],
      message: 'the title of a sealed job stays',
    },
  ],
  cacheHours: 48,
  graceHours: 24,
  syncModes: ['auto', 'interval', 'manual'],
  rowCaps: { all: 1_000_000, tables: {} },
} as const

export const PRODUCTS = 2_000

const mine = (table: string): ProfileItem => ({ table, filter: { kind: 'other', mine: true } })
const all = (table: string): ProfileItem => ({ table, filter: { kind: 'all' } })

export const fieldEnvironment: EnvironmentSource = {
  schema: fieldSchema,
  settings: fieldSettings,
  people: [],
  directory: {
    units: [{ id: 'field', name: 'Field' }],
    users: [
      { id: 'olga', name: 'Olga', unit: 'field', roles: ['office'] },
      { id: 'tim', name: 'Tim', unit: 'field', roles: ['technician', 'visitor'] },
      { id: 'tara', name: 'Tara', unit: 'field', roles: ['technician', 'visitor'] },
    ],
  },
  profiles: [
    {
      id: 'field',
      profile: { name: 'Field', version: 1, items: [mine('job'), all('note'), mine('visit')] },
      members: {},
    },
    { id: 'catalogue', profile: { name: 'Catalogue', version: 1, items: [mine('job'), all('product')] }, members: {} },
  ],
  apps: [
    { name: 'field', profiles: ['field'], default: 'field' },
    { name: 'catalogue', profiles: ['catalogue'], default: 'catalogue' },
  ],
}

/** Counts on the record as the relay has it: twice would show. */
const raise = defineCommand({
  table: 'job',
  name: 'raise',
  args: [{ name: 'by', type: 'integer', required: true }],
  run: (row, { by }) => ({ set: { priority: Number(row['priority'] ?? 0) + by } }),
})

/** `rejoin serve --commands` reads them from here. */
export const commands: readonly Command[] = [raise]
