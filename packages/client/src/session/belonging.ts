import { closeCodes, type Refusal, type Welcome } from '@rejoin/profile'
import type { Grant } from '../replica/grant.ts'

/**
 * What is here was granted to one user in one environment. Nobody else sees it, it is sent nowhere else, and nobody's
 * unsent work is dropped for another (OM11).
 *
 * @returns why who signs in may not go on with it
 */
export const belongingFault = (
  grant: Grant | undefined,
  { user, environment }: Pick<Welcome, 'user' | 'environment'>,
): Refusal | undefined => {
  if (grant === undefined) return undefined
  if (grant.user.id !== user.id) return anothersFault(grant, user.id)
  if (grant.environment === undefined || grant.environment === environment) return undefined
  const message = 'this device holds what is of another environment than this relay serves'
  return refusal(message, 'open a store of its own (`name`) for each environment, or sign out first')
}

/** The same before anything is said, as far as a token says whom it is for: a hint, for nothing of it is verified here. */
export const tokenFault = (grant: Grant | undefined, token: string): Refusal | undefined => {
  const user = subjectOf(token)
  return grant === undefined || user === undefined || user === grant.user.id ? undefined : anothersFault(grant, user)
}

const anothersFault = (grant: Grant, user: string): Refusal =>
  refusal(
    `this device holds what is ${grant.user.id}'s, and ${user} signed in`,
    'sign out first, or open the store of the user who signs in',
  )

const refusal = (message: string, fix: string): Refusal => ({
  code: closeCodes.forbidden,
  reason: 'forbidden',
  message,
  fix,
})

/** `sub` of a JWT; undefined where the token is none */
const subjectOf = (token: string): string | undefined => {
  const [, payload, signature] = token.split('.')
  if (payload === undefined || signature === undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), each => each.codePointAt(0)!)
    const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as { readonly sub?: unknown }
    return typeof sub === 'string' ? sub : undefined
  } catch {
    return undefined
  }
}
