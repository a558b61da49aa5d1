// Runs in the browser: a device with its store in IndexedDB, and Dexie beside it.
import { openIndexedDbStore, openRejoin } from '@rejoin/client'
import type { benchSchema } from '../record.ts'
import { dexieLibrary } from './dexie.ts'
import { createProgram, type Program } from './program.ts'
import { rejoinLibrary } from './rejoin.ts'

declare global {
  var deviceProgram: Program
  var removeDatabase: (name: string) => Promise<void>
}

globalThis.removeDatabase = name =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.addEventListener('success', () => resolve())
    request.addEventListener('error', () => reject(new Error(`delete ${name}`, { cause: request.error })))
  })

globalThis.deviceProgram = createProgram(opening =>
  opening.library.startsWith('dexie')
    ? dexieLibrary(opening)
    : rejoinLibrary(opening, {
        store: name => openIndexedDbStore({ name }),
        device: ({ url, token, place }, store) =>
          openRejoin<typeof benchSchema>({
            url,
            token,
            app: 'bench',
            connect: false,
            ...(store === undefined ? { name: place } : { store }),
          }),
        remove: globalThis.removeDatabase,
      }),
)
