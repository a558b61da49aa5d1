import { family, type Family } from '../statement.ts'

export const security: Family = family('SE', 'security', [
  [
    'SE1',
    'Nothing outside the scope in force when it is sent ever reaches a device: values, ids, history, presence or error text. (A create whose id exists answers "already exists": the one fact that escapes.)',
    'R',
  ],
  [
    'SE5',
    'Roles give create, read, write and delete per table at depth own, team, business unit or all, plus shares and column rights; scope is profile and read right together; the profile never limits writing.',
    'P, R',
  ],
  [
    'SE2',
    'Each sent edit is authorised again on the server; a privilege removed meanwhile gives a "not permitted" entry.',
    'P',
  ],
  [
    'SE3',
    'A read privilege removed takes the rows off the device at the next contact; open connections stop within 5 seconds.',
    'P, R',
  ],
  ['SE4', 'Sign-out wipes the cache; unsent work blocks it or is exported.', 'N, R'],
])
