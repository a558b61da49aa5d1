import type { Host } from '../device/host.ts'
import type { Reading } from '../replica/replica.ts'
import type { SessionEvent } from '../session/events.ts'
import type { SessionState } from '../session/session-state.ts'
import { begun, endOf, type Pass, passAfter, type Running, type Weighed } from './pass.ts'

/** Tells of each pass when it has ended (ST6): a session begins with one, and may go through others while it lives. */
export interface Passes {
  /** a session is about to greet */
  began(): void
  told(event: SessionEvent): void
}

const isPass = (phase: SessionState['phase']): boolean => phase === 'catching-up' || phase === 'comparing'

export interface PassesParts {
  readonly replica: Reading
  readonly host: Host
  readonly stats: Weighed
  readonly ended: (pass: Pass) => void
}

export const createPasses = ({ replica, host, stats, ended }: PassesParts): Passes => {
  let running: Running | undefined
  let ready = false
  const began = (): void => {
    running = begun(host.now(), stats)
    ;({ ready } = replica.memory.meta)
  }
  return {
    began,
    told: event => {
      if (running === undefined && event.type === 'moved' && isPass(event.state.phase)) {
        began()
        running = { ...running!, welcome: true }
      }
      if (running === undefined) return
      running = passAfter(running, event)
      const tables = replica.grant?.tables.length ?? 0
      const pass = endOf(running, event, { ...stats, now: host.now(), ready, tables })
      if (event.type === 'moved' && (event.state.phase === 'live' || event.state.phase === 'ended')) running = undefined
      if (pass !== undefined) ended(pass)
    },
  }
}
