import { StoreFault } from './store.ts'

// The failures every adapter words alike.

export const closedFault = (): StoreFault => new StoreFault('gone', 'the store is closed', 'Open it again.')

export const fullFault = (cause?: unknown): StoreFault =>
  new StoreFault(
    'full',
    'there is no room left on this device; nothing was saved',
    'Free some space (or remove downloads not needed), then save again.',
    { cause },
  )

export const noRoomToDownloadFault = (cause?: unknown): StoreFault =>
  new StoreFault(
    'full',
    'there is no room left on this device for what the relay sends; what is here stays, and your own work is still saved',
    'Free some space, or ask an administrator for a profile that downloads less; it goes on by itself.',
    { cause },
  )

export const newerFault = (cause?: unknown): StoreFault =>
  new StoreFault('newer', 'a newer version of the app wrote this store', 'Update the app.', { cause })

export const damagedFault = (message: string, cause?: unknown): StoreFault =>
  new StoreFault('damaged', message, 'Export unsent work if it can be read, then download again.', { cause })

export const takenFault = (cause?: unknown): StoreFault =>
  new StoreFault('taken', 'what was to be added is there already; nothing was saved', 'Read the store again.', {
    cause,
  })

export const busyFault = (cause?: unknown): StoreFault =>
  new StoreFault('busy', 'another program has this store open', 'Close the other one, then open again.', { cause })
