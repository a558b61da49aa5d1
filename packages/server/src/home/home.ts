import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import type { Core } from '../core.ts'
import type { DevelopmentIssuer } from '../identity/identity.ts'
import { gatherFacts } from './facts.ts'
import { page } from './page.ts'

/**
 * `/`: with the development issuer a page that shows everything, tokens included, and therefore only to who asks at
 * this machine by its own name: a page of a stranger whose name is made to point here asks by another. Programs
 * ask for JSON. Without that issuer it says that the relay runs, and nothing else.
 */
export const homeRoute = (core: Core, issuer: DevelopmentIssuer | undefined) =>
  new Hono().get('/', async context => {
    const { origin, hostname } = new URL(context.req.url)
    context.header('Cache-Control', 'no-store')
    context.header('Referrer-Policy', 'no-referrer')
    context.header('X-Content-Type-Options', 'nosniff')
    if (issuer === undefined || !isThisMachine(hostname)) return context.text('This is a Rejoin relay.\n')
    if (context.req.header('accept') === 'application/json')
      return context.json(await gatherFacts(core, issuer, origin))
    const nonce = randomBytes(16).toString('base64')
    const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; frame-ancestors 'none'`
    context.header('Content-Security-Policy', policy)
    return context.html(page(await gatherFacts(core, issuer, origin), nonce))
  })

const isThisMachine = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
