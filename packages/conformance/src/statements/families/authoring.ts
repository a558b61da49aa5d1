import { family, type Family } from '../statement.ts'

export const authoring: Family = family('PR', 'profile authoring', [
  [
    'PR0',
    'Each environment starts with a published default profile, "Field Service Mobile - Offline Profile": bookings of mine that start or end today or in the next seven days (the documents also say seven days before or after; this is the choice), related work orders and what hangs on them.',
    'D*, R',
  ],
  [
    'PR1',
    'An offline profile has a name, a description, items (one per table) and is Unpublished until published.',
    'D*',
  ],
  ['PR2', 'Devices keep using the last published definition while a profile is being edited.', 'D*'],
  [
    'PR3',
    'Publishing validates first, then sets version, published time and state Published; a refused publish changes nothing and names every fault (profile, table, rule).',
    'D, R',
  ],
  [
    'PR4',
    'Each item has exactly one of four data download filters: related only, all records, other data filter, custom data filter.',
    'D*',
  ],
  ['PR5', 'An item "related only" without any relationship is refused at publish.', 'D'],
  ['PR6', 'An item "all records" refuses any further filter rule.', 'P'],
  [
    'PR7',
    'An item "other data filter" needs at least one of: my records, my teams\' records, my business unit\'s records; several are a union.',
    'P',
  ],
  [
    'PR8',
    'Which filters are offered depends on table ownership: user/team-owned all; business-owned: related, all, business unit; organization-owned: related, all; none: related only.',
    'P',
  ],
  [
    'PR9',
    'A custom filter nests at most 3 group levels and at most 500 conditions; deeper or longer is refused with the place.',
    'P',
  ],
  [
    'PR10',
    'A custom filter that names a table or column not in the schema or profile is refused at publish, naming it (the vendors fail silently on the device).',
    'R',
  ],
  ['PR11', 'Sync interval per item: 5 to 1440 minutes, anything else refused; unset means 5.', 'D*'],
  [
    'PR12',
    'Column selection per item: all columns, or a list; unselected columns never reach the device. A column added to the schema later is reported as drift until selected.',
    'P, R',
  ],
  ['PR13', 'A table must be enabled for offline use to be added to a profile.', 'P'],
  [
    'PR14',
    "Relationships per item are counted transitively (A refers to B: 1 + B's own count), at most 15 (configurable), live counter with the tables that contribute.",
    'P',
  ],
  ['PR15', 'Circular and self relationships are refused with the path.', 'P'],
  [
    'PR16',
    "A relationship is chosen on the item whose rows it brings. Among an item's relationships at most one is 1:N or N:N (configurable; default as documented).",
    'P, R',
  ],
  ['PR17', 'Related tables need no filter of their own: item association pulls what is related to present rows.', 'D*'],
  [
    'PR18',
    'A dry run tells, per user and per table, how many rows and bytes a profile would download, before it is published.',
    'R',
  ],
  [
    'PR19',
    "`explain(user, record)` answers why a record is, is not, or is no longer on a user's device: profile, item, rule, relationship path.",
    'R',
  ],
  [
    'PR20',
    "A profile can be generated from an app's source code: tables, columns and relationships the code uses, no filters.",
    'P*',
  ],
  [
    'PR21',
    'FetchXML custom filters can be imported and exported; what cannot be expressed is refused with the element.',
    'R',
  ],
])
