import { family, type Family } from '../statement.ts'

export const membership: Family = family('MB', 'users, teams, apps', [
  [
    'MB1',
    'A user who is not in a profile (directly, by team, or by an app whose profile is for everyone) downloads nothing.',
    'D*',
  ],
  [
    'MB2',
    'Adding or removing users needs no republish and takes effect at the next sync, at once where connected.',
    'P, R',
  ],
  [
    'MB3',
    "A user has one effective profile per app. Order: direct membership, then team membership, then the app's default. Two at the same level: the newest assignment wins and a conflict flag is shown.",
    'R',
  ],
  ['MB4', 'A profile that is not attached to an app has no effect in that app.', 'D*'],
  ['MB5', "Two roles with two profiles: each device holds only its own profile's rows.", 'D*'],
  [
    'MB6',
    'Removing a user purges the device at its next contact; unsent work is first kept as rejected actions for the back office; export to the user only if the administrator allows it.',
    'R',
  ],
])
