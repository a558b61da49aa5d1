import { ApiFailure } from '../../routes/failure.ts'
import { type Expected, tagOf } from '../change.ts'

/** ETags of the administration say what a value is, not when it came about: the same content has the same tag. */
export const etagOf = (value: unknown): string => `"${tagOf(value)}"`

/** What the request's If-Match and If-None-Match ask for. @throws ApiFailure where they are not of this relay */
export const expectedOf = (header: (name: string) => string | undefined): Expected => {
  const match = header('if-match')
  const none = header('if-none-match')
  if (none !== undefined && none !== '*') throw refused('If-None-Match', 'must be *')
  if (none === '*') return { absent: true }
  if (match === undefined || match === '*') return {}
  const [, tag] = /^"([0-9a-f]{16})"$/.exec(match) ?? []
  if (tag === undefined) throw refused('If-Match', 'is not an ETag of this relay')
  return { tag }
}

const refused = (at: string, message: string): ApiFailure =>
  new ApiFailure(400, { code: 'if-match', at, message, fix: 'send the ETag as it was read' })
