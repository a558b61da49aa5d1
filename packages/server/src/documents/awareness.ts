import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { documentLimits } from './limits.ts'

/**
 * Who is here and where their cursors are. The relay keeps states as text and relays them; it has none of its own, and
 * an id belongs to the socket that named it first: editors send on what they hear of others, which must change nothing.
 */
export interface AwarenessState {
  readonly client: number
  readonly clock: number
  /** JSON; `null` = gone */
  readonly state: string
}

/** @returns undefined where the bytes are no awareness update, or too large */
export const readAwareness = (bytes: Uint8Array): readonly AwarenessState[] | undefined => {
  if (bytes.length > documentLimits.awarenessBytes) return undefined
  try {
    const decoder = decoding.createDecoder(bytes)
    const count = decoding.readVarUint(decoder)
    const states: AwarenessState[] = []
    for (let i = 0; i < count; i++) {
      const client = decoding.readVarUint(decoder)
      const clock = decoding.readVarUint(decoder)
      const state = decoding.readVarString(decoder)
      JSON.parse(state)
      states.push({ client, clock, state })
    }
    return decoding.hasContent(decoder) ? undefined : states
  } catch {
    return undefined
  }
}

export const writeAwareness = (states: readonly AwarenessState[]): Uint8Array =>
  encoding.encode(encoder => {
    encoding.writeVarUint(encoder, states.length)
    for (const { client, clock, state } of states) {
      encoding.writeVarUint(encoder, client)
      encoding.writeVarUint(encoder, clock)
      encoding.writeVarString(encoder, state)
    }
  })

/** The states of one document, by who owns them. */
export interface Present<Owner> {
  /** @returns what is new and to be told to everybody; undefined where the owner names too many ids */
  hear(owner: Owner, states: readonly AwarenessState[]): readonly AwarenessState[] | undefined
  /** @returns what is to be told to those who stay */
  leave(owner: Owner): readonly AwarenessState[]
  all(): readonly AwarenessState[]
}

export const createPresent = <Owner>(): Present<Owner> => {
  const known = new Map<number, AwarenessState & { readonly owner: Owner }>()
  const ownedBy = (owner: Owner) => [...known.values()].filter(state => state.owner === owner)
  return {
    hear: (owner, states) => {
      const news: AwarenessState[] = []
      for (const { client, clock, state } of states) {
        const before = known.get(client)
        if (before !== undefined && (before.owner !== owner || before.clock > clock)) continue
        if (before === undefined && state === 'null') continue
        if (before === undefined && ownedBy(owner).length >= documentLimits.states) return undefined
        if (state === 'null') known.delete(client)
        else known.set(client, { client, clock, state, owner })
        news.push({ client, clock, state })
      }
      return news
    },
    leave: owner =>
      ownedBy(owner).map(({ client, clock }) => {
        known.delete(client)
        return { client, clock: clock + 1, state: 'null' }
      }),
    all: () => [...known.values()].map(({ client, clock, state }) => ({ client, clock, state })),
  }
}
