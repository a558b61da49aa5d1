import type { Right } from '../scope/rights.ts'

/** A signed-in user with everything filters and rights ask about. Resolved by the relay, never by a device. */
export interface Person {
  readonly id: string
  readonly name: string
  /** business unit id */
  readonly unit?: string
  readonly teams: readonly string[]
  /** role names of the schema; their rights add up */
  readonly roles: readonly string[]
  /** IANA name, `Europe/Berlin`; absent = UTC. Where days, weeks and months begin (FI4) */
  readonly timeZone?: string
  /** as the language columns of the schema spell it: a number (1031) or text (`de`) */
  readonly language?: number | string
  /** user id */
  readonly manager?: string
  /** everybody the hierarchy puts below, at any depth that counts, and the teams they are in; without the user */
  readonly below?: { readonly people: readonly string[]; readonly teams: readonly string[] }
  /** what was shared with the user or a team of his, beside what roles give (DS5): rights by table, then record id */
  readonly shared?: Readonly<Record<string, Readonly<Record<string, readonly Right[]>>>>
}

/** Of a person, what conditions about the signed-in user and about dates ask for: as much as his devices know of him. */
export type Footing = Pick<Person, 'unit' | 'teams' | 'timeZone' | 'language' | 'below'>

export const footingOf = ({ unit, teams, timeZone, language, below }: Person): Footing => ({
  ...(unit === undefined ? {} : { unit }),
  teams,
  ...(timeZone === undefined ? {} : { timeZone }),
  ...(language === undefined ? {} : { language }),
  ...(below === undefined ? {} : { below }),
})
