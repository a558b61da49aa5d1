import type { JWK } from 'jose'
import type { Storage } from '../storage/storage.ts'
import { createDevelopmentIssuer, type DevelopmentIssuer } from './identity.ts'

const KEY = { kind: 'issuer', id: 'development' }

/** The development issuer of an environment: its key pair is made once and kept beside the records. */
export const openDevelopmentIssuer = async (storage: Storage): Promise<DevelopmentIssuer> => {
  const fresh = await createDevelopmentIssuer()
  const key = await storage.commit({ entries: [KEY] }, ({ entries }) => {
    const known = [...entries.values()][0]?.value as JWK | undefined
    return known === undefined ? { result: fresh.key, entries: [{ ...KEY, value: fresh.key }] } : { result: known }
  })
  return createDevelopmentIssuer(key)
}
