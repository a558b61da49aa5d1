import { family, type Family } from '../statement.ts'

export const outbox: Family = family('OB', 'outbox', [
  ['OB1', 'Every action made offline is logged in the outbox, in order, with its time on the device.', 'N*'],
  [
    'OB2',
    'A changed record carries the "cloud offline" mark until the server has accepted it; an unchanged one does not.',
    'N*',
  ],
  [
    'OB3',
    'Leaving offline mode and then "Sync all" sends the entries; with automatic sync (the default) they go by themselves when offline mode is off and the link is back.',
    'N*, P*',
  ],
  ['OB4', 'An accepted entry leaves the outbox and the mark disappears.', 'N*'],
  [
    'OB5',
    'Entries reach the server in the order they were made, per record; independent records need not wait for one another.',
    'N, R',
  ],
  [
    'OB6',
    "A rejected entry stays, with an error message saying where and why, until resolved or deleted. Other records' entries go on.",
    'N*',
  ],
  [
    'OB7',
    'Later entries of the same record, and entries that refer to a record whose create was rejected, are held and say what holds them.',
    'R',
  ],
  ['OB8', 'Rejected entries are not sent again by automatic sync, only by the user.', 'N'],
  ['OB9', 'Resolve: correct the values and send again; the correction amends the rejected entry.', 'N*'],
  [
    'OB10',
    "Delete: the entry leaves the list and nothing is sent for it; the record shows the server's state. Only that record is touched; entries held behind it are re-authored on the new state unless they needed the discarded one. An entry that had already left the device is withdrawn; if the withdrawal comes too late the user is told.",
    'N*, R',
  ],
  ['OB11', 'The same entry sent any number of times takes effect once.', 'R'],
  [
    'OB12',
    'Consecutive edits of one record may be merged into one entry (setting); an entry marked non-mergeable never is.',
    'N',
  ],
  ['OB13', 'Entries can form an atomic group: all take effect, or none.', 'R'],
  ['OB14', 'The queue can be paused and resumed, with named reasons.', 'R'],
  [
    'OB15',
    'The server can keep the action time of the device in a column; its own modified time is the sync time.',
    'N',
  ],
  [
    'OB16',
    'The back office sees a list of rejected actions of all devices: user, device, record, values, reason, resolved or not.',
    'R',
  ],
])
