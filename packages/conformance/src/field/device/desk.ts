import { type Host, type Network, type Rejoin, systemHost } from '@rejoin/client'
import type { DeviceFace, DeviceFacts, Observed, Step, Told } from '../system.ts'
import { failureOf, type Opened, type Question, type Reply } from './question.ts'

/** Runs where devices are, and answers for them: the real client, by its public API alone. */
export type Desk = (question: Question) => Promise<Reply>

export type Open = (store: string, opened: Opened & { readonly host: Host }) => Promise<Rejoin>

export const createDesk = (open: Open): Desk => {
  const devices = new Map<string, DeviceFace>()
  return async ({ device, ask, with: what }) => {
    try {
      if (ask === 'open') {
        const opened = what[0] as Opened
        const meter = createMeter()
        const host = { ...systemHost, now: () => Date.now() + (opened.clock ?? 0), network: meter }
        devices.set(device, faceOf(await open(device, { ...opened, host }), meter))
        return {}
      }
      const face = devices.get(device)
      if (face === undefined) throw new Error(`${device} is not open here`)
      return { answer: await (face[ask] as (...what: readonly unknown[]) => Promise<unknown>)(...what) }
    } catch (error) {
      return { failed: failureOf(error) }
    }
  }
}

interface Meter extends Network {
  set(metered: boolean): void
}

const createMeter = (): Meter => {
  let on = false
  const watchers = new Set<() => void>()
  return {
    metered: () => on,
    watch: changed => {
      watchers.add(changed)
      return () => void watchers.delete(changed)
    },
    set: metered => {
      on = metered
      for (const changed of watchers) changed()
    },
  }
}

const observed: readonly Observed[] = [
  'link',
  'offline',
  'cache',
  'status',
  'statusPage',
  'progress',
  'sync',
  'drafts',
  'pins',
  'storage',
  'lastPass',
]

const faceOf = (rejoin: Rejoin, meter: Meter): DeviceFace => {
  const told = listen(rejoin)
  const entry = (id: string) => {
    const found = rejoin.outbox.current.find(each => each.id === id)
    if (found === undefined) throw new Error(`no entry ${id} in the outbox`)
    return found
  }
  const note = (edit: string) => {
    const found = rejoin.ledger.current.find(each => each.edit === edit)
    if (found === undefined) throw new Error(`no conflict of ${edit} in the ledger`)
    return found
  }
  const on = (name: string) => rejoin.table(name)
  return {
    create: (table, values, options) => on(table).create(values as never, options),
    update: (table, id, values, options) => on(table).update(id, values as never, options),
    remove: (table, id) => on(table).delete(id),
    run: (table, command, id, args) => on(table).run(command, id, args),
    undo: (table, id) => on(table).undo(id),
    group: steps => rejoin.group(group => void steps.map(step => taken(group, step))),
    row: async (table, id) => on(table).get(id),
    rows: async (table, query) => {
      const live = on(table).query(query)
      live.close()
      return live.current
    },
    mark: async (table, id) => on(table).mark(id),
    missing: async (table, id) => on(table).missing(id),

    entries: async () => rejoin.outbox.current,
    retry: id => entry(id).retry(),
    discard: id => entry(id).discard(),
    resolve: (id, answer) => entry(id).resolve(answer),
    pause: async reason => rejoin.outbox.pause(reason),
    resume: async reason => rejoin.outbox.resume(reason),
    send: async ids => rejoin.outbox.send(ids),
    exported: async () => rejoin.outbox.export(),
    imported: file => rejoin.outbox.import(file),

    ledger: async () => rejoin.ledger.current,
    why: async (table, id, column) => rejoin.ledger.why(table, id, column),
    restore: edit => note(edit).restore(),

    facts: async () =>
      ({
        ...Object.fromEntries(observed.map(name => [name, rejoin[name].current])),
        id: rejoin.id,
        ready: rejoin.ready,
        stats: { ...rejoin.stats },
        paused: rejoin.outbox.paused.current,
        fingerprint: rejoin.fingerprint(),
      }) as DeviceFacts,
    told: async () => told,
    connect: async () => rejoin.connect(),
    disconnect: async () => rejoin.disconnect(),
    turnOn: () => rejoin.offline.turnOn(),
    turnOff: () => rejoin.offline.turnOff(),
    download: () => rejoin.offline.download(),
    actions: async (app, screen, placement) => {
      const available = rejoin.actions(app)
      return { shown: available.on(screen).current, why: available.why(screen, placement) }
    },
    refresh: () => rejoin.sync.refresh(),
    chooseSync: choice => rejoin.sync.setMode(choice),
    meter: async metered => meter.set(metered),
    schedule: times => rejoin.cache.schedule(times),

    onlineRow: (table, id) => rejoin.online.table(table).get(id),
    onlineRows: (table, where) => rejoin.online.table(table).query(where === undefined ? {} : { where }),
    onlineUpdate: (table, id, values) => rejoin.online.table(table).update(id, values),
    pin: (name, table, selection) => rejoin.pins.add(name, table, selection),

    keepDraft: (name, form) => rejoin.drafts.keep(name, form),
    submitDraft: name => rejoin.drafts.submit(name),

    clear: choice => rejoin.cache.clear(choice),
    reset: choice => rejoin.cache.reset(choice),
    signOut: choice => rejoin.signOut(choice),
    close: () => rejoin.close(),
  }
}

const taken = (group: Parameters<Parameters<Rejoin['group']>[0]>[0], step: Step): void => {
  if ('create' in step) group.table(step.create).create(step.values as never)
  else group.table(step.update).update(step.id, step.values as never)
}

const listen = (rejoin: Rejoin): Told => {
  const told = { passes: [], progress: [], outbox: [], statuses: [] } as {
    -readonly [Name in keyof Told]: Told[Name][number][]
  }
  rejoin.lastPass.subscribe(pass => void (pass !== undefined && told.passes.push(pass)))
  rejoin.progress.subscribe(progress => void told.progress.push(progress))
  rejoin.outbox.subscribe(now => void told.outbox.push(now.map(({ record, state }) => `${record} ${state}`)))
  rejoin.status.subscribe(({ state, description }) => void told.statuses.push([state, description]))
  return told
}
