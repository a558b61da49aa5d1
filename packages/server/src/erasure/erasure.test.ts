import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeDown, type Down, encodeUp, readFlat, unpackEnvelope } from '@rejoin/profile'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { readAudit } from '../admin/audit.ts'
import { run } from '../cli/program.ts'
import type { Terminal } from '../cli/terminal.ts'
import { followChanges } from '../cli/watch.ts'
import { bo, createDevice } from '../commit/commit.fixture.ts'
import { updateFrame } from '../documents/message.ts'
import { DOCUMENT_PROTOCOL } from '../routes/documents.ts'
import { helloOf } from '../routes/relay.fixture.ts'
import { serveRelay } from '../routes/serve.ts'
import {
  bytesOf,
  CANARIES,
  cy,
  everything,
  fill,
  KEPT,
  openWorld,
  textUpdate,
  traces,
  type World,
} from './erasure.fixture.ts'

const J1 = { table: 'job', id: 'J1' }
const J2 = { table: 'job', id: 'J2' }

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (const started = Date.now(); !(await holds());) {
    if (Date.now() - started > 10_000) throw new Error('still not so after 10 s')
    await sleep(5)
  }
}

describe('erasure', () => {
  let world: World
  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(() => world.dispose())

  const left = async (): Promise<unknown> => traces(await everything(world), CANARIES)
  const stored = async (id: string) => (await world.storage().snapshot(view => view.records([{ table: 'job', id }])))[0]

  it('[security] leaves no trace of a record in any table, and says what it touched', async () => {
    await fill(world)
    expect(await left()).toEqual({
      record: ['canary-IS', 'canary-THEIRS'],
      edit: CANARIES.filter(word => word !== 'canary-DOCUMENT'),
      ledger: ['canary-WAS', 'canary-IS', 'canary-THEIRS', 'canary-MINE'],
      piece: ['canary-DOCUMENT'],
    })
    const answer = await world.erase({ rows: [J1, J2] })
    expect([answer.status, await answer.json()]).toMatchObject([
      201,
      {
        by: 'bo',
        targets: 2,
        done: 2,
        report: {
          records: { job: { purged: 1, emptied: 0, unknown: 1 } },
          ...{ edits: 5, conflicts: 1, documents: 1, shares: 1 },
        },
      },
    ])
    expect(await left()).toEqual({})
    expect(traces(await everything(world), [KEPT])).toEqual({ record: [KEPT], edit: [KEPT] })
    expect(await stored('J1')).toMatchObject({ deleted: true, purged: true, envelope: new Uint8Array() })
    const edits = await world.storage().snapshot(view => view.editsOf(J1, '', 10))
    expect(edits.map(({ outcome }) => outcome.status)).toEqual(['applied', 'held', 'applied', 'rejected'])
  })

  it('[security] leaves nothing in the bytes of the files either, once the file was written anew', async () => {
    await fill(world)
    await world.erase({ rows: [J1, J2] })
    await world.storage().scrub()
    await world.close()
    expect(traces(await bytesOf(world), CANARIES)).toEqual({})
    expect(traces(await bytesOf(world), [KEPT])).toEqual({ 'relay.db': [KEPT] })
  })

  it('empties columns alone: out of the document bytes, the edits and the conflicts, the rest stays', async () => {
    await fill(world)
    const before = (await stored('J1'))!
    const answer = await world.erase({ rows: [{ ...J1, columns: ['status', 'report'] }] })
    expect(await answer.json()).toMatchObject({ report: { records: { job: { purged: 0, emptied: 1 } }, documents: 1 } })
    const gone = ['canary-THEIRS', 'canary-MINE', 'canary-REFUSED', 'canary-DOCUMENT']
    expect(traces(await everything(world), gone)).toEqual({})
    const after = (await stored('J1'))!
    expect(after.rev).toBeGreaterThan(before.rev)
    const confirmed = unpackEnvelope(after.envelope)
    expect([readFlat(confirmed.bytes).fields, JSON.parse(after.json)]).toEqual([
      { title: 'canary-IS' },
      { title: 'canary-IS' },
    ])
    expect(confirmed).toMatchObject({ rev: after.rev, changed: after.rev, columns: { status: after.rev } })
    const again = await world.ask('bo', '/api/tables/job/J1')
    expect(await again.json()).toMatchObject({ values: { title: 'canary-IS', status: null } })
  })

  it('keeps an erased record from coming back: created again, or sent by a device that still has it', async () => {
    const device = await fill(world)
    const late = device.edit('J1', 'update', { title: 'canary-LATE' })
    await world.erase({ rows: [J1] })
    const { status } = await world.ask('bo', '/api/tables/job', { id: 'J1', values: { title: 'canary-LATE' } })
    expect(status).toBe(409)
    const [judged] = await device.push({ ...late, after: undefined } as never)
    expect(judged!.answer).toMatchObject({ status: 'rejected', code: 'rule' })
    expect(traces(await everything(world), ['canary-LATE'])).toEqual({})
  })

  it('[SE1] tells who could not read every record of one that was erased nothing but that it is not there', async () => {
    const { committer } = world.relay().core
    const device = createDevice({ storage: world.storage(), committer }, cy, 2)
    await world.ask('bo', '/api/tables/job', { id: 'J1', values: { title: 'a job', ownerid: 'bo' } })
    await world.erase({ rows: [J1] })
    const answerTo = async (id: string, kind: 'update' | 'delete'): Promise<unknown> => {
      const edit = device.edit(id, kind, kind === 'update' ? { title: 'tried' } : {})
      return (await device.push({ ...edit, after: undefined } as never))[0]!.answer
    }
    for (const kind of ['update', 'delete'] as const) {
      const answer = await answerTo('J1', kind)
      expect(answer).toEqual(await answerTo('J9', kind))
      expect(answer).toMatchObject({ status: 'rejected', code: 'not-found' })
    }
    const fresh = createDevice({ storage: world.storage(), committer }, cy, 3)
    const [made] = await fresh.push(fresh.edit('J1', 'create', { title: 'tried', ownerid: 'cy' }))
    expect(made!.answer).toMatchObject({ status: 'rejected', code: 'exists' })
    const other = await world.ask('cy', '/api/tables/job', { id: 'J1', values: { title: 'tried', ownerid: 'cy' } })
    expect([other.status, ((await other.json()) as { code: string }).code]).toEqual([409, 'exists'])
    expect(await stored('J1')).toMatchObject({ purged: true })
  })

  it('keeps emptied columns empty when a device that was away wins with its whole record', async () => {
    await world.dispose()
    world = await openWorld('clientWins')
    const { committer } = world.relay().core
    const device = createDevice({ storage: world.storage(), committer }, bo, 1)
    await device.push(device.edit('J1', 'create', { title: 'a job', status: 'canary-OLD' }))
    await device.pull('J1')
    const away = device.edit('J1', 'update', { title: 'his title', hours: 2 })
    expect(away.image).toMatchObject({ status: 'canary-OLD' })
    await world.erase({ rows: [{ ...J1, columns: ['status', 'hours'] }] })
    const [first] = await device.push(away)
    expect(first!.answer).toMatchObject({ status: 'applied', conflict: expect.any(String) as string })
    await device.pull('J1')
    expect(JSON.parse((await stored('J1'))!.json)).toEqual({ title: 'his title', hours: 2 })
    expect(traces(await everything(world), ['canary-OLD'])).toEqual({})
    await device.push(device.edit('J1', 'update', { status: 'known again' }))
    expect(JSON.parse((await stored('J1'))!.json)).toMatchObject({ status: 'known again' })
  })

  it('finds a person by what records say of him, deleted ones too, and by what he owns; dry it only tells', async () => {
    const { storage } = world
    for (const [id, ownerid] of [
      ['A', 'ana'],
      ['B', 'bo'],
      ['C', 'ana'],
    ] as const)
      await world.ask('bo', '/api/tables/job', {
        id,
        values: { title: `t ${id}`, status: `customer ${ownerid}`, ownerid },
      })
    await world.relay().app.request('/')
    const dry = await world.erase({
      owner: 'ana',
      where: [{ table: 'job', column: 'title', equals: 't B' }],
      dry: true,
    })
    expect(await dry.json()).toEqual({ targets: ['B', 'A', 'C'].map(id => ({ table: 'job', id })) })
    expect((await stored('A'))!.purged).toBe(false)
    await world.erase({ where: [{ table: 'job', column: 'status', equals: 'customer ana' }] })
    const rows = await storage().snapshot(view => view.page('job', '', 10))
    expect(rows.map(({ id, purged }) => [id, purged])).toEqual([
      ['A', true],
      ['B', false],
      ['C', true],
    ])
  })

  it('is for administrators, and refuses what is not there with its place', async () => {
    expect((await world.ask('ana', '/api/admin/erasures', { rows: [J1], reason: 'x' })).status).toBe(403)
    expect((await world.ask('ana', '/api/admin/erasures')).status).toBe(403)
    const refused = await world.erase({ rows: [J1, { table: 'no', id: 'x' }] })
    expect([refused.status, await refused.json()]).toMatchObject([
      422,
      { faults: [{ at: 'table job, record J1' }, { at: 'table no' }] },
    ])
    expect(await stored('J1')).toBeUndefined()
  })

  it('[G2] goes on where it was cut off, whichever write it was cut off at', async () => {
    for (let survived = 0; ; survived++) {
      await world.dispose()
      world = await openWorld()
      await fill(world)
      const storage = world.storage()
      const { commit } = storage
      let writes = 0
      // From its nth write on the disk takes nothing, as if the relay had been killed there.
      Object.assign(storage, {
        commit: (...call: Parameters<typeof commit>) =>
          writes++ < survived ? commit(...call) : Promise.reject(new Error('killed')),
      })
      const answer = await world.erase({ rows: [J1, J2] })
      Object.assign(storage, { commit })
      if (answer.status === 201) {
        expect(survived).toBeGreaterThan(5)
        return
      }
      await world.reopen()
      expect([survived, await left()]).toEqual([survived, {}])
    }
  })

  it('leaves connected devices like a delete, emptied columns like a change', async () => {
    await fill(world)
    const got: Down[] = []
    const session = world.relay().core.connect({
      send: frame => got.push(decodeDown(frame)),
      close: () => {},
      buffered: () => 0,
    })
    void session.receive(encodeUp(helloOf(await world.token('bo'))))
    const told = () => got.flatMap(down => (down.type === 'changes' ? [down] : []))
    await until(() => got.some(({ type }) => type === 'synced'))
    await world.erase({ rows: [{ ...J1, columns: ['status'] }] })
    await until(() => told().length === 1)
    const [row] = told()[0]!.rows
    expect(readFlat(unpackEnvelope(row!.envelope).bytes).fields).toEqual({ title: 'canary-IS' })
    await world.erase({ rows: [J1] })
    await until(() => told().length === 2)
    expect(told()[1]).toMatchObject({ rows: [], gone: [{ ...J1, why: 'deleted' }] })
  })

  const openReport = async (): Promise<{ socket: WebSocket; closed: Promise<number> }> => {
    const { url } = await serveRelay(world.relay(), { port: 0 })
    const socket = new WebSocket(`${url.replace('http', 'ws')}/documents/job/J1/report`, [
      DOCUMENT_PROTOCOL,
      `rejoin.token.${await world.token('bo')}`,
    ])
    const closed = new Promise<number>(resolve => socket.on('close', code => resolve(code)))
    await new Promise(resolve => socket.once('message', resolve))
    socket.send(updateFrame(textUpdate('canary-TYPED')))
    await until(async () => 'piece' in traces(await everything(world), ['canary-TYPED']))
    return { socket, closed }
  }
  const quiet: Terminal = { out: () => {}, err: () => {}, interactive: false }
  const command = (...more: string[]): Promise<number> => {
    const [db, list] = [join(world.folder, 'relay.db'), join(world.folder, 'erasures')]
    const args = ['erase', '--record', 'job/J1', '--reason', 'asked', '--no-scrub', '--db', db, '--erasures', list]
    return run([...args, ...more], quiet)
  }
  const documents = ['canary-DOCUMENT', 'canary-TYPED']

  it('takes a document away from who has it open, who cannot write it back', async () => {
    await fill(world)
    const { closed } = await openReport()
    await world.erase({ rows: [J1, J2] })
    expect(await closed).toBe(4404)
    await world.close()
    expect(traces(await bytesOf(world), documents)).toEqual({})
  })

  it('[security] what a command erased beside the relay does not come back through a document somebody has open', async () => {
    await fill(world)
    const { socket, closed } = await openReport()
    expect(await command()).toBe(0)
    socket.close()
    await closed
    await world.close()
    expect(traces(await bytesOf(world), documents)).toEqual({})
  })

  it('[security] nor through what is written on into one, where it was the document alone that was erased', async () => {
    await fill(world)
    const { socket, closed } = await openReport()
    expect(await command('--column', 'report')).toBe(0)
    socket.send(updateFrame(textUpdate('canary-LATER')))
    expect(await closed).toBe(4404)
    await world.close()
    expect(traces(await bytesOf(world), [...documents, 'canary-LATER'])).toEqual({})
  })

  it('a relay hears at once of what a command erased beside it, and so do who has a document open and devices', async () => {
    await fill(world)
    const { core } = world.relay()
    const gone: unknown[] = []
    core.onCommit(({ changed }) => gone.push(...changed.map(({ id }) => id)))
    const stop = followChanges(core, quiet)
    const { closed } = await openReport()
    gone.length = 0
    expect(await command()).toBe(0)
    expect(await closed).toBe(4404)
    expect(gone).toContain('J1')
    await stop()
  })

  it('removes shares as an administrator does: with the audit, and the relay follows', async () => {
    await fill(world)
    const { core } = world.relay()
    const { changes, directory } = core.environment()
    expect(directory.shares.size).toBe(1)
    await world.erase({ rows: [J1] })
    expect(core.environment().directory.shares.size).toBe(0)
    expect(core.environment().changes).toBe(changes + 1)
    const [audited] = await world.storage().snapshot(view => readAudit(view, 1))
    expect(audited).toMatchObject({ by: 'bo', entries: [{ kind: 'share', id: 'job/J1/ana' }] })
  })

  it('[security] a database restored from before an erasure is brought up to it before it is served', async () => {
    await fill(world)
    await world.keepBackup()
    await world.erase({ rows: [J1, J2] })
    expect(await left()).toEqual({})
    await world.restoreBackup()
    expect(await left()).toEqual({})
    expect((await stored('J1'))!.purged).toBe(true)
    const revs = async () => (await stored('J1'))!.rev
    const before = await revs()
    await world.reopen()
    expect(await revs()).toBe(before)
  })

  it('a database restored from before a record was even made refuses it when devices tell it again', async () => {
    await world.keepBackup()
    await fill(world)
    await world.erase({ rows: [J1] })
    await world.restoreBackup()
    expect(await stored('J1')).toMatchObject({ purged: true })
    const { status } = await world.ask('bo', '/api/tables/job', { id: 'J1', values: { title: 'canary-IS' } })
    expect(status).toBe(409)
  })
})
