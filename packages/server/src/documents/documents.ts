import type { Committed } from '../commit/committer.ts'
import type { Core } from '../core.ts'
import type { Environment } from '../environment/environment.ts'
import { type Bucket, fullBucket, limits, take } from '../session/limits.ts'
import { keyOf } from '../storage/storage.ts'
import { accessTo, type Access, type DocumentPlace } from './access.ts'
import { documentLimits } from './limits.ts'
import { documentCloses, type Member, openRoom, type Room } from './room.ts'
import { documentName, type DocumentStorage } from './storage.ts'

/**
 * Documents over any socket: who comes is asked for his token first, nothing of a document is read or written before,
 * and his right is asked again with every commit that touches the record and whenever the environment changes.
 */
export interface Documents {
  open(place: DocumentPlace, token: string | undefined, line: DocumentLine): DocumentVisit
  /** ends every visit to a record's documents, and leaves nothing of one of them. @returns whether there was anything */
  remove(table: string, record: string, column: string): Promise<boolean>
  /** once a second */
  tick(): void
  close(): Promise<void>
}

/** The other end of a visit. */
export interface DocumentLine {
  send(frame: Uint8Array): void
  close(code: number, reason: string): void
  buffered(): number
}

export interface DocumentVisit {
  receive(frame: Uint8Array): void
  closed(): void
}

export interface DocumentsParts {
  readonly core: Core
  readonly storage: DocumentStorage
  readonly now: () => number
  readonly log: (error: unknown) => void
}

/** Documents one user may have open at once. */
const PER_USER = 200
const BEAT_EVERY = 15_000
/** a record leaves a scope also as time passes, and by what happens to others */
const JUDGE_EVERY = 4_000

type Visit = {
  readonly place: DocumentPlace
  readonly line: DocumentLine
  readonly waiting: Uint8Array[]
  messages: Bucket
  bytes: Bucket
  slowSince: number | undefined
  /** judgements under way: the last one counts */
  judging: Promise<void>
  guest: { readonly user: string; readonly expires: number } | undefined
  access: Access | undefined
  joined: { readonly room: Room; readonly member: Member } | undefined
}

export const createDocuments = ({ core, storage, now, log }: DocumentsParts): Documents => {
  const rooms = new Map<string, Room>()
  const visits = new Set<Visit>()
  let judgedIn: Environment = core.environment()
  let judgedAt = now()
  let beaten = now()

  const leave = (visit: Visit): void => {
    visits.delete(visit)
    visit.joined?.room.leave(visit.joined.member)
    visit.joined = undefined
  }

  const close = (visit: Visit, code: number, reason: string): void => {
    if (!visits.has(visit)) return
    leave(visit)
    visit.line.close(code, reason)
  }

  const roomOf = ({ table, record }: DocumentPlace, column: string): Room => {
    const name = documentName(table, record, column)
    const known = rooms.get(name)
    if (known !== undefined) return known
    const room = openRoom({
      name,
      storage,
      log,
      stands: async () => {
        const [stored] = await core.storage.snapshot(view => view.records([{ table, id: record }]))
        return stored?.purged === false
      },
      onEmpty: () => {
        if (rooms.get(name) === room) rooms.delete(name)
      },
    })
    rooms.set(name, room)
    return room
  }

  /** The person's right by everything that is committed now; ends the visit where there is none. */
  const judge = (visit: Visit): Promise<void> => {
    const judging = visit.judging.then(async () => {
      if (visit.guest === undefined || !visits.has(visit)) return
      const environment = core.environment()
      const person = environment.person(visit.guest.user)
      const { place } = visit
      visit.access = person && (await core.storage.snapshot(view => accessTo(view, environment, person, place, now())))
      // The same answer for what is not there and what he may not see.
      if (visit.access === undefined) close(visit, documentCloses.notFound, 'there is no such document')
    })
    visit.judging = judging.catch((error: unknown) => {
      log(error)
      close(visit, documentCloses.busy, 'the relay could not tell whether that is allowed')
    })
    return visit.judging
  }

  const enter = async (visit: Visit, token: string | undefined): Promise<void> => {
    const signedIn = token === undefined ? undefined : await core.identity.verify(token)
    if (signedIn?.ok !== true) return close(visit, documentCloses.unauthenticated, signedIn?.why ?? 'no token came')
    const { user, expires } = signedIn
    if ([...visits].filter(({ guest }) => guest?.user === user).length >= PER_USER) {
      return close(visit, documentCloses.tooMany, 'too many documents are open')
    }
    visit.guest = { user, expires }
    await judge(visit)
    if (!visits.has(visit) || visit.access === undefined) return
    const member: Member = {
      mayWrite: () => visit.access?.write === true,
      send: frame => visit.line.send(frame),
      close: (code, reason) => close(visit, code, reason),
    }
    const room = roomOf(visit.place, visit.access.column)
    visit.joined = { room, member }
    room.join(member)
    for (const frame of visit.waiting.splice(0)) room.receive(member, frame)
  }

  const admits = (visit: Visit, frame: Uint8Array): boolean => {
    const time = now()
    const messages = take(visit.messages, 1, limits.messagesPerSecond, limits.messagesBurst, time)
    const bytes = take(visit.bytes, frame.length, limits.bytesPerSecond, limits.bytesBurst, time)
    if (messages === undefined || bytes === undefined) return false
    visit.messages = messages
    visit.bytes = bytes
    return true
  }

  const hear = ({ changed }: Committed): void => {
    if (visits.size === 0) return
    const touched = new Set(changed.map(keyOf))
    for (const visit of visits) {
      const { table, record } = visit.place
      if (touched.has(keyOf({ table, id: record }))) void judge(visit)
    }
  }
  const stopHearing = core.onCommit(hear)

  return {
    open: (place, token, line) => {
      const time = now()
      const visit: Visit = {
        place,
        line,
        waiting: [],
        messages: fullBucket(limits.messagesBurst, time),
        bytes: fullBucket(limits.bytesBurst, time),
        slowSince: undefined,
        judging: Promise.resolve(),
        guest: undefined,
        access: undefined,
        joined: undefined,
      }
      visits.add(visit)
      void enter(visit, token).catch((error: unknown) => {
        log(error)
        close(visit, documentCloses.busy, 'the relay could not open that')
      })
      return {
        receive: frame => {
          if (!visits.has(visit)) return
          if (!admits(visit, frame)) close(visit, 1008, 'too much at once')
          else if (visit.joined !== undefined) visit.joined.room.receive(visit.joined.member, frame)
          else if (visit.waiting.length < documentLimits.waiting) visit.waiting.push(frame)
          else close(visit, documentCloses.busy, 'too much at once')
        },
        closed: () => leave(visit),
      }
    },
    remove: async (table, record, column) => {
      for (const visit of visits)
        if (visit.place.table === table && visit.place.record === record)
          close(visit, documentCloses.notFound, 'there is no such document')
      const name = documentName(table, record, column)
      // The last to leave has it written once more.
      await rooms.get(name)?.idle()
      const there = (await storage.load(name)).length > 0
      await storage.remove(name)
      return there
    },
    tick: () => {
      const time = now()
      const environment = core.environment()
      const due = environment !== judgedIn || time - judgedAt >= JUDGE_EVERY
      for (const visit of visits) {
        if (due) void judge(visit)
        if ((visit.guest?.expires ?? Infinity) <= time)
          close(visit, documentCloses.unauthenticated, 'the sign-in has ended')
        visit.slowSince = visit.line.buffered() > limits.slowBytes ? (visit.slowSince ?? time) : undefined
        if (visit.slowSince !== undefined && time - visit.slowSince > limits.slowFor) {
          close(visit, documentCloses.busy, 'it is read too slowly')
        }
      }
      if (due) {
        judgedIn = environment
        judgedAt = time
      }
      if (time - beaten < BEAT_EVERY) return
      beaten = time
      for (const room of rooms.values()) room.beat()
    },
    close: async () => {
      stopHearing()
      const open = [...rooms.values()]
      for (const visit of visits) close(visit, documentCloses.busy, 'the relay is stopping')
      for (const room of open) await room.idle()
      await storage.close()
    },
  }
}
