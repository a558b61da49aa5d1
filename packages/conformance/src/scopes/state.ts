import type { App, Person, ProfileLife, PublishedProfile, RoleSource, Value } from '@rejoin/profile'
import type { Share, Team, Unit, User } from '@rejoin/server'

/** Everything there is, as plain data: what the oracle judges by, and what the relay is told. */
export interface State {
  /** ms since 1970 */
  now: number
  /** live rows by table, then id; values by column name, null left out */
  readonly rows: Map<string, Map<string, Row>>
  /** deleted rows as they were last */
  readonly dead: Map<string, Map<string, Row>>
  readonly units: Map<string, Unit>
  readonly teams: Map<string, Team>
  readonly users: Map<string, User>
  readonly roles: Map<string, RoleSource>
  shares: readonly Share[]
  readonly profiles: Map<string, ProfileLife>
  app: App
  assignments: readonly Assigned[]
}

export type Row = Readonly<Record<string, Value>>

export interface Assigned {
  readonly profile: string
  readonly to: 'user' | 'team'
  readonly id: string
  readonly at: number
}

export type Rights = NonNullable<RoleSource['tables'][string]>
export type { App, Person, PublishedProfile }
