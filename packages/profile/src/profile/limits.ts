/** What the documents fix and an environment may set otherwise. */
export interface ProfileLimits {
  /** relationships of one item, those of the tables it reaches from counted along (PR14) */
  readonly relationships: number
  /** of the relationships chosen on one item, how many may be 1:N or N:N (PR16) */
  readonly many: number
}

export const documentedLimits: ProfileLimits = { relationships: 15, many: 1 }

/** PR11, minutes */
export const SHORTEST_INTERVAL = 5
export const LONGEST_INTERVAL = 1440
