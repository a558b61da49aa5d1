import { family, type Family } from '../statement.ts'

export const cache: Family = family('CA', 'cache lifetime', [
  [
    'CA1',
    'An administrator sets after how long the offline cache expires (default 48 h from the last refresh); the device enforces it.',
    'N*',
  ],
  ['CA2', 'A refresh restarts the clock; reminders are given before the end.', 'N'],
  [
    'CA3',
    'Expired: cached records are unreadable, the user is told to go online and sync; outbox and drafts survive.',
    'N, R',
  ],
  ['CA4', 'Clear cache removes records, never unsent work, unless the user confirms an export or a discard.', 'R'],
  ['CA5', 'Reset: the local database is cleared and the next opening runs a first sync.', 'D'],
  ['CA6', 'Scheduled download before a shift; skipped while unreachable and made up for.', 'N'],
  [
    'CA7',
    'A changed device clock cannot extend the lifetime (the later of local clock and last relay time counts), and a clock far ahead does not expire a cache that the relay confirms as fresh.',
    'R',
  ],
])
