import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Rejoin } from './device/device.ts'
import { createChannelSpace, createLockSpace, openRejoin, openSqliteStore, type TabPorts } from './node.ts'
import { openRejoin as openInBrowser } from './open.ts'
import { createMemoryDisk, openMemoryStore } from './store/memory.ts'
import { syncedDisk } from './tabs/browser.fixture.ts'

const asked = { url: 'http://127.0.0.1:1', token: 'token', app: 'test', connect: false } as const

/** Openers of one program. */
const program = (): (() => TabPorts) => {
  const [locks, channels] = [createLockSpace(), createChannelSpace()]
  return () => ({ locks: locks.enter(), channel: channels.open })
}

const until = async (fits: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 400 && !fits(); turn++) await new Promise(resolve => setTimeout(resolve, 5))
  expect(fits()).toBe(true)
}

describe('several openers on Node', () => {
  let folder: string
  const open: Rejoin[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rejoin-node-'))
  })
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close()
    await rm(folder, { recursive: true, force: true })
  })
  const kept = async (opening: Promise<Rejoin>): Promise<Rejoin> => {
    const made = await opening
    open.push(made)
    return made
  }

  it('are one device on one file: what one saves another shows, and goes on with when the first is closed', async () => {
    const path = join(folder, 'device.db')
    await syncedDisk(() => openSqliteStore({ path }))
    const ports = program()
    const first = await openRejoin({ ...asked, path, tabs: ports() })
    const second = await kept(openRejoin({ ...asked, path, tabs: ports() }))
    expect(second.id).toBe(first.id)
    await second.table('task').create({ taskid: 'N', title: 'new' })
    await until(() => first.table('task').get('N')?.['title'] === 'new')
    await expect(openSqliteStore({ path }), 'the file is held once').rejects.toMatchObject({ code: 'busy' })
    await first.close()
    await second.table('task').update('N', { title: 'after' })
    await second.close()
    const again = await kept(openRejoin({ ...asked, path }))
    expect(again.table('task').get('N')?.['title']).toBe('after')
  })

  it('share a store that is handed in, by its name', async () => {
    const disk = createMemoryDisk({ shared: true })
    const ports = program()
    const opened = (): Promise<Rejoin> =>
      kept(openRejoin({ ...asked, store: disk.open(), tabs: ports(), name: 'shared' }))
    const [first, second] = [await opened(), await opened()]
    await first.drafts.keep('one', { table: 'task', values: { title: 'x' } })
    await until(() => second.drafts.get('one') !== undefined)
  })

  it('of a file that cannot be opened are all told so, and hold nothing of it', async () => {
    const path = join(folder, 'device.db')
    const holder = await openSqliteStore({ path })
    const ports = program()
    const opening = (): Promise<Rejoin> => openRejoin({ ...asked, path, tabs: ports() })
    const both = await Promise.allSettled([opening(), opening()])
    expect(both).toMatchObject([{ reason: { code: 'busy' } }, { reason: { code: 'busy' } }])
    await holder.close()
    await kept(opening())
  })
})

describe('the main entry on Node', () => {
  it('says at once what to open instead where there is no WebSocket, or no IndexedDB', async () => {
    const { WebSocket } = globalThis
    try {
      Object.assign(globalThis, { WebSocket: undefined })
      await expect(openInBrowser({ ...asked, store: openMemoryStore() })).rejects.toMatchObject({
        code: 'unsupported',
        fix: expect.stringContaining('@rejoin/client/node'),
      })
      Object.assign(globalThis, { WebSocket: class {} })
      await expect(openInBrowser(asked)).rejects.toMatchObject({
        name: 'StoreFault',
        fix: expect.stringContaining('@rejoin/client/node'),
      })
    } finally {
      Object.assign(globalThis, { WebSocket })
    }
  })
})
