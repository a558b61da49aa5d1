import { randomBytes } from 'node:crypto'
import {
  type Answered,
  decodeDown,
  type Edit,
  encodeUp,
  readFlat,
  recordWrites,
  type SchemaSource,
  unpackEnvelope,
} from '@rejoin/profile'
import {
  createCore,
  createDevelopmentIssuer,
  environmentEntries,
  openSqliteStorage,
  type Session,
} from '@rejoin/server'

/** A relay in memory and devices that speak raw frames to its sessions. */
export const openHostileRelay = async (columns: readonly string[]) => {
  const id = (): string => randomBytes(8).toString('hex')
  const storage = await openSqliteStorage({ path: ':memory:', newId: id })
  const issuer = await createDevelopmentIssuer()
  const schema: SchemaSource = {
    tables: [
      {
        name: 'job',
        ownership: 'organization',
        primaryKey: 'id',
        primaryName: 'title',
        columns: [
          { name: 'id', type: 'guid' },
          ...columns.map(name => ({ name, type: name === 'hours' ? ('number' as const) : ('string' as const) })),
        ],
      },
    ],
    roles: [
      { name: 'office', tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } } },
      { name: 'field', tables: { job: { create: 'all', read: 'all', write: 'all', delete: 'all', hidden: ['cost'] } } },
    ],
  }
  const profile = { name: 'all', version: 1, items: [{ table: 'job', filter: { kind: 'all' as const } }] }
  const entries = environmentEntries({
    schema,
    settings: { strategy: 'clientWins', strategies: {} },
    people: [
      { id: 'office', name: 'Office', teams: [], roles: ['office'] },
      { id: 'field', name: 'Field', teams: [], roles: ['field'] },
    ],
    profiles: [{ profile, members: { everyone: true } }],
  })
  await storage.commit({}, () => ({ result: undefined, entries }))
  const crashes: unknown[] = []
  const codes: number[] = []
  let clock = 1_000_000
  const core = await createCore({
    storage,
    identity: issuer.identity,
    now: () => clock,
    random: length => randomBytes(length),
    log: error => crashes.push(error),
  })
  const office = core.environment().person('office')!
  const values = { title: 'Pump', status: 'open', cost: 'canary-4711' }
  await core.committer.submit([
    { from: 'online', id: id(), person: office, kind: 'create', table: 'job', record: 'J1', values },
  ])
  const token = await issuer.token('field')

  const record = async () => (await storage.snapshot(view => view.records([{ table: 'job', id: 'J1' }])))[0]!

  const openDevice = async () => {
    const device = id()
    let prefixes: readonly number[] = []
    let answers: Answered[] = []
    let session: Session
    let index = 0
    let seq = 0
    const connect = async (): Promise<void> => {
      session = core.connect({
        send: frame => {
          const message = decodeDown(frame)
          if (message.type === 'welcome') prefixes = message.prefixes
          if (message.type === 'changes') answers.push(...message.answers)
        },
        close: code => codes.push(code),
        buffered: () => 0,
      })
      await session.receive(
        encodeUp({
          type: 'hello',
          token,
          device,
          app: 'hostile',
          schema: 1,
          profile: 1,
          ids: index,
          live: true,
          holdings: [],
        }),
      )
    }
    await connect()
    return {
      honestEdit: async (): Promise<Edit> => {
        clock += 100
        const confirmed = unpackEnvelope((await record()).envelope)
        const client = prefixes[0]! * 256 + (index++ % 256)
        const writes = { status: `s${seq}`, hours: seq }
        return {
          id: id(),
          author: 'field',
          device,
          seq: ++seq,
          tick: seq,
          at: 0,
          table: 'job',
          record: 'J1',
          kind: 'update',
          base: { rev: confirmed.rev, commit: confirmed.commit },
          incarnation: confirmed.incarnation,
          changes: { status: [null, writes.status], hours: [null, writes.hours] },
          update: recordWrites('job/J1', [confirmed.bytes], client, writes).update,
        }
      },
      send: async (frame: Uint8Array): Promise<Answered[]> => {
        if (session.state.phase === 'closed') await connect()
        answers = []
        await session.receive(frame)
        return answers
      },
    }
  }

  let current = await openDevice()
  return {
    device: () => current,
    newDevice: async () => (current = await openDevice()),
    /** every record of the database, as bytes */
    state: async () => {
      const rows = await storage.snapshot(view => view.page('job', '', 10_000))
      return {
        records: rows.map(({ id: name, envelope }) => `${name} ${Buffer.from(envelope).toString('hex')}`).join('\n'),
      }
    },
    hidden: async () => readFlat(unpackEnvelope((await record()).envelope).bytes).fields['cost'],
    crashes: () => crashes,
    closeCodes: () => codes,
    close: () => core.close(),
  }
}
