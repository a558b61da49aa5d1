import { randomBytes } from 'node:crypto'
import { checkRow, type Fields, type RejectionCode, type Table } from '@rejoin/profile'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { WriteKind } from '../commit/submission.ts'
import type { Core } from '../core.ts'
import { ApiFailure, invalid } from './failure.ts'
import { newId } from './new-id.ts'
import type { Caller } from './signed-in.ts'

/** A write through the online API: the same commit path as a device's edits, durable before it is answered. */
export interface OnlineWrite {
  readonly kind: WriteKind
  readonly table: Table
  readonly record: string
  readonly values: Fields
  /** from If-Match */
  readonly ifRev?: number
}

export const makeId = (): string => newId(Date.now(), randomBytes(10))

/** @throws ApiFailure where the commit refused it */
export const submit = async (core: Core, { person }: Caller, { table, ...write }: OnlineWrite): Promise<void> => {
  const id = makeId()
  const [judged] = await core.committer.submit([{ from: 'online', id, person, table: table.name, ...write }])
  const answer = judged!.answer
  if (answer.status === 'applied') return
  const at = `table ${table.name}, record ${write.record}`
  if (answer.status !== 'rejected') {
    throw new ApiFailure(409, {
      code: answer.status,
      at,
      message: 'the write conflicts with another',
      fix: 'read again',
    })
  }
  const { code, message, column, rule } = answer
  if (code === 'conflict' && write.ifRev !== undefined) {
    throw new ApiFailure(412, { code: 'changed', at, message, fix: 'read the record again and decide anew' })
  }
  const place = column === undefined ? at : `${at}, column ${column}`
  throw new ApiFailure(statuses[code], { code, at: place, message, ...(rule === undefined ? {} : { rule }) })
}

const statuses: Readonly<Record<RejectionCode, ContentfulStatusCode>> = {
  'not-found': 404,
  exists: 409,
  conflict: 409,
  rule: 409,
  'not-permitted': 403,
  invalid: 422,
  'too-large': 413,
  group: 409,
  other: 409,
}

/** @throws ApiFailure naming every column that is wrong */
export const fieldsOf = (table: Table, values: Readonly<Record<string, unknown>>, create: boolean): Fields => {
  const fields = checkRow(table, values, { create })
  if (!fields.ok) throw invalid(fields.faults)
  return fields.value
}

/** `If-Match: "12"`, as ETag gives it, or the bare revision. @throws ApiFailure where it is something else */
export const revOf = (ifMatch: string | undefined): { readonly ifRev?: number } => {
  if (ifMatch === undefined || ifMatch === '*') return {}
  const [, rev] = /^(?:W\/)?"?(\d{1,15})"?$/.exec(ifMatch) ?? []
  if (rev === undefined) {
    const fix = 'send the ETag of the record as it was read'
    throw new ApiFailure(400, { code: 'if-match', at: 'If-Match', message: 'is not an ETag of this relay', fix })
  }
  return { ifRev: Number(rev) }
}

export const etagOf = (rev: number): string => `"${rev}"`
