import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Headers as Standard Webhooks names them. The signature covers id, time and body, so that a receiver can refuse what is
 * forged or old. The id is made of what is said: the same batch sent again has the same id, and one that says anything
 * new has another, so a receiver that drops ids it knows drops nothing it lacks.
 */
export interface Signed {
  readonly 'webhook-id': string
  /** seconds since 1970 */
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

export const signed = (secret: string, body: string, now: number): Signed => {
  const id = `msg_${createHash('sha256').update(body).digest('hex').slice(0, 32)}`
  const time = String(Math.floor(now / 1000))
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${macOf(secret, id, time, body)}` }
}

const macOf = (secret: string, id: string, time: string, body: string): string =>
  createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(`${id}.${time}.${body}`)
    .digest('base64')

/** Seconds a receiver lets a clock be off. */
const TOLERANCE = 300

/** For receivers on Node: whether a request came from this subscription, unchanged and just now. */
export const isSigned = (secret: string, body: string, headers: Signed, now: number): boolean => {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures } = headers
  if (!(Math.abs(now / 1000 - Number(time)) <= TOLERANCE)) return false
  const due = Buffer.from(`v1,${macOf(secret, id, time, body)}`)
  return signatures.split(' ').some(one => {
    const given = Buffer.from(one)
    return given.length === due.length && timingSafeEqual(given, due)
  })
}
