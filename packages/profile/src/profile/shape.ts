import { z } from 'zod'
import type { DownloadFilter } from './profile.ts'

/** The form of a profile as JSON; `checkProfile` looks at what it names. A filter's tree is `checkFilter`'s. */
const filter = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('related') }),
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({
    kind: z.literal('other'),
    mine: z.boolean().optional(),
    teams: z.boolean().optional(),
    unit: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('custom'), where: z.unknown() }),
])

const item = z.strictObject({
  table: z.string(),
  filter,
  relationships: z.array(z.string()).optional(),
  columns: z.array(z.string()).optional(),
  interval: z.number().optional(),
})

const profile = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(2000).optional(),
  strategy: z.string().min(1).max(128).optional(),
  items: z.array(z.unknown()),
})

/** An item whose custom filter is still to be looked at. */
export interface ItemShape {
  readonly table: string
  readonly filter: Exclude<DownloadFilter, { kind: 'custom' }> | { readonly kind: 'custom'; readonly where: unknown }
  readonly relationships?: readonly string[]
  readonly columns?: readonly string[]
  readonly interval?: number
}

export const itemShape: z.ZodType<ItemShape> = item as unknown as z.ZodType<ItemShape>
export const profileShape: z.ZodType<{ name: string; description?: string | undefined; items: unknown[] }> = profile
