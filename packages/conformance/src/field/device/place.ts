import type { DeviceFace } from '../system.ts'
import type { Opened } from './question.ts'

/** Where devices are: in a process of Node, in a page of a browser. */
export interface Place {
  /** @param store by which the same device is found again */
  open(store: string, opened: Opened): Promise<Seat>
  close(): Promise<void>
}

export interface Seat {
  readonly ask: (name: keyof DeviceFace, what: readonly unknown[]) => Promise<unknown>
  /** without a word: its process or page ends, and with it the other devices in there */
  kill(): Promise<void>
}
