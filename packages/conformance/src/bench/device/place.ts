import type { Program } from './program.ts'

/** A kind of machine that devices run on. What programs store outlasts them. */
export interface Place {
  readonly name: string
  /** the place of a new database, by a name of its own */
  at(name: string): string
  /** a program that has run nothing yet */
  start(): Promise<Running>
  /** removes a database that no program has open */
  remove(place: string): Promise<void>
  close(): Promise<void>
}

export interface Running extends Program {
  /** bytes that are in use after garbage was collected, buffers among them */
  heap(): Promise<number>
  end(): Promise<void>
}

/** Calls that cross over to where the program runs. */
export type Call = (name: keyof Program, args: readonly unknown[]) => Promise<unknown>

export const programOver = (call: Call): Program => {
  const over =
    (name: keyof Program) =>
    (...args: readonly unknown[]): Promise<never> =>
      call(name, args) as Promise<never>
  return {
    fill: over('fill'),
    cold: over('cold'),
    readAll: over('readAll'),
    lists: over('lists'),
    saves: over('saves'),
    live: over('live'),
    close: over('close'),
  }
}
