import { pick } from '../simulator/chance.ts'
import type { UnsentFile } from './book.ts'
import type { Desk } from './desk.ts'
import type { Land } from './land.ts'
import type { Step } from './plan.ts'
import { tried } from './tried.ts'

/** What people choose about the device itself, and what becomes of unsent work by their choice. */
export const choose = async (land: Land, desk: Desk, { kind, r }: Step): Promise<void> => {
  const { device, paused } = desk
  const { rejoin } = device
  const [a, b, c] = r
  switch (kind) {
    case 'pause': {
      const reason = pick(['lunch', 'roaming'], a)
      rejoin.outbox.pause(reason)
      return void paused.add(reason)
    }
    case 'resume':
      for (const reason of paused) if (!land.faults.has('never-resumes')) rejoin.outbox.resume(reason)
      return paused.clear()
    case 'send':
      return rejoin.outbox.send(device.entries().flatMap(({ id }, at) => ((a >> at) % 2 === 0 ? [id] : [])))
    case 'offline-mode':
      await tried(() => rejoin.offline.turnOn())
      desk.offlineMode = rejoin.offline.current.on
      return rejoin.offline.cancel()
    case 'online-again':
      await rejoin.offline.turnOff()
      desk.offlineMode = false
      return
    case 'clear':
      return clear(land, desk, pick(['keep', 'keep', 'file', 'discard'] as const, b))
    case 'reset':
    case 'sign-out':
      return leave(land, desk, pick(['keep', 'file', 'file', 'discard'] as const, b), kind)
    case 'import':
      return takeIn(land, desk, c)
    default:
  }
}

type Way = 'keep' | 'file' | 'discard'

const fileOf = ({ book }: Land, { device, user }: Desk): UnsentFile => {
  const file: UnsentFile = { user, text: device.rejoin.outbox.export(), imported: false }
  book.files.push(file)
  return file
}

/** Which saves a file holds, read by whoever opens it. */
const written = (land: Land, file: UnsentFile) => {
  const { actions, withdrawn } = JSON.parse(file.text) as {
    readonly withdrawn: readonly string[]
    readonly actions: readonly {
      readonly wish: { kind: string; table: string; id: string; values?: unknown; name?: string; args?: unknown }
    }[]
  }
  const told = withdrawn.map(id => land.book.by(id))
  const meant = actions.map(({ wish: { kind, table, id, values, name, args } }) =>
    land.book.of({ kind, table, record: id, values, ...(name === undefined ? {} : { command: { name, args } }) }),
  )
  return { meant, told }
}

const clear = async (land: Land, desk: Desk, way: Way): Promise<void> => {
  const before = desk.device.entries()
  const file = way === 'file' ? fileOf(land, desk) : undefined
  const unsent = file === undefined ? (way === 'keep' ? undefined : 'discard') : { file: file.text }
  const fault = await tried(() =>
    desk.device.rejoin.cache.clear(unsent === undefined ? {} : { unsent: unsent as 'discard' }),
  )
  if (fault !== undefined) return
  desk.cleared = land.book.next
  taken(land, file)
  if (way === 'discard') given(desk, before, 'discarded')
  desk.device.rejoin.connect()
}

/** In a file: it can be done from elsewhere. */
const taken = (land: Land, file: UnsentFile | undefined): void => {
  if (file === undefined) return
  const { meant, told } = written(land, file)
  for (const saves of [...meant, ...told]) for (const save of saves) save.files.add(file)
}

const given = (desk: Desk, before: ReturnType<Desk['entries']>, choice: 'discarded' | 'wiped'): void => {
  for (const entry of before) {
    if (entry.state === 'accepted') continue
    for (const save of desk.savesOf(entry)) save.choice = choice
  }
}

/** Everything goes; where unsent work would be lost it does not, unless it is in a file or given up. */
const leave = async (land: Land, desk: Desk, way: Way, kind: 'reset' | 'sign-out'): Promise<void> => {
  const { rejoin } = desk.device
  desk.notice()
  const before = desk.device.entries()
  const file = way === 'file' ? fileOf(land, desk) : undefined
  const loses = land.faults.has('sign-out-loses') && way === 'keep'
  const unsent = file === undefined ? (way === 'discard' || loses ? 'discard' : undefined) : { file: file.text }
  const options = unsent === undefined ? {} : { unsent: unsent as 'discard' }
  const fault = await tried(() => (kind === 'reset' ? rejoin.cache.reset(options) : rejoin.signOut(options)))
  if (fault !== undefined) return
  desk.notice()
  desk.cleared = land.book.next
  taken(land, file)
  if (way === 'discard') given(desk, before, 'wiped')
  desk.offlineMode = false
  desk.empty = true
  desk.paused.clear()
  if (kind === 'reset') await signIn(desk)
}

export const signIn = async (desk: Desk): Promise<void> => {
  if (!desk.empty) return
  await desk.device.reopen()
  desk.empty = false
  desk.began()
}

const takeIn = async (land: Land, desk: Desk, raw: number): Promise<void> => {
  const own = land.book.files.filter(({ user, imported }) => user === desk.user && !imported)
  const full = own.filter(({ text }) => (JSON.parse(text) as { actions: readonly unknown[] }).actions.length > 0)
  const files = full.length > 0 ? full : own
  if (files.length === 0 || !desk.device.rejoin.ready) return
  const file = pick(files, raw)
  const first = (JSON.parse(file.text) as { actions: readonly { id: string }[] }).actions[0]?.id
  const without = land.faults.has('import-leaves-out') && first !== undefined ? [first] : []
  if ((await tried(() => desk.device.rejoin.outbox.import(file.text, { without }))) !== undefined) return
  file.imported = true
  // Given up where it was, it is meant again.
  for (const saves of written(land, file).meant) for (const save of saves) delete save.choice
}
