import { createLoader, environmentEntries } from '@rejoin/server'
import { inDatabase } from '../rig/database.ts'
import { fieldEnvironment, PRODUCTS } from './environment.ts'

const TEXT = 'Fits pumps of the series before last as well; order the seal with it, and return what it replaces.'

/** A database with the environment of the suite, for any relay to serve. */
export const prepareDatabase = (path: string): Promise<void> =>
  inDatabase(path, async storage => {
    await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(fieldEnvironment) }))
    const loader = await createLoader({ storage, existing: 'keep' })
    await loader.write(
      Array.from({ length: PRODUCTS }, (_, n) => {
        const id = `product-${String(n).padStart(4, '0')}`
        return { table: 'product', id, fields: { name: id, description: `${id}: ${TEXT}` } }
      }),
    )
  })
