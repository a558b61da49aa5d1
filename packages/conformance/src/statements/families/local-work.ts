import { family, type Family } from '../statement.ts'

export const localWork: Family = family('LW', 'local work', [
  ['LW1', 'All reads of synced tables come from the local database, connected or not.', 'P*'],
  ['LW2', 'Create, read, update, delete and special commands (named actions) work offline.', 'P*'],
  ['LW3', 'An edit under way when the link drops is saved and later sent.', 'P*'],
  ['LW4', 'An edit made while connected goes through the same path and is sent at once.', 'P'],
  [
    'LW5',
    'Offline create with an existing id, an unknown column or a wrong type is refused locally with the column named.',
    'P',
  ],
  ['LW6', 'A record created offline can be edited, related to and deleted before it was ever sent.', 'N'],
  ['LW7', 'Ids made on the device are final (UUIDv7): no temporary ids, no duplicates after sync.', 'R'],
  [
    'LW8',
    'A record created offline that does not meet the filter is sent, and is not synchronised back from the service until it meets it.',
    'D*',
  ],
  ['LW9', 'Lists, filters and action conditions see local edits at once.', 'N'],
  ['LW10', 'Query results have a stable default order, the same online and offline.', 'R'],
  ['LW11', 'Undo of unsent work per record: create disappears, update reverts, delete returns.', 'R'],
  ['LW12', 'Drafts: a form saved but not submitted survives restart and is not in the outbox.', 'N'],
])
