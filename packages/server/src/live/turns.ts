import type { LiveSession } from './delivery.ts'

/** Scopes with relative dates, asked anew as time passes: one after another, so that commits are told between them. */
export interface Turns {
  tick(): void
  idle(): Promise<void>
}

export interface TurnsParts {
  /** whose dates mean other rows by now */
  readonly due: () => readonly LiveSession[]
  readonly turn: (live: LiveSession) => Promise<void>
  readonly log: (error: unknown) => void
}

export const createTurns = ({ due, turn, log }: TurnsParts): Turns => {
  let running: Promise<void> | undefined
  let ended = false

  const run = async (): Promise<void> => {
    for (const live of due()) {
      if (ended) return
      await turn(live).catch(log)
    }
  }

  return {
    tick: () => {
      running ??= run().finally(() => {
        running = undefined
      })
    },
    idle: async () => {
      ended = true
      await running
    },
  }
}
