import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { entryKey, type Storage } from '../storage/storage.ts'
import { ApiFailure } from './failure.ts'

/**
 * Where a list goes on, as its reader carries it: the last row looked at, which need not be one he may read. So it is
 * encrypted, for this person and this table, and only what the relay itself gave out is taken: neither a cursor nor
 * the choice of one tells an id (SE1). Its key is kept in the database, for relays beside this one and after it.
 */
export interface Cursors {
  seal(id: string): string
  /** @throws ApiFailure where it is not one of this list */
  open(cursor: string): string
}

/** @param list whose list of what it is */
export const cursorsOf = async (storage: Storage, list: string): Promise<Cursors> => {
  const key = await keyIn(storage)
  const about = Buffer.from(list)
  return {
    seal: id => {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(about)
      // Of one length, whatever the id's: no id holds a space.
      const sealed = [nonce, cipher.update(id.padEnd(LONGEST_ID)), cipher.final(), cipher.getAuthTag()]
      return Buffer.concat(sealed).toString('base64url')
    },
    open: cursor => {
      const bytes = Buffer.from(cursor, 'base64url')
      if (bytes.length !== NONCE + LONGEST_ID + TAG) throw foreign()
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG })
      decipher.setAAD(about).setAuthTag(bytes.subarray(-TAG))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()])
          .toString()
          .trimEnd()
      } catch {
        throw foreign()
      }
    },
  }
}

const NONCE = 12
const TAG = 16
const LONGEST_ID = 64

const KEY = { kind: 'cursor', id: 'key' } as const

const keyIn = async (storage: Storage): Promise<Buffer> => {
  const known = await storage.snapshot(view => view.entry(KEY.kind, KEY.id))
  const drawn = randomBytes(32).toString('hex')
  const value =
    known?.value ??
    (await storage.commit({ entries: [KEY] }, ({ entries }) => {
      const first = entries.get(entryKey(KEY))
      return first === undefined ? { result: drawn, entries: [{ ...KEY, value: drawn }] } : { result: first.value }
    }))
  return Buffer.from(value as string, 'hex')
}

const foreign = (): ApiFailure =>
  new ApiFailure(400, {
    code: 'cursor',
    at: 'after',
    message: 'is not where a list of yours goes on',
    fix: 'send `next` of the page before, or begin again without it',
  })
