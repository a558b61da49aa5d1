import { z } from '@hono/zod-openapi'
import { shareFaults } from '../directory/check.ts'
import type { SharedRight, Share } from '../directory/directory.ts'
import { shareEntry, shareId } from '../directory/directory.ts'
import { alone, type Resource } from './resource.ts'
import { idShape } from './users.ts'

const rights: readonly [SharedRight, ...SharedRight[]] = ['read', 'write', 'delete']
const shareShape = z.strictObject({
  table: z.string(),
  record: idShape,
  with: idShape,
  rights: z.array(z.enum(rights)).min(1).max(3),
}) as unknown as z.ZodType<Share>

export const shares: Resource<Share> = {
  word: 'share',
  plural: 'shares',
  about: 'One record opened to one user or team, beside what roles give (DS5). `write` and `delete` need `read`.',
  shape: shareShape,
  path: ['table', 'record', 'with'],
  idOf: shareId,
  get: ({ directory }, id) => directory.shares.get(id.slice(id.lastIndexOf('/') + 1))?.get(id),
  *list({ directory }) {
    for (const list of directory.shares.values()) yield* list.values()
  },
  entry: shareEntry,
  faults: ({ directory, schema }, share) => [
    ...shareFaults(directory, schema, share),
    ...(share.rights.includes('read') ? [] : [blind(share)]),
  ],
  leaving: () => alone,
}

const blind = (share: Share) => ({
  code: 'rights',
  at: `share ${shareId(share)}`,
  message: 'gives a right to change what may not be read',
  fix: 'give `read` too',
})
