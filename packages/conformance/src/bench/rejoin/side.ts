import type { OpenSide } from '../sides.ts'

/** Our side: the relay by `rejoin serve`, devices by `openRejoin`. Undefined until both can be opened. */
export const openRejoinSide: OpenSide | undefined = undefined
