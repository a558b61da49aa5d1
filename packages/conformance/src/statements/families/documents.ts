import { family, type Family } from '../statement.ts'

export const documents: Family = family('DO', 'documents', [
  ['DO1', 'A document column opens in any Yjs editor through the stock y-websocket provider, with presence.', 'R'],
  ['DO2', 'It can be edited offline, survives restart (y-indexeddb), and merges by character when back.', 'R'],
  [
    'DO3',
    "It is served exactly while record and column are in the user's scope; a lost right closes it within 5 seconds.",
    'R',
  ],
  [
    'DO4',
    'The relay stores an update before it forwards or serves it; kill -9 loses nothing that anyone else has seen.',
    'R',
  ],
])
