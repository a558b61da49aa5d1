import { family, type Family } from '../statement.ts'

export const firstSync: Family = family('FS', 'first sync ("initial offline sync")', [
  ['FS1', 'The first sync starts while the app loads.', 'P*'],
  ['FS2', 'Progress shows the number of rows and of tables downloaded, the total, and an estimate.', 'P*'],
  ['FS3', 'An incomplete first sync is started again at each opening, and continues where it stopped.', 'P*, R'],
  ['FS4', 'Until it completes the app cannot be used offline and says so.', 'P'],
  ['FS5', 'App use (pending edits, saved forms) goes on undisturbed during a download.', 'N'],
  [
    'FS6',
    'A download that fails leaves the previous data set in place; a partial set is never shown as complete.',
    'N, R',
  ],
  [
    'FS7',
    'Row caps (1,000,000 in all by default, and per table where set) and the storage quota are checked before rows are sent; passing one is a clear error that names the table and the count.',
    'N, P',
  ],
  [
    'FS8',
    "The app's own resources are stored too: after the first sync the app opens and works with no network from the first byte.",
    'P*',
  ],
])
