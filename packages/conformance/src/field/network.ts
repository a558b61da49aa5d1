import { createServer, type IncomingMessage, request as askHttp } from 'node:http'
import { request as askHttps } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Traffic } from './system.ts'

/** The way from one device to a relay, wherever that is: a proxy on this machine that can be cut and is weighed. */
export interface Network {
  /** where the device finds the relay */
  readonly url: string
  readonly traffic: Traffic
  cut(): void
  /** resolves when it was */
  cutAfter(bytes: number): Promise<void>
  join(): void
  close(): Promise<void>
}

export const openNetwork = async (relay: string): Promise<Network> => {
  const target = new URL(relay)
  const ask = target.protocol === 'https:' ? askHttps : askHttp
  const sockets = new Set<Socket>()
  const traffic = { connections: 0, up: 0, down: 0 }
  let open = true
  let limit: { left: number; readonly reached: () => void } | undefined

  const cut = (): void => {
    open = false
    limit = undefined
    for (const socket of sockets) socket.destroy()
  }
  const came = (chunk: Buffer): void => {
    traffic.down += chunk.length
    if (limit === undefined || (limit.left -= chunk.length) >= 0) return
    const { reached } = limit
    cut()
    reached()
  }
  const onward = (request: IncomingMessage): ReturnType<typeof askHttp> =>
    ask(new URL(request.url ?? '/', target), {
      method: request.method,
      headers: { ...request.headers, host: target.host },
    })

  const server = createServer((request, response) => {
    const far = onward(request)
    far.on('response', answer => {
      answer.on('data', came)
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    far.on('error', () => response.destroy())
    response.on('close', () => far.destroy())
    request.on('data', (chunk: Buffer) => void (traffic.up += chunk.length))
    request.pipe(far)
  })
  server.on('upgrade', (request, near, head) => {
    const far = onward(request)
    far.on('upgrade', (answer, line, first) => {
      near.write(headOf(answer))
      if (head.length > 0) line.write(head)
      if (first.length > 0) near.write(first)
      line.on('data', came)
      near.on('data', (chunk: Buffer) => void (traffic.up += chunk.length))
      join(near, line)
    })
    far.on('response', answer => {
      near.write(headOf(answer))
      answer.pipe(near)
    })
    far.on('error', () => near.destroy())
    near.on('error', () => far.destroy())
    far.end()
  })
  server.on('connection', socket => {
    traffic.connections++
    if (!open) return void socket.destroy()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get traffic() {
      return { ...traffic, open: sockets.size }
    },
    cut,
    cutAfter: bytes =>
      new Promise(reached => {
        limit = { left: bytes, reached }
      }),
    join: () => {
      open = true
    },
    close: () => {
      cut()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

const join = (near: Duplex, far: Duplex): void => {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.pipe(other)
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroy())
  }
}

const headOf = ({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string => {
  const lines = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1] ?? ''}`] : []))
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('\r\n')}\r\n\r\n`
}
