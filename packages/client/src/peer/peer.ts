import {
  answerQuestion,
  askAbout,
  type ChangesMessage,
  type Compare,
  type Edit,
  MAX_PUSHED,
  type Node,
  nowhere,
  revOf,
  root,
  type Welcome,
} from '@rejoin/profile'
import { takeChanges } from '../outbox/answers.ts'
import { holdsIn } from '../outbox/holding.ts'
import { blocks, isMeant } from '../outbox/outbox-state.ts'
import { columnSetOf, schemaOf } from '../replica/grant.ts'
import { keyFrom, keyOf } from '../replica/memory.ts'
import type { Pen } from '../replica/recording.ts'
import type { Replica } from '../replica/replica.ts'
import { belongingFault } from '../session/belonging.ts'
import { decodePeer, encodePeer, type PeerMessage } from './frames.ts'
import type { PeerTransport } from './transport.ts'

/**
 * Two devices of one user, side by side without a relay: each asks the other for confirmed rows that are newer than
 * its own, and shows it what is pending. Pending edits of the other lie in the view as long as the line is up; they
 * are never recorded upon, and only their author's device sends them to a relay.
 *
 *     welcome (grant) -> compare* -> changes, compared*        push, withdraw of pending edits as they come and go
 */
export interface Peer {
  /** the line is gone: the other's pending edits leave the view */
  stop(): void
}

export interface PeerParts {
  readonly replica: Replica
  readonly pen: Pen
  readonly transport: PeerTransport
  /** a relay is telling what is; until it has ended a peer's word could bring back what it has just taken away */
  readonly beingTold: () => boolean
  /** hears of damaged frames and bugs; the line then ends */
  readonly report: (error: unknown) => void
}

export const createPeer = ({ replica, pen, transport, beingTold, report }: PeerParts): Peer => {
  const { memory } = replica
  const lineage = {}
  let shared: readonly string[] = []
  let over = false
  let work: Promise<void> = Promise.resolve()
  const told = new Set<string>()
  const theirs = new Map<string, Edit>()

  const say = (message: PeerMessage): void => {
    if (!over) transport.send(encodePeer(message))
  }

  const introduce = (): void => {
    const { grant, cursor, fresh } = memory.meta
    if (grant?.environment === undefined) return
    const { schema: _, profile: __, environment, ...rest } = grant
    say({ type: 'welcome', ...rest, environment, time: fresh?.relay ?? 0, prefixes: [], at: cursor ?? nowhere })
  }

  /**
   * Tables both hold whole, in the same columns. A device of somebody else gets nothing: it cannot show its rights yet;
   * nor does any as long as this one does not know its environment.
   */
  const agreed = (other: Welcome): readonly string[] => {
    const { grant } = memory.meta
    if (grant?.environment === undefined || belongingFault(grant, other) !== undefined) return []
    return other.tables
      .filter(({ table, columnSet }) => columnSet === columnSetOf(grant, table) && isWhole(table))
      .map(({ table }) => table)
  }

  /** An expired cache is shown to nobody, not to other devices either. */
  const isWhole = (table: string): boolean =>
    memory.meta.sealed !== true && memory.tables.get(table)?.state === 'complete'

  const ask = (table: string, nodes: readonly Node[]): void => {
    const columnSet = columnSetOf(memory.meta.grant!, table)!
    if (nodes.length > 0) say({ type: 'compare', table, ...askAbout(replica.held(table), nodes, columnSet) })
  }

  const answer = ({ table, ...question }: Compare): void => {
    const columnSet = memory.meta.grant === undefined ? undefined : columnSetOf(memory.meta.grant, table)
    if (columnSet === undefined || !shared.includes(table) || !isWhole(table)) return
    const found = answerQuestion(replica.held(table), question, columnSet)
    give(found.send.map(id => keyOf({ table, id })))
    say({ type: 'compared', table, differing: found.differing })
  }

  const give = (keys: Iterable<string>): void => {
    const rows = [...keys].flatMap(key => {
      const { table, id } = keyFrom(key)
      const row = memory.rows.get(table)?.get(id)
      if (row?.envelope === undefined || row.gone !== undefined || !shared.includes(table) || !isWhole(table)) return []
      return [{ table, id, envelope: row.envelope }]
    })
    if (rows.length > 0) say({ type: 'changes', rows, gone: [], answers: [] })
  }

  /** Only what is news: what the relay had told by this device's own position, it knows, also where it was removed. */
  const take = async (message: ChangesMessage): Promise<void> => {
    await replica.write(draft => {
      if (beingTold()) return
      const known = draft.meta().cursor?.rev ?? 0
      const rows = message.rows.filter(({ table, id, envelope }) => {
        const held = draft.rows.get(keyOf({ table, id }))
        return shared.includes(table) && isWhole(table) && revOf(envelope) > Math.max(known, held?.rev ?? 0)
      })
      takeChanges(draft, { rows, gone: [], answers: [] }, pen)
    }, 'relaxed')
  }

  /** Tells what has become pending here, and what is no more. */
  const tellPending = (): void => {
    if (shared.length === 0) return
    const entries = [...memory.entries.values()]
    const holds = holdsIn(entries, schemaOf(memory.meta.grant!))
    // What was refused, and what waits behind or lies under it, is its author's affair.
    const open = entries.filter(
      ({ edit, state }) =>
        shared.includes(edit.table) &&
        isMeant(state) &&
        !blocks(state) &&
        !holds.has(edit.id) &&
        !(state.status === 'accepted' && isGone(edit)),
    )
    const present = new Set(open.map(({ edit }) => edit.id))
    const news = open.map(({ edit }) => edit).filter(({ id }) => !told.has(id))
    const gone = [...told].filter(id => !present.has(id))
    for (const id of gone) told.delete(id)
    for (const { id } of news) told.add(id)
    for (let at = 0; at < gone.length; at += MAX_PUSHED)
      say({ type: 'withdraw', edits: gone.slice(at, at + MAX_PUSHED) })
    for (let at = 0; at < news.length; at += MAX_PUSHED) say({ type: 'push', edits: news.slice(at, at + MAX_PUSHED) })
  }

  const isGone = ({ table, record }: Edit): boolean => {
    const row = memory.rows.get(table)?.get(record)
    return row === undefined || row.gone !== undefined
  }

  const lay = (): void => replica.layForeign(lineage, [...theirs.values()])

  const handle = async (message: PeerMessage): Promise<void> => {
    switch (message.type) {
      case 'welcome':
        shared = agreed(message)
        for (const table of shared) ask(table, [root])
        return tellPending()
      case 'compare':
        return answer(message)
      case 'compared':
        return shared.includes(message.table) ? ask(message.table, message.differing) : undefined
      case 'changes':
        return take(message)
      case 'push':
        for (const edit of message.edits) if (edit.author === memory.meta.grant?.user.id) theirs.set(edit.id, edit)
        return lay()
      case 'withdraw':
        for (const id of message.edits) theirs.delete(id)
        return lay()
    }
  }

  const stop = (): void => {
    if (over) return
    over = true
    unsubscribe()
    unlisten()
    replica.layForeign(lineage, [])
  }

  const unsubscribe = replica.touched.subscribe(({ records, outbox }) => {
    give([...records].filter(key => shared.includes(keyFrom(key).table)))
    if (outbox) tellPending()
  })
  const unlisten = transport.receive(frame => {
    work = work
      .then(() => {
        const message = over ? undefined : decodePeer(frame)
        return message === undefined ? undefined : handle(message)
      })
      .catch((error: unknown) => {
        report(error)
        stop()
      })
  })
  introduce()
  return { stop }
}
