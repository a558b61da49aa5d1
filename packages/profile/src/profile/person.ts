/** A signed-in user with everything filters and rights ask about. Resolved by the relay, never by a device. */
export interface Person {
  readonly id: string
  readonly name: string
  /** business unit id */
  readonly unit?: string
  readonly teams: readonly string[]
  /** role names of the schema; their rights add up */
  readonly roles: readonly string[]
}
