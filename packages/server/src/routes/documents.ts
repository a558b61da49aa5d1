import type { Context, MiddlewareHandler } from 'hono'
import type { Documents } from '../documents/documents.ts'
import type { Sockets } from './sockets.ts'

/**
 * `/documents/:table/:record/:column`, for stock y-websocket providers:
 *
 *     new WebsocketProvider(`${relay}/documents`, `${table}/${record}/${column}`, doc, {
 *       protocols: ['rejoin.document', `rejoin.token.${token}`],
 *       disableBc: true,
 *     })
 *
 * A browser's provider can bring a token as URL parameter or as subprotocol, nothing else. Addresses end in logs,
 * histories and Referer headers; the list of subprotocols does not. It is the sign-in token itself, not a ticket for
 * one use: the provider reconnects by itself with what it was given. Only `rejoin.document` is ever answered.
 */
export const DOCUMENT_PROTOCOL = 'rejoin.document'
const TOKEN = 'rejoin.token.'

export const documentSocket = (documents: Documents, sockets: Sockets): MiddlewareHandler =>
  sockets.upgrade((socket, context) => {
    const { table = '', record = '', column = '' } = context.req.param() as Record<string, string>
    return documents.open({ table, record, column }, tokenOf(context), socket)
  })

const tokenOf = (context: Context): string | undefined => {
  const offered = (context.req.header('sec-websocket-protocol') ?? '').split(',').map(name => name.trim())
  const bearer = /^Bearer (\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1]
  return offered.find(name => name.startsWith(TOKEN))?.slice(TOKEN.length) ?? bearer
}
