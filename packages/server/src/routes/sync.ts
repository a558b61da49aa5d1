import type { MiddlewareHandler } from 'hono'
import type { Core } from '../core.ts'
import { guestOf } from '../session/session-state.ts'
import type { Session } from '../session/session.ts'
import type { Sockets } from './sockets.ts'

/** `/sync`: a device's socket and its session. The token comes in the first message, never in the address. */
export const syncSocket = (core: Core, sockets: Sockets, perUser: number): MiddlewareHandler =>
  sockets.upgrade(socket => {
    const session = core.connect(socket)
    let greeted = false
    return {
      receive: frame => {
        const done = session.receive(frame)
        if (!greeted) {
          void done.then(() => {
            if (greeted || session.state.phase === 'greeting') return
            greeted = true
            if (connectionsOf(core, session) > perUser) {
              session.close('busy', 'too many connections of this user', 'close one of them')
            }
          })
        }
      },
      closed: () => session.closed(),
    }
  })

const connectionsOf = (core: Core, session: Session): number => {
  const user = guestOf(session.state)?.author.person.id
  return user === undefined
    ? 0
    : core.sessions().filter(({ state }) => guestOf(state)?.author.person.id === user).length
}
