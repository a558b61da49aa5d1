import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { type Connect, createDevice, createMemoryDisk, type Rejoin, systemHost, whenever } from '@rejoin/client'
import { type Core, createCore, createDevelopmentIssuer, type Storage } from '@rejoin/server'
import { technician } from './world.ts'

/** Devices that talk to a relay's engine in one process: what a scope costs on its way to a device. */
export interface Conversation {
  /** ms from connecting to agreeing, of a device that was away while some rows of its scope changed */
  delta(who: number, changes: number): Promise<number>
  /** the manager loses the people below him, and with them all their rows */
  leaving(): Promise<{ readonly ms: number; readonly rows: number }>
  close(): Promise<void>
}

type Device = Rejoin & { readonly away: () => Promise<void>; readonly back: () => Promise<void> }

export const openConversation = async (storage: Storage, now: number): Promise<Conversation> => {
  const issuer = await createDevelopmentIssuer()
  const core = await createCore({
    storage: { ...storage, close: async () => {} },
    identity: issuer.identity,
    now: () => now,
    random: length => randomBytes(length),
    log: error => {
      throw error
    },
  })

  const open = async (user: string): Promise<Device> => {
    const device = await createDevice({
      store: createMemoryDisk().open(),
      host: systemHost,
      connect: lineTo(core),
      token: () => issuer.token(user),
      app: 'bench',
    })
    const back = async (): Promise<void> => {
      device.connect()
      await whenever(device.link, ({ state }) => state === 'live')
    }
    const away = async (): Promise<void> => {
      device.disconnect()
      await whenever(device.link, ({ state }) => state === 'offline')
    }
    await back()
    return Object.assign(device, { away, back })
  }

  return {
    delta: async (who, changes) => {
      const { id } = technician(who)
      const device = await open(id)
      await device.away()
      await write(core, who, changes)
      const began = performance.now()
      await device.back()
      const ms = performance.now() - began
      await device.close()
      return ms
    },
    leaving: async () => {
      const manager = technician(-1)
      const device = await open(manager.id)
      const held = (): number => Object.values(device.fingerprint()).reduce((sum, { rows }) => sum + rows, 0)
      const rows = held()
      await storage.commit({}, () => ({
        result: undefined,
        entries: [{ kind: 'person', id: manager.id, value: manager }],
      }))
      const began = performance.now()
      await core.reload()
      while (held() > 0) await new Promise(resolve => setImmediate(resolve))
      const ms = performance.now() - began
      await device.close()
      return { ms, rows }
    },
    close: () => core.close(),
  }
}

const write = async (core: Core, who: number, changes: number): Promise<void> => {
  const person = core.environment().person(technician(who).id)!
  const judged = await core.committer.submit(
    Array.from({ length: changes }, (_, n) => ({
      from: 'online' as const,
      id: randomBytes(16).toString('hex'),
      person,
      kind: 'update' as const,
      table: 'task',
      record: `task-${who}-${n}a`,
      values: { name: `changed ${randomBytes(4).toString('hex')}` },
    })),
  )
  const refused = judged.find(({ answer }) => answer.status !== 'applied')
  if (refused !== undefined) throw new Error(`a change was not applied: ${JSON.stringify(refused)}`)
}

/** Real frames without a socket. */
const lineTo =
  (core: Core): Connect =>
  handlers => {
    let open = true
    const ended = (code: number): void => {
      if (!open) return
      open = false
      session.closed()
      handlers.closed(code)
    }
    const session = core.connect({
      send: frame => setImmediate(() => open && handlers.message(frame)),
      close: code => setImmediate(() => ended(code)),
      buffered: () => 0,
    })
    setImmediate(() => handlers.opened())
    return {
      send: frame => setImmediate(() => open && void session.receive(frame)),
      close: code => setImmediate(() => ended(code ?? 1000)),
    }
  }
