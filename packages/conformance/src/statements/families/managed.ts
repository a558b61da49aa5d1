import { family, type Family } from '../statement.ts'

export const managed: Family = family('MG', 'managed default profile and copies', [
  ['MG1', "A vendor update to an item whose filter the customer edited leaves that item's filter as it is.", 'D*'],
  [
    'MG2',
    'A vendor update to an unedited filter is stored Unpublished, for an administrator to take or to refuse.',
    'D*',
  ],
  [
    'MG3',
    "A vendor update to relationships is merged into the draft at once, keeping the customer's additions and removals; it reaches devices by a publish, which happens by itself when the draft is otherwise clean.",
    'D*, R',
  ],
  ['MG4', 'A copy of the default is unmanaged and receives nothing.', 'D*'],
  [
    'MG5',
    'The pristine default can be shown beside the customised one (the vendor needs a trial environment for this).',
    'R',
  ],
])
