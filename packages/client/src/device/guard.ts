import type { Refusal } from '@rejoin/profile'
import { createDerived, type Observable } from '../observe/observable.ts'
import type { Reading } from '../replica/replica.ts'
import { createScreen, type Screen } from '../replica/screen.ts'
import { tokenFault } from '../session/belonging.ts'
import type { Token } from '../session/link.ts'
import { type Act, isRemoval } from './act.ts'
import type { Facts } from './facts.ts'
import { RejoinFault } from './fault.ts'

export interface GuardParts {
  readonly held: Reading
  readonly facts: Facts
  readonly token: Token
  readonly act: (act: Act) => Promise<void>
  readonly report: (error: unknown) => void
}

/**
 * Keeps what is here from who is not meant (OM11): from the first moment where a token is at hand that names another user,
 * as a shared device is opened offline, too; otherwise as soon as a relay says so, or a token that was asked for. He may
 * sign out, which asks what becomes of unsent work, connect and disconnect, and do nothing else: how its user left it is
 * neither seen nor changed. Once nothing of another's is left he is kept from nothing.
 */
export const createGuard = ({
  held,
  facts,
  token,
  act,
  report,
}: GuardParts): {
  readonly screen: Screen
  readonly paused: Observable<readonly string[]>
  readonly act: (act: Act) => Promise<void>
} => {
  const screen = createScreen(held, report)
  const refused = (): Refusal | undefined => (typeof token === 'string' ? tokenFault(held.grant, token) : undefined)
  const refusal = refused()
  if (refusal !== undefined) {
    const { reason: code, message, fix } = refusal
    facts.link.set({ state: 'offline', fault: { code, at: 'device', message, fix } })
  }
  const look = (): void => {
    if (facts.barred.current || refused() !== undefined) screen.draw()
    else screen.lift()
  }
  facts.barred.subscribe(look)
  held.touched.subscribe(({ state }) => (state ? look() : undefined))
  look()
  const paused = createDerived(() => (screen.drawn ? none : facts.paused.current), report)
  facts.paused.subscribe(paused.stale)
  screen.touched.subscribe(({ state }) => (state ? paused.stale() : undefined))
  return {
    screen,
    paused,
    act: async what => {
      if (!screen.drawn || what.do === 'connect' || what.do === 'disconnect') return act(what)
      if (!isRemoval(what)) throw notYours()
      return act(what).catch((fault: unknown) => {
        throw fault instanceof RejoinFault && fault.code === 'unsent' ? notYoursToSend(fault) : fault
      })
    },
  }
}

const none: readonly string[] = []

const notYours = (): RejoinFault =>
  new RejoinFault({
    code: 'forbidden',
    message: 'what this device holds is not of who signed in, or not of this environment',
    fix: 'sign out first, or open another store',
  })

/** Behind the screen nothing can be sent or exported. */
const notYoursToSend = ({ code, message }: RejoinFault): RejoinFault =>
  new RejoinFault({
    code,
    message,
    fix: 'let its user send it, or export it to a file, where it was made, or confirm that it is to be discarded',
  })
