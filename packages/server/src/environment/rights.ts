import { type Person, rightsOf, type Rights } from '@rejoin/profile'
import type { Environment } from './environment.ts'

/** An environment never changes, nor do its people: another one is another object. */
const known = new WeakMap<Environment, WeakMap<Person, Rights>>()

/** What a person may do in an environment, resolved once for both. */
export const rightsIn = (environment: Environment, person: Person): Rights => {
  const people = known.get(environment) ?? new WeakMap<Person, Rights>()
  known.set(environment, people)
  const rights = people.get(person) ?? rightsOf(environment.schema, person)
  people.set(person, rights)
  return rights
}
