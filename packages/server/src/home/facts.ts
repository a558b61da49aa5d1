import { rightsOf } from '@rejoin/profile'
import type { Core } from '../core.ts'
import type { DevelopmentIssuer } from '../identity/identity.ts'
import { guestOf } from '../session/session-state.ts'

/** What the page says, gathered at one moment. */
export interface Facts {
  /** the address the page was asked at, `http://127.0.0.1:8787` */
  readonly url: string
  readonly head: { readonly rev: number; readonly commit: string }
  readonly strategy: string
  /** tables that differ */
  readonly strategies: Readonly<Record<string, string>>
  readonly tables: readonly {
    readonly name: string
    readonly label: string
    readonly rows: number
    readonly columns: number
  }[]
  readonly people: readonly {
    readonly id: string
    readonly name: string
    readonly roles: readonly string[]
    /** tables he may read, and write */
    readonly reads: number
    readonly writes: number
    readonly token: string
  }[]
  readonly sessions: readonly {
    readonly user: string
    readonly app: string
    readonly phase: string
    readonly device: string
  }[]
  readonly refused: number
}

export const gatherFacts = async (core: Core, issuer: DevelopmentIssuer, url: string): Promise<Facts> => {
  const { schema, settings, people } = core.environment()
  const { head, counts, refused } = await core.storage.snapshot(async view => ({
    head: view.head,
    counts: await view.counts(),
    refused: (await view.refused(1_000)).length,
  }))
  const names = [...schema.tables.keys()]
  return {
    url,
    head,
    strategy: settings.strategy,
    strategies: settings.strategies,
    refused,
    tables: [...schema.tables.values()].map(({ name, displayName = name, columns }) => ({
      name,
      label: displayName,
      rows: counts.get(name) ?? 0,
      columns: columns.length + 1,
    })),
    // Who may do most comes first: of every role somebody is in sight.
    people: (
      await Promise.all(
        people().map(async person => {
          const rights = rightsOf(schema, person)
          const reaching = (right: 'read' | 'write'): number =>
            names.filter(name => rights.depth(name, right) !== 'none').length
          const { id, name, roles } = person
          return { id, name, roles, reads: reaching('read'), writes: reaching('write'), token: await issuer.token(id) }
        }),
      )
    ).toSorted((a, b) => b.writes - a.writes || b.reads - a.reads || a.roles.join().localeCompare(b.roles.join())),
    sessions: core.sessions().map(({ state }) => {
      const guest = guestOf(state)
      return {
        user: guest?.author.person.name ?? 'not signed in yet',
        app: guest?.app ?? '',
        device: guest?.author.device ?? '',
        phase: state.phase,
      }
    }),
  }
}
