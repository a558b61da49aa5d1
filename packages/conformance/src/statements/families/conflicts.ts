import { family, type Family } from '../statement.ts'

export const conflicts: Family = family('CF', 'conflicts', [
  [
    'CF1',
    'A conflict is raised per entity (record), never per field: two sides changed the same record since they last agreed.',
    'D*',
  ],
  ['CF2', 'Setting "conflict detection": No is the default.', 'D*'],
  [
    'CF3',
    "No: the data on the client device wins. After sync both sides hold the device's record, and no sync error is shown.",
    'D*',
  ],
  [
    'CF4',
    "Yes: the data on the server wins. The device's record is overwritten by the server's values; the user may see a message that names the conflict; it is resolved by itself.",
    'D*',
  ],
  ['CF5', 'Under Yes, edits to different columns of one record still conflict.', 'D*'],
  [
    'CF6',
    'Nothing is lost silently: each resolved conflict keeps both versions, who, when, which strategy, and can be looked up on the device and in the back office.',
    'R',
  ],
  [
    'CF7',
    'Update on the device, deleted on the server: "Record not found"; No re-creates the record with the device\'s values (client wins), Yes keeps it deleted.',
    'P, R',
  ],
  ['CF8', "Delete on the device, changed on the server: No deletes, Yes keeps the server's record.", 'R'],
  ['CF9', 'Create with an id that exists: "Record already exists".', 'P'],
  [
    'CF10',
    'A contradiction (the other user closed the record; a server rule forbids the change) is a rejection, whatever the conflict setting; it goes to the outbox as an error.',
    'N*',
  ],
  [
    'CF11',
    'Several edits of one device to one record form a chain; the part not yet accepted wins or loses as a whole; an edit made after the user has seen the loss starts anew.',
    'R',
  ],
  [
    'CF12',
    'The setting is per environment; per table and per profile overrides are allowed; strategies beyond the two: merge (columns), ask the user, custom function.',
    'R',
  ],
  [
    'CF13',
    "The outcome depends only on what each side knew and on the order in which the relay accepted, never on a device clock or on Yjs's own tie-break.",
    'R',
  ],
  [
    'CF14',
    'All replicas end with the same record (as far as they hold its columns), whatever the order, duplication or delay of messages.',
    'R',
  ],
  ['CF15', 'Changing the strategy applies to conflicts found from then on; earlier outcomes stand.', 'R'],
  [
    'CF16',
    'Under every strategy a person who lost a value can see it, see who and what replaced it ("why did my value change?"), and bring it back in one action.',
    'R',
  ],
])
