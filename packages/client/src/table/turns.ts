import type { Host } from '../device/host.ts'

/** Wakes queries when their dates begin to mean other rows, for as long as the device is open. */
export interface Turns {
  /** runs once, not before `time`, in ms since 1970; @returns cancels it */
  at(time: number, run: () => void): () => void
  end(): void
}

export const createTurns = ({ now, after }: Pick<Host, 'now' | 'after'>): Turns => {
  const waiting = new Set<() => void>()
  const at: Turns['at'] = (time, run) => {
    let stop: () => void
    const cancel = (): void => {
      stop()
      waiting.delete(cancel)
    }
    const wait = (): void => {
      stop = after(Math.max(1, time - now()), () => {
        // Clocks and timers go apart, and people set their clocks.
        if (now() < time) return wait()
        waiting.delete(cancel)
        run()
      })
    }
    wait()
    waiting.add(cancel)
    return cancel
  }
  return {
    at,
    end: () => {
      for (const cancel of waiting) cancel()
    },
  }
}
