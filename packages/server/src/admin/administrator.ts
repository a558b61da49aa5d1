import type { Person, Schema } from '@rejoin/profile'

/** Whoever has a role with `admin`. Without roles everybody may do everything: make the first one before you serve. */
export const isAdministrator = ({ roles }: Pick<Schema, 'roles'>, person: Pick<Person, 'roles'>): boolean =>
  roles.size === 0 || person.roles.some(name => roles.get(name)?.admin === true)
