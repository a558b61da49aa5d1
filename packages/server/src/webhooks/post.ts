import { lookup } from 'node:dns'
import { request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { Fault } from '@rejoin/profile'
import { isPublic } from './addresses.ts'

/** Sends a batch. Resolves with the status, whatever it is; rejects with why where there was no answer. */
export type Post = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
) => Promise<number>

export interface Reach {
  /** also addresses of this machine and its network, and without TLS: for tests and closed networks */
  readonly privateAddresses: boolean
}

/** What is wrong with where a webhook is to go, as far as its text says. */
export const addressFault = (url: string, { privateAddresses }: Reach): Fault | undefined => {
  const at = 'body url'
  if (!URL.canParse(url)) return { code: 'malformed', at, message: 'is no address' }
  const { protocol, hostname, username, password } = new URL(url)
  if (protocol !== 'https:' && !(privateAddresses && protocol === 'http:'))
    return { code: 'malformed', at, message: 'must begin with https://' }
  if (username !== '' || password !== '')
    return { code: 'malformed', at, message: 'must not hold a password', fix: 'the receiver checks the signature' }
  return privateAddresses || !isClosed(hostname) ? undefined : closed(at)
}

const isClosed = (hostname: string): boolean => {
  const address = hostname.replace(/^\[|\]$/g, '')
  return isIP(address) > 0 && !isPublic(address)
}

const closed = (at: string): Fault => ({ code: 'private-address', at, message: 'is an address inside a network' })

/**
 * No redirect is followed, no answer is read, and the address is judged as it is connected to: a name that is moved to an
 * inner address after it was looked at leads nowhere.
 */
export const createPost =
  (reach: Reach): Post =>
  (url, headers, body, signal) =>
    new Promise((resolve, reject) => {
      const fault = addressFault(url, reach)
      if (fault !== undefined) throw new Error(fault.message)
      const send = new URL(url).protocol === 'https:' ? secure : plain
      const request = send(
        url,
        {
          method: 'POST',
          headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
          signal,
          agent: false,
          ...(reach.privateAddresses ? {} : { lookup: publicOnly }),
        },
        response => {
          resolve(response.statusCode ?? 0)
          response.destroy()
        },
      )
      request.on('error', reject)
      request.end(body)
    })

const publicOnly: LookupFunction = (hostname, options, done) =>
  lookup(hostname, options, (error, address, family) => {
    const found = typeof address === 'string' ? [address] : (address?.map(each => each.address) ?? [])
    if (error === null && found.length > 0 && !found.every(isPublic)) return done(new Error(closed('').message), '')
    done(error, address, family)
  })
