import { type CommandCall, type Edit, type Schema, type Table, type Value } from '@rejoin/profile'
import type { Act } from '../device/act.ts'
import { type Host, newUuid } from '../device/host.ts'
import { createDerived, type Derived, type Observable } from '../observe/observable.ts'
import { kept, keptList } from '../observe/same.ts'
import { schemaOf } from '../replica/grant.ts'
import { keyFrom, keyOf } from '../replica/memory.ts'
import type { Reading } from '../replica/replica.ts'
import { holdsIn } from './holding.ts'
import { type Entry, type EntryState, isStuck } from './outbox-state.ts'
import { askedWith, type ConflictQuestion, questionIn, shownQuestion } from './question.ts'
import { nothingToSend, sendingAfter, type SendingProgress } from './sending-progress.ts'
import { exported, readUnsent } from './unsent.ts'

/** One unsettled action of this device, as people see it (OB1). */
export interface OutboxEntry {
  /** the edit's id */
  readonly id: string
  /** table name */
  readonly table: string
  /** record id */
  readonly record: string
  /** create, update, delete, or a command */
  readonly kind: Edit['kind']
  /** which action it is, of a command */
  readonly command?: CommandCall
  /** user id */
  readonly author: string
  /** ms since 1970 on this device when it was done */
  readonly at: number
  /** `[before, after]` by column name */
  readonly changes: Readonly<Record<string, readonly [Value, Value]>>
  /**
   * `waiting` to be sent; `sent`; `accepted`, until the record has come back; `rejected`: `error` says why; `held`:
   * `heldBy` or `question` says by what; `withdrawing`: discarded, until the relay has answered
   */
  readonly state: Exclude<EntryState['status'], 'orphaned'>
  /** where and why it was refused (OB6), or needs its author */
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly column?: string
    /** which rule refused it, where the code is `rule` */
    readonly rule?: string
    /** the record it refers to, where the code is `given-up`: its create was deleted from the outbox */
    readonly refersTo?: { readonly table: string; readonly record: string }
  }
  /** the entry that has to be settled first (OB7) */
  readonly heldBy?: string
  /** two versions to choose from: answered with `resolve` */
  readonly question?: ConflictQuestion
  /** same in all entries that take effect together */
  readonly group?: string
  /** the entry it replaces */
  readonly amends?: string
  /** nothing is sent for it any more (OB10); @throws RejoinFault `settled` */
  discard(): Promise<void>
  /** sends it again as it is (OB8); what nothing stops goes by itself */
  retry(): Promise<void>
  /**
   * sends it again with corrected values by column name (OB9), a command with corrected arguments, or answers its question,
   * for all edits that are asked about with it: 'mine' is the record as the question shows it, 'theirs' gives them up,
   * values are a mix: his edits, with these values by column name instead, on theirs. Where they deleted the record it is
   * created again
   * @throws RejoinFault `settled` where it may have been sent and is not answered yet; `not-found` where the question is of a record that left this device: only 'theirs' is left
   */
  resolve(answer: 'mine' | 'theirs' | Readonly<Record<string, unknown>>): Promise<void>
}

/** Entries of this device that are not settled, oldest first. An entry that says what it said is the same object. */
export interface Outbox extends Observable<readonly OutboxEntry[]> {
  /** names of what keeps the queue from being sent (OB14): an app's own, and `sign-in` until the relay knows the user (ER4) */
  readonly paused: Observable<readonly string[]>
  /**
   * nothing is sent while any reason stands, after a restart too; reasons are the app's own words, `manual` that of a
   * user who sends by hand
   */
  pause(reason: string): void
  /** takes one reason away; no error where it does not stand */
  resume(reason: string): void
  /**
   * sends these entries although the queue is paused, with what they cannot go without: what was made before them on the
   * same record, records they refer to, the rest of their groups. Forgotten when the queue is resumed, or closed
   */
  send(entries: readonly string[]): void
  /** how far sending has come, since it was last looked at or as long as it is watched */
  readonly progress: Observable<SendingProgress>
  /** all unsent work and all drafts as a file: JSON text, kept by the user or taken in by another device of his */
  export(): string
  /**
   * makes the unsent work of a file again here, all or nothing. @param without ids of actions to leave out
   * @throws RejoinFault `invalid`, `not-permitted` for another user's, `settled` where it was taken in before, or what
   *   an action is refused for, with its table and record
   */
  import(file: string, options?: { readonly without?: readonly string[] }): Promise<void>
  /** 'error': something of it was refused or waits for a person; 'pending': not yet accepted (OB2) */
  mark(table: string, id: string): 'pending' | 'error' | undefined
}

type Answers = Pick<OutboxEntry, 'discard' | 'retry' | 'resolve'>

export interface OutboxParts {
  readonly replica: Reading
  readonly act: (act: Act) => Promise<void>
  readonly paused: Observable<readonly string[]>
  readonly host: Host
}

export const createOutbox = ({ replica, act, paused, host }: OutboxParts): Outbox => {
  const { report } = host
  const schemaNow = (): Schema | undefined => (replica.grant === undefined ? undefined : schemaOf(replica.grant))
  const isWithdrawing = (id: string): boolean => replica.memory.entries.get(id)?.state.status === 'withdrawing'
  const list: Derived<readonly OutboxEntry[]> = createDerived(before => {
    const entries = [...replica.memory.entries.values()]
    const schema = schemaNow()
    const holds = holdsIn(entries, schema)
    const known = new Map(before?.map(entry => [entry.id, entry]))
    const now = entries
      .filter(({ state }) => state.status !== 'withdrawing')
      .map(entry => {
        const { id, table } = entry.edit
        const by = holds.get(id)
        // Behind a withdrawal that is to be answered it waits for the relay, and for nobody here.
        const heldBy = by !== undefined && isWithdrawing(by) ? undefined : by
        return kept(known.get(id), shown(entry, schema?.tables.get(table), heldBy))
      })
    return keptList(before, now)
  }, report)
  const progress = createDerived<SendingProgress>(before => sendingAfter(before ?? nothingToSend, list.current), report)
  replica.touched.subscribe(({ outbox, state }) => {
    if (!outbox && !state) return
    list.stale()
    progress.stale()
  })

  const shown = (entry: Entry, table: Table | undefined, heldBy: string | undefined): OutboxEntry => {
    const { edit, state } = entry
    const named = Object.entries(edit.changes).map(([id, change]) => [table?.byId.get(id)?.name ?? id, change] as const)
    const key = keyOf({ table: edit.table, id: edit.record })
    const question = questionIn(entry)
    const by = state.status === 'held' && state.by !== edit.id ? state.by : heldBy
    return {
      id: edit.id,
      table: edit.table,
      record: edit.record,
      kind: edit.kind,
      ...(edit.command === undefined ? {} : { command: edit.command }),
      author: edit.author,
      at: edit.at,
      changes: Object.fromEntries(named),
      state: heldBy !== undefined || state.status === 'orphaned' ? 'held' : state.status,
      ...(state.status === 'rejected' ? { error: errorOf(state) } : {}),
      ...(state.status === 'orphaned' ? { error: givenUp(edit, table, state.of) } : {}),
      ...(by === undefined ? {} : { heldBy: by }),
      ...(question === undefined || table === undefined
        ? {}
        : { question: shownQuestion(askedWith(replica.present, key, entry), question, table, mayRead(key)) }),
      ...(edit.group === undefined ? {} : { group: edit.group }),
      ...(edit.amends === undefined ? {} : { amends: edit.amends }),
      ...answersTo(edit),
    }
  }
  /** What expired, or may not be read any more, is not shown by way of a question either. */
  const mayRead = (key: string): boolean =>
    replica.memory.meta.sealed !== true && replica.present.rows.get(key)?.gone !== 'unknown'
  // Made once per edit, so that an entry that says what it said before is the one from before.
  const answersMade = new WeakMap<Edit, Answers>()
  const answersTo = (edit: Edit): Answers => {
    const { id: entry } = edit
    const made = answersMade.get(edit) ?? {
      discard: () => act({ do: 'discard', entry }),
      retry: () => act({ do: 'retry', entry }),
      resolve: answer => act({ do: 'resolve', entry, answer }),
    }
    answersMade.set(edit, made)
    return made
  }

  return {
    get current() {
      return list.current
    },
    subscribe: list.subscribe,
    paused,
    pause: reason => void act({ do: 'pause', reason }).catch(report),
    resume: reason => void act({ do: 'resume', reason }).catch(report),
    send: entries => void act({ do: 'send', entries }).catch(report),
    progress: {
      get current() {
        return progress.current
      },
      subscribe: progress.subscribe,
    },
    export: () => exported(replica.present, newUuid(host), host.now()),
    import: async (file, { without = [] } = {}) => act({ do: 'import', work: readUnsent(file), without }),
    mark: (table, id) => {
      const chain = replica.present.chain(keyOf({ table, id })).filter(({ state }) => state.status !== 'withdrawing')
      if (chain.some(({ state }) => isStuck(state))) return 'error'
      return chain.length > 0 ? 'pending' : undefined
    },
  }
}

const errorOf = ({
  code,
  message,
  column,
  rule,
}: Extract<EntryState, { status: 'rejected' }>): NonNullable<OutboxEntry['error']> => ({
  code,
  message,
  ...(column === undefined ? {} : { column }),
  ...(rule === undefined ? {} : { rule }),
})

const givenUp = ({ changes }: Edit, table: Table | undefined, of: string): NonNullable<OutboxEntry['error']> => {
  const { table: name, id } = keyFrom(of)
  const column = table?.columns.find(each => each.type === 'lookup' && changes[each.id]?.[1] === id)
  return {
    code: 'given-up',
    message: 'the record it refers to was given up',
    ...(column === undefined ? {} : { column: column.name }),
    refersTo: { table: name, record: id },
  }
}
