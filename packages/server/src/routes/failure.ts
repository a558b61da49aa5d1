import { type Fault, FaultError } from '@rejoin/profile'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { StorageFault } from '../storage/fault.ts'

/** What every failed request answers, whatever its status. Never a value of a record. */
export interface ApiFault {
  readonly code: string
  readonly message: string
  readonly at: string
  readonly fix?: string
  /** what refused it, where the code is `rule` */
  readonly rule?: string
  /** where several things are wrong at once: all of them */
  readonly faults?: readonly Fault[]
}

/** Ends a request; thrown, because a route's type then says only what it answers when it succeeds. */
export class ApiFailure extends Error {
  readonly status: ContentfulStatusCode
  readonly fault: ApiFault
  constructor(status: ContentfulStatusCode, fault: ApiFault) {
    super(fault.message)
    this.name = 'ApiFailure'
    this.status = status
    this.fault = fault
  }
}

export const invalid = (faults: readonly Fault[]): ApiFailure =>
  new ApiFailure(422, { ...faults[0]!, ...(faults.length > 1 ? { faults } : {}) })

/** `onError` of the app. */
export const answerFailure =
  (log: (error: unknown) => void) =>
  (error: Error, context: Context): Response => {
    const { status, fault } = failureOf(error, context.req.path)
    if (status >= 500) log(error)
    if (status === 401) context.header('WWW-Authenticate', 'Bearer')
    return context.json(fault, status)
  }

const failureOf = (error: Error, at: string): { status: ContentfulStatusCode; fault: ApiFault } => {
  if (error instanceof ApiFailure) return error
  if (error instanceof HTTPException) {
    const fix = 'send a JSON body with content-type application/json'
    return { status: error.status, fault: { code: 'malformed', at, message: 'the request cannot be read', fix } }
  }
  if (error instanceof StorageFault) {
    const message = error.code === 'full' ? 'the relay has no room to write' : 'the relay cannot reach its storage'
    return { status: 503, fault: { code: 'storage', at, message, fix: 'try again later; nothing was changed' } }
  }
  if (error instanceof FaultError) return { status: 500, fault: { ...error.faults[0]! } }
  return {
    status: 500,
    fault: { code: 'internal', at, message: 'the relay could not do that', fix: 'try again later' },
  }
}
