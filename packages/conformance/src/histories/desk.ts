import type { OutboxEntry } from '@rejoin/client'
import type { Edit } from '@rejoin/profile'
import type { Device } from '../proofs/device.ts'
import type { Rig } from '../proofs/rig.ts'
import type { User } from '../proofs/world.ts'
import { createDisk } from '../simulator/disk.ts'
import type { Book, Save } from './book.ts'
import type { Faults } from './faults.ts'

/** One person at one device: what he chose, and what he is shown, which goes into the book as it is shown. */
export interface Desk {
  readonly index: number
  readonly user: User
  readonly consolidates: boolean
  readonly device: Device
  /** what he paused the queue by */
  readonly paused: Set<string>
  offlineMode: boolean
  /** he signed out: nobody is there */
  empty: boolean
  /** he was removed from the environment */
  removed: boolean
  /** whether who knows him gives him fresh tokens */
  signedIn: boolean
  /** saves before this one may have left their trace in a ledger that was cleared */
  cleared: number
  /** the outbox as he is shown it */
  entries(): readonly OutboxEntry[]
  savesOf(entry: OutboxEntry): readonly Save[]
  /** ends the sign-in there is */
  expire(): void
  /** another life of the device has begun */
  began(): void
  /** reads what went over the wire and what he was told, since it was last asked */
  notice(): void
}

export interface DeskParts {
  readonly index: number
  readonly user: User
  readonly consolidates: boolean
  readonly rig: Rig
  readonly book: Book
  readonly faults: Faults
}

/** ms a token is good for */
const TOKEN = 10 * 3_600_000

export const openDesk = async (parts: DeskParts): Promise<Desk> => {
  const { index, user, consolidates, rig, book, faults } = parts
  let token = ''
  let signedIn = true
  let scanned = 0
  const isOver = (): boolean => token === '' || Number(token.split(' until ')[1]) <= rig.time.now()
  const device = await rig.device(user, {
    disk: createDisk(() => {}, faults.has('disk-forgets')),
    consolidate: consolidates,
    token: async () => {
      const stuck = faults.has('never-signs-in-again') && token !== '' && isOver()
      if (signedIn && isOver() && !stuck) token = `${user} until ${rig.time.now() + TOKEN}`
      return token
    },
  })

  const entries = (): readonly OutboxEntry[] =>
    device
      .entries()
      .filter(({ state }) => state !== 'rejected' || !faults.has('hides-refusals'))
      .map(entry => {
        if (!faults.has('holds-without-reason')) return entry
        const { heldBy: _, question: __, ...rest } = entry
        return rest
      })

  const savesOf = (entry: OutboxEntry): readonly Save[] => book.of({ ...entry, values: aftersOf(entry.changes) })

  const shown = (): void => {
    for (const entry of entries()) for (const save of savesOf(entry)) save.ids.add(entry.id)
  }

  const noted = (): void => {
    for (const { edit, status, strategy, mine } of device.rejoin.ledger.current) {
      if (strategy === 'schema')
        for (const save of book.of({ kind: 'note', table: '', record: '', values: mine })) save.toldGone = true
      else if (status === 'lost') for (const save of book.by(edit)) save.toldLost = true
    }
  }

  const late = (ids: readonly string[]): void => {
    if (faults.has('says-nothing-of-late')) return
    for (const id of ids) for (const save of book.by(id)) save.toldLate = true
  }

  const wired = (): void => {
    const { frames } = device.line
    for (const { direction, message } of frames.slice(scanned)) {
      if (direction === 'up' && message.type === 'push') for (const edit of message.edits) pushed(edit)
      if (direction === 'down' && message.type === 'changes')
        for (const { edit, answer } of message.answers)
          for (const save of book.by(edit)) save.answers.add(answer.status)
    }
    scanned = frames.length
  }

  const pushed = (edit: Edit): void => {
    for (const save of book.of({ ...edit, values: aftersOf(edit.changes) })) {
      save.left = true
      save.ids.add(edit.id)
    }
  }

  const began = (): void => {
    const { rejoin } = device
    rejoin.outbox.subscribe(shown)
    rejoin.ledger.subscribe(noted)
    rejoin.late.subscribe(late)
    shown()
    noted()
  }

  const desk: Desk = {
    index,
    user,
    consolidates,
    device,
    paused: new Set(),
    offlineMode: false,
    empty: false,
    removed: false,
    get signedIn() {
      return signedIn
    },
    set signedIn(known) {
      signedIn = known
    },
    cleared: 0,
    entries,
    savesOf,
    expire: () => {
      token = `${user} until ${rig.time.now()}`
      const own = rig.relay.core
        .sessions()
        .find(({ state }) => 'guest' in state && state.guest.author.device === device.id())
      // Whoever is about to greet has to do so again.
      if (own === undefined) device.line.lose()
      else own.close('unauthenticated', 'the sign-in has ended', 'sign in again')
    },
    began,
    notice: () => {
      wired()
      if (desk.empty) return
      shown()
      noted()
    },
  }
  began()
  return desk
}

const aftersOf = (changes: Readonly<Record<string, readonly [unknown, unknown]>>): unknown[] =>
  Object.values(changes).map(([, after]) => after)
