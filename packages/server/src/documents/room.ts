import * as Y from 'yjs'
import { createPresent, readAwareness, writeAwareness, type AwarenessState } from './awareness.ts'
import { checkDocumentUpdate, isStateVector } from './gate.ts'
import { documentLimits } from './limits.ts'
import { answerFrame, askFrame, awarenessFrame, type DocumentMessage, readMessage, updateFrame } from './message.ts'
import type { DocumentStorage } from './storage.ts'

/**
 * One document while somebody has it open. It knows no socket and no rights. Everything happens in one queue: an
 * update is merged, stored, and only then told to others, because the protocol acknowledges nothing: whoever sees an
 * update must never be ahead of the disk.
 */
export interface Room {
  join(member: Member): void
  receive(member: Member, frame: Uint8Array): void
  leave(member: Member): void
  /** keeps stock providers from taking silence for a dead connection */
  beat(): void
  readonly members: ReadonlySet<Member>
  /** resolves when everything received so far is settled */
  idle(): Promise<void>
}

export interface Member {
  /** asked for each update */
  mayWrite(): boolean
  send(frame: Uint8Array): void
  close(code: number, reason: string): void
}

/** Codes from 4400 to 4499 tell a stock provider not to come back; others that it should, and start afresh. */
export const documentCloses = {
  malformed: 1007,
  resync: 1013,
  busy: 1013,
  unauthenticated: 4401,
  readOnly: 4403,
  notFound: 4404,
  tooLarge: 4413,
  tooMany: 4429,
} as const

export interface RoomParts {
  readonly name: string
  readonly storage: DocumentStorage
  /** whether its record is still there: it may be erased by another process */
  readonly stands: () => Promise<boolean>
  /** told when the last member has left and everything is settled; the room is of no use afterwards */
  readonly onEmpty: () => void
  readonly log: (error: unknown) => void
}

interface Loaded {
  readonly doc: Y.Doc
  /** pieces stored, the snapshot among them */
  updates: number
  bytes: number
}

export const openRoom = ({ name, storage, stands, onEmpty, log }: RoomParts): Room => {
  const members = new Set<Member>()
  const present = createPresent<Member>()
  let loaded: Loaded | undefined
  let ended = false
  let work: Promise<void> = Promise.resolve()

  const inTurn = (task: () => Promise<void>): void => {
    work = work.then(task).catch((error: unknown) => {
      log(error)
      // What is in memory may be ahead of the disk: it is dropped, and everybody starts afresh.
      end(documentCloses.busy, 'the relay could not store that')
    })
  }

  const end = (code: number, reason: string): void => {
    loaded?.doc.destroy()
    loaded = undefined
    for (const member of members) member.close(code, reason)
    members.clear()
    dispose()
  }

  const dispose = (): void => {
    if (ended) return
    ended = true
    onEmpty()
  }

  /** Asked after writing: what is erased later, its eraser removes himself. @returns false where the room has ended */
  const kept = async (written: boolean): Promise<boolean> => {
    if (written && (await stands())) return true
    if (written) await storage.remove(name)
    end(documentCloses.notFound, 'there is no such document')
    return false
  }

  const load = async (): Promise<Loaded> => {
    if (loaded !== undefined) return loaded
    const pieces = await storage.load(name)
    const doc = new Y.Doc({ guid: name })
    for (const piece of pieces) Y.applyUpdate(doc, piece)
    loaded = { doc, updates: pieces.length, bytes: pieces.reduce((sum, { length }) => sum + length, 0) }
    return loaded
  }

  const tell = (frame: Uint8Array, except?: Member): void => {
    for (const member of members) if (member !== except) member.send(frame)
  }

  const tellStates = (states: readonly AwarenessState[]): void => {
    // To its sender too: a stock provider that hears nothing for 30 s reconnects.
    if (states.length > 0) tell(awarenessFrame(writeAwareness(states)))
  }

  const handle = async (member: Member, message: DocumentMessage): Promise<void> => {
    switch (message.type) {
      case 'ask': {
        if (!isStateVector(message.stateVector)) return drop(member, documentCloses.malformed, 'no state vector')
        const { doc } = await load()
        return member.send(answerFrame(Y.encodeStateAsUpdate(doc, message.stateVector)))
      }
      case 'update':
        return merge(member, message.update)
      case 'awareness': {
        const states = readAwareness(message.states)
        const news = states === undefined ? undefined : present.hear(member, states)
        if (news === undefined) return drop(member, documentCloses.malformed, 'no awareness states')
        return tellStates(news)
      }
      case 'who':
        return member.send(awarenessFrame(writeAwareness(present.all())))
    }
  }

  const merge = async (member: Member, update: Uint8Array): Promise<void> => {
    const open = await load()
    const verdict = checkDocumentUpdate(open.doc, update)
    if (!verdict.pass) {
      if (verdict.why === 'gap') return drop(member, documentCloses.resync, 'something before this is missing')
      return verdict.why === 'too-large'
        ? drop(member, documentCloses.tooLarge, 'the update is too large')
        : drop(member, documentCloses.malformed, 'no update')
    }
    if (!verdict.changes) return
    if (!member.mayWrite()) return drop(member, documentCloses.readOnly, 'this document is read-only here')
    if (open.bytes + update.length > documentLimits.documentBytes) {
      if (!(await compact(open))) return
      if (open.bytes + update.length > documentLimits.documentBytes) {
        return drop(member, documentCloses.tooLarge, 'the document is full')
      }
    }
    const news = apply(open, update)
    if (news === 'poison') {
      // Half of it may be in: what is stored is whole, so memory is made anew from it.
      open.doc.destroy()
      loaded = undefined
      return drop(member, documentCloses.malformed, 'no update')
    }
    if (news === undefined) return
    if (!(await kept(await storage.append(name, news, open.updates)))) return
    open.updates++
    open.bytes += news.length
    tell(updateFrame(news), member)
    if (open.updates >= documentLimits.updates) await compact(open)
  }

  const compact = async (open: Loaded): Promise<boolean> => {
    const snapshot = Y.encodeStateAsUpdate(open.doc)
    if (!(await kept(await storage.compact(name, snapshot, open.updates)))) return false
    open.updates = 1
    open.bytes = snapshot.length
    return true
  }

  const drop = (member: Member, code: number, reason: string): void => {
    member.close(code, reason)
    room.leave(member)
  }

  const room: Room = {
    members,
    join: member => {
      members.add(member)
      inTurn(async () => {
        const { doc } = await load()
        if (!members.has(member)) return
        // Only who may write is asked for what he has.
        if (member.mayWrite()) member.send(askFrame(Y.encodeStateVector(doc)))
        const states = present.all()
        if (states.length > 0) member.send(awarenessFrame(writeAwareness(states)))
      })
    },
    receive: (member, frame) => {
      const message = readMessage(frame)
      if (message === undefined) return drop(member, documentCloses.malformed, 'no message of this protocol')
      inTurn(() => (members.has(member) ? handle(member, message) : Promise.resolve()))
    },
    leave: member => {
      if (!members.delete(member)) return
      tellStates(present.leave(member))
      inTurn(async () => {
        if (members.size > 0) return
        if (loaded !== undefined && loaded.updates > 1) await compact(loaded)
        // Somebody may have come meanwhile.
        if (members.size > 0) return
        loaded?.doc.destroy()
        loaded = undefined
        dispose()
      })
    },
    beat: () => tell(awarenessFrame(writeAwareness([]))),
    idle: () => work,
  }
  return room
}

/** @returns what the document learnt, undefined where it knew everything, 'poison' where Yjs could not take it */
const apply = ({ doc }: Loaded, update: Uint8Array): Uint8Array | undefined | 'poison' => {
  let news: Uint8Array | undefined
  const keep = (emitted: Uint8Array): void => {
    news = emitted
  }
  doc.on('update', keep)
  try {
    Y.applyUpdate(doc, update)
  } catch {
    return 'poison'
  } finally {
    doc.off('update', keep)
  }
  return doc.store.pendingStructs !== null || doc.store.pendingDs !== null ? 'poison' : news
}
