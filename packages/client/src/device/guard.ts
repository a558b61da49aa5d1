import type { Reading } from '../replica/replica.ts'
import { createScreen, type Screen } from '../replica/screen.ts'
import { tokenFault } from '../session/belonging.ts'
import type { Token } from '../session/link.ts'
import { type Act, isRemoval, isSwitch } from './act.ts'
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
 * sign out, which asks what becomes of unsent work, and do nothing else.
 */
export const createGuard = ({
  held,
  facts,
  token,
  act,
  report,
}: GuardParts): { readonly screen: Screen; readonly act: (act: Act) => Promise<void> } => {
  const screen = createScreen(held, report)
  const refusal = typeof token === 'string' ? tokenFault(held.grant, token) : undefined
  if (refusal !== undefined) {
    screen.draw()
    const { reason: code, message, fix } = refusal
    facts.link.set({ state: 'offline', fault: { code, at: 'device', message, fix } })
  }
  const look = (): void => {
    if (facts.barred.current) screen.draw()
  }
  facts.barred.subscribe(look)
  look()
  return {
    screen,
    act: async what => {
      if (screen.drawn && !isRemoval(what) && !isSwitch(what)) throw notYours()
      return act(what)
    },
  }
}

const notYours = (): RejoinFault =>
  new RejoinFault({
    code: 'forbidden',
    message: 'what this device holds is not of who signed in, or not of this environment',
    fix: 'sign out first, or open another store',
  })
