import { type Entry, entryKey, type Storage } from '../storage/storage.ts'

/**
 * An environment's own id, 16 hex digits: made once in its database, which keeps it wherever it is moved and whenever it
 * is restored. By it a device tells one environment from another, whatever their addresses are (OM11).
 */
export const idOf = async (storage: Storage, random: (length: number) => Uint8Array): Promise<string> => {
  const known = await storage.snapshot(view => view.entry(BIRTH.kind, BIRTH.id))
  if (known !== undefined) return idIn(known)
  // Relays that start at once on one new database agree on one.
  return storage.commit({ entries: [BIRTH] }, ({ entries }) => {
    const taken = entries.get(entryKey(BIRTH))
    if (taken !== undefined) return { result: idIn(taken) }
    const id = Buffer.from(random(8)).toString('hex')
    return { result: id, entries: [{ ...BIRTH, value: { id } }] }
  })
}

const BIRTH = { kind: 'environment', id: 'birth' } as const

const idIn = ({ value }: Entry): string => (value as { readonly id: string }).id
