import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FeedChange } from '../feed/change.ts'
import type { Signed } from './sign.ts'

export interface Received {
  readonly headers: Signed
  readonly body: string
  readonly said: { readonly after: string; readonly cursor: string; readonly changes: readonly FeedChange[] }
}

/** A system of record's end: keeps what comes and answers as it is told to. */
export interface Receiver {
  readonly url: string
  readonly got: readonly Received[]
  /** what the next requests are answered; a status, or nothing at all */
  answer: (request: Received) => number | 'silence'
  close(): Promise<void>
}

export const openReceiver = async (): Promise<Receiver> => {
  const got: Received[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts).toString()
      const received = { headers: request.headers as never, body, said: JSON.parse(body) as Received['said'] }
      got.push(received)
      const status = receiver.answer(received)
      if (status === 'silence') response.destroy()
      else response.writeHead(status, { location: `${receiver.url}elsewhere` }).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    got,
    answer: () => 204,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}

/** What a follower has that did as the feed says: the newest of each record. */
export const followedBy = (got: readonly Received[]): Map<string, number> =>
  new Map(got.flatMap(({ said }) => said.changes).map(({ table, id, rev }) => [`${table}/${id}`, rev]))
