import { family, type Family } from '../statement.ts'

export const filters: Family = family('FI', 'filter semantics (identical on device, relay memory and SQL)', [
  [
    'FI1',
    'Operators: eq ne gt ge lt le like not-like in not-in null not-null begins-with not-begin-with ends-with not-end-with between not-between contain-values.',
    'P',
  ],
  [
    'FI2',
    'User operators: eq-userid ne-userid eq-userteams eq-useroruserteams eq-useroruserhierarchy eq-useroruserhierarchyandteams eq-businessid ne-businessid eq-userlanguage, resolved for the signed-in user, re-evaluated when the user, team or hierarchy changes.',
    'P',
  ],
  [
    'FI3',
    'Date operators: on on-or-before on-or-after today yesterday tomorrow this/last/next week, month, year; last-seven-days next-seven-days; last/next-x-hours days weeks months years; olderthan-x-minutes, hours, days, weeks, months, years (hour and minute operators are invalid on date-only columns).',
    'P',
  ],
  [
    'FI4',
    "Boundaries, in the user's time zone: a day is [00:00, 24:00); last-x-days/weeks/months/years = from the start of the day that many units ago until now; next-x-days/weeks/months/years = from now until the end of the day that many units ahead; last-x-hours = from the full hour x hours ago until now; next-x-hours = from now until exactly x hours ahead; olderthan-x-days and longer count from the start of today, olderthan-x-hours from the full hour, olderthan-x-minutes from the full minute; last-seven-days is last-x-days with 7, next-seven-days is next-x-days with 7; weeks run Sunday to Saturday; last-month is the previous calendar month; a month back from the 31st is the last day of the shorter month; daylight-saving days have 23 or 25 hours.",
    'P, R',
  ],
  [
    'FI5',
    'null equals nothing and is never greater, less, like, in or between. Each negated operator (ne, ne-userid, ne-businessid, not-like, not-in, not-between, not-begin-with, not-end-with) is the exact complement of its positive one and so matches null (as Dataverse does for ne).',
    'P, R',
  ],
  [
    'FI6',
    'Text comparison ignores case (Unicode simple folding), not accents; like, begins-with and ends-with use % and _ with [abc], [a-z], [^a] classes; trailing spaces count.',
    'P, R',
  ],
  [
    'FI7',
    'Custom filter and relationships combine with OR, relationships among themselves with OR; AND is written inside the filter through a link to the related table.',
    'P',
  ],
  ['FI8', 'Links inside a filter: any / not any to a related table, nested.', 'P'],
  ['FI9', 'The same filter gives the same rows in memory and in each SQL engine, proven by generated tests.', 'R'],
])
