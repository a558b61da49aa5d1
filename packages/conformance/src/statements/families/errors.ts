import { family, type Family } from '../statement.ts'

export const errors: Family = family('ER', 'errors', [
  [
    'ER1',
    'Kinds: conflict, record not found, record already exists, refused by rule, not permitted, invalid, too large, other; each with code, table, record, action, values, time, user.',
    'P',
  ],
  ['ER2', 'Retry sends again; success clears the error.', 'P'],
  ['ER3', "Connection errors are not entries' errors: the entry stays pending.", 'R'],
  ['ER4', 'An expired sign-in pauses the queue with that reason; nothing is dropped.', 'R'],
])
