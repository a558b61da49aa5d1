import type { Fields } from '../schema/schema.ts'
import { writeFlat } from './flat.ts'

/**
 * The document of a record nobody has edited yet, byte for byte what recording a create edit makes of it
 * (`recordWrites`), without a Y.Doc: for imports, where that is nearly all of the time.
 *
 * @param fields by column id, without nulls
 * @param client a client id of the writer alone
 */
export const freshDocument = (fields: Fields, client: number): Uint8Array =>
  writeFlat([
    Object.entries(fields).map(([key, value], clock) => ({ kind: 'item', client, clock, length: 1, key, value })),
  ])
