import type { Host } from '../device/host.ts'

/**
 * Whether the leader lives. A tab that follows asks it again and again; three questions in a row without a word say
 * that it is frozen, hung or gone. Questions, not a heartbeat: a hidden leader's timers are slowed down, its ears are
 * not.
 */
export interface Pulse {
  /** a word from the leader */
  heard(): void
  start(): void
  stop(): void
}

export interface PulseParts {
  readonly host: Pick<Host, 'now' | 'after'>
  readonly ask: () => void
  readonly silent: () => void
}

/** ms; with three unanswered the alarm comes 2.4 to 3.2 s after the leader's last breath */
export const ASK_EACH = 800
const UNANSWERED = 3
/** ms: who wakes as late as this was asleep himself, and has heard nothing for that reason */
const ASLEEP = 2 * ASK_EACH

export const createPulse = ({ host, ask, silent }: PulseParts): Pulse => {
  let cancel: (() => void) | undefined
  let unanswered = 0
  // Doubled by each alarm until a leader is heard: a tab that is deaf must not rob the others again and again.
  let patience = UNANSWERED

  const askOn = (): void => {
    const asked = host.now()
    unanswered++
    cancel = host.after(ASK_EACH, () => {
      if (host.now() - asked > ASLEEP) unanswered = 0
      if (unanswered < patience) return askOn()
      unanswered = 0
      patience = Math.min(2 * patience, 64)
      askOn()
      silent()
    })
    ask()
  }
  return {
    heard: () => {
      unanswered = 0
      patience = UNANSWERED
    },
    start: () => {
      if (cancel !== undefined) return
      unanswered = 0
      askOn()
    },
    stop: () => {
      cancel?.()
      cancel = undefined
    },
  }
}
