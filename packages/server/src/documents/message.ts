import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** The y-websocket protocol as its stock provider speaks it. */
export type DocumentMessage =
  | { readonly type: 'ask'; readonly stateVector: Uint8Array }
  | { readonly type: 'update'; readonly update: Uint8Array }
  | { readonly type: 'awareness'; readonly states: Uint8Array }
  | { readonly type: 'who' }

const SYNC = 0
const AWARENESS = 1
const QUERY_AWARENESS = 3
const STEP_1 = 0
const STEP_2 = 1
const UPDATE = 2

/** @returns undefined where the frame is no message of the protocol */
export const readMessage = (frame: Uint8Array): DocumentMessage | undefined => {
  try {
    const decoder = decoding.createDecoder(frame)
    const message = readBody(decoder)
    return decoding.hasContent(decoder) ? undefined : message
  } catch {
    return undefined
  }
}

const readBody = (decoder: decoding.Decoder): DocumentMessage | undefined => {
  const type = decoding.readVarUint(decoder)
  if (type === QUERY_AWARENESS) return { type: 'who' }
  if (type === AWARENESS) return { type: 'awareness', states: decoding.readVarUint8Array(decoder) }
  if (type !== SYNC) return undefined
  const step = decoding.readVarUint(decoder)
  if (step === STEP_1) return { type: 'ask', stateVector: decoding.readVarUint8Array(decoder) }
  // An answer and an update say the same: structs and deletions to merge.
  if (step === STEP_2 || step === UPDATE) return { type: 'update', update: decoding.readVarUint8Array(decoder) }
  return undefined
}

const sync = (step: number, bytes: Uint8Array): Uint8Array =>
  encoding.encode(encoder => {
    encoding.writeVarUint(encoder, SYNC)
    encoding.writeVarUint(encoder, step)
    encoding.writeVarUint8Array(encoder, bytes)
  })

export const askFrame = (stateVector: Uint8Array): Uint8Array => sync(STEP_1, stateVector)
export const answerFrame = (update: Uint8Array): Uint8Array => sync(STEP_2, update)
export const updateFrame = (update: Uint8Array): Uint8Array => sync(UPDATE, update)

export const awarenessFrame = (states: Uint8Array): Uint8Array =>
  encoding.encode(encoder => {
    encoding.writeVarUint(encoder, AWARENESS)
    encoding.writeVarUint8Array(encoder, states)
  })
