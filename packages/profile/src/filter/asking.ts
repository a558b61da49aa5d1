import type { Person, Footing } from '../profile/person.ts'

/** Who asks, and when. Filters know no clock: `now` is handed in, ms since 1970. */
export interface Asking {
  readonly person: Pick<Person, 'id'> & Footing
  readonly now: number
}
