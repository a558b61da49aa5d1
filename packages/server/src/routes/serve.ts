import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { type Fault, FaultError } from '@rejoin/profile'
import type { Relay } from '../relay.ts'

export interface Serving {
  /** `http://127.0.0.1:8787`, with the port that was given */
  readonly url: string
  readonly port: number
  /** ends sockets and sessions first, then the server; what is being committed is finished */
  close(): Promise<void>
}

export interface ServeOptions {
  /** 0 = any free one */
  readonly port: number
  /** default 127.0.0.1: this machine alone */
  readonly hostname?: string
}

/** Headers of a request, bytes. */
const HEADERS = 8 * 1024

/** @throws FaultError where the port cannot be had; the relay is then still open */
export const serveRelay = async (relay: Relay, { port, hostname = '127.0.0.1' }: ServeOptions): Promise<Serving> => {
  const server = createAdaptorServer({
    fetch: relay.app.fetch,
    websocket: { server: relay.sockets },
    createServer,
    serverOptions: {
      maxHeaderSize: HEADERS,
      headersTimeout: 5_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 2_000,
    },
  }) as Server
  await listening(server, port, hostname)
  const given = (server.address() as AddressInfo).port
  let closing: Promise<void> | undefined
  return {
    url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${given}`,
    port: given,
    close: () => {
      closing ??= (async () => {
        const closed = new Promise<void>(resolve => {
          server.close(() => resolve())
        })
        await relay.close()
        server.closeAllConnections()
        await closed
      })()
      return closing
    },
  }
}

const listening = (server: Server, port: number, hostname: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new FaultError([portFault(error, port, hostname)])))
    server.listen(port, hostname, () => resolve())
  })

const portFault = ({ code, message }: NodeJS.ErrnoException, port: number, hostname: string): Fault => {
  const at = `port ${port} on ${hostname}`
  const fix = 'choose another with --port N, or end the program that has it'
  if (code === 'EADDRINUSE') return { code: 'port-in-use', at, message: 'another program listens there', fix }
  if (code === 'EACCES')
    return { code: 'port-refused', at, message: 'it may not be opened', fix: 'choose one above 1023' }
  return { code: 'port', at, message, fix: 'choose another port or address' }
}
