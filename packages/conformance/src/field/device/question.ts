import type { DeviceFace, Opening } from '../system.ts'

/** How a device that is elsewhere is asked: text there, text back. `undefined` is nothing. */
export interface Question {
  /** the store of the device */
  readonly device: string
  readonly ask: keyof DeviceFace | 'open'
  readonly with: readonly unknown[]
}

export type Reply = { readonly answer?: unknown } | { readonly failed: Failure }

/** What `RejoinFault` and other errors say, as data. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly fix?: string
  readonly table?: string
  readonly record?: string
  readonly column?: string
  readonly rule?: string
}

export interface Opened extends Opening {
  readonly url: string
  readonly token: string
}

export const failureOf = (error: unknown): Failure => {
  if (!(error instanceof Error)) return { name: 'thrown', message: String(error) }
  return { ...(error as Partial<Failure>), name: error.name, message: error.message }
}

/** @throws what failed there, as it was said there */
export const answerIn = (reply: Reply): unknown => {
  if ('failed' in reply) throw Object.assign(new Error(reply.failed.message), reply.failed)
  return reply.answer
}
