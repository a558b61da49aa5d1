import type { Content, Fields } from '@rejoin/profile'
import { broken } from './failure.ts'
import { heldColumns, inScope, mayRead, type User } from './places.ts'

/**
 * Every text value of a world is a token nobody else uses, so whatever reaches a device can be traced to the column
 * and record it was written to: nothing hidden, nothing out of scope may be among it.
 */
export interface Canary {
  /** a new value for a column */
  token(table: string, record: string, column: string, author: User | 'office'): string
  /** a user is asked to choose: the other version, of columns he may hold, is his to know */
  asked(user: User, table: string, theirs: Fields): void
  /** @param recently contents a record had since the step began */
  inspect(user: User, frame: Uint8Array, recently: (key: string) => readonly Content[]): void
}

interface Origin {
  readonly table: string
  readonly record: string
  readonly column: string
}

/** Tokens are long: bytes that look like one by chance would be found in every few hundred worlds. */
const FIRST = 100_000

export const createCanary = (): Canary => {
  const origins: Origin[] = []
  const known = new Map<string, Set<number>>()
  const learn = (who: string, number: number): void => {
    if (!known.has(who)) known.set(who, new Set())
    known.get(who)!.add(number)
  }
  return {
    token: (table, record, column, author) => {
      const number = FIRST + origins.push({ table, record, column }) - 1
      learn(author, number)
      return `~${number}~`
    },
    asked: (user, table, theirs) => {
      for (const [column, value] of Object.entries(theirs)) {
        const number = /^~(\d+)~$/.exec(String(value))?.[1]
        const his = heldColumns(user, table).includes(column) && mayRead(user, table, theirs, column)
        if (number !== undefined && his) learn(user, Number(number))
      }
    },
    inspect: (user, frame, recently) => {
      const text = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('latin1')
      for (const [token, digits] of text.matchAll(/~(\d+)~/g)) {
        const number = Number(digits)
        const origin = origins[number - FIRST]
        // Bytes that only look like a token; and what a user wrote or was rightly told before is no news to him.
        if (origin === undefined || known.get(user)?.has(number) === true) continue
        const { table, record, column } = origin
        const contents = recently(`${table}/${record}`)
        const allowed =
          heldColumns(user, table).includes(column) &&
          contents.some(({ fields }) => mayRead(user, table, fields, column) && inScope(user, table, fields))
        if (!allowed) broken('nothing hidden leaves the relay', { user, token, ...origin, contents })
        learn(user, number)
      }
    },
  }
}
