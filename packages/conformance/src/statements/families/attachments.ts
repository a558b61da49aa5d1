import { family, type Family } from '../statement.ts'

export const attachments: Family = family('AT', 'files and images', [
  ['AT1', 'File columns: download by type list, per-file and total caps; above them a placeholder.', 'N'],
  [
    'AT2',
    'A file added offline is stored, queued with its record, resumed after interruption, and attached to that record only.',
    'N',
  ],
])
