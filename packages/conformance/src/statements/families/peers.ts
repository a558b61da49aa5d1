import { family, type Family } from '../statement.ts'

export const peers: Family = family('PE', 'peers', [
  [
    'PE1',
    'Two devices exchange records and unsent edits with no server: tabs of one browser, two browsers, two processes.',
    'R',
  ],
  [
    'PE2',
    "A device hands over only what the other's signed grant allows, judged by the profile, with no server to ask.",
    'R',
  ],
  [
    'PE3',
    "A device may carry another's unsent edits to the server; they are attributed to their author, verified, and take effect once.",
    'R',
  ],
  [
    'PE4',
    "What peers agree among themselves is provisional; the relay's word is final, and every device ends with it.",
    'R',
  ],
  [
    'PE5',
    'Peers use the same merge function as the relay: with edits arriving in the same order the result is the same.',
    'R',
  ],
])
