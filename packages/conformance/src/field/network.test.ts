import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type Network, openNetwork } from './network.ts'

let server: Server
let network: Network
beforeEach(async () => {
  server = createServer((request, response) => void request.pipe(response.writeHead(201, { etag: '"1"' })))
  // Says ten bytes for each message, under the way it was asked for.
  new WebSocketServer({ server }).on('connection', (socket, { url }) =>
    socket.on('message', () => socket.send(`${url}`.padEnd(10))),
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  network = await openNetwork(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
afterEach(async () => {
  await network.close()
  server.closeAllConnections()
  server.close()
})

const post = (body: string): Promise<Response> =>
  fetch(network.url, { method: 'POST', body, headers: { connection: 'close' } })
const opened = async (): Promise<WebSocket> => {
  const socket = new WebSocket(`${network.url.replace('http', 'ws')}/sync`)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}
const heard = (socket: WebSocket): Promise<string> =>
  new Promise(resolve =>
    socket.once('message', data => resolve((data as Buffer).toString())).once('close', () => resolve('closed')),
  )

it('requests and sockets go through as they are, and are weighed', async () => {
  const response = await post('hello')
  expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([201, '"1"', 'hello'])
  expect(network.traffic).toMatchObject({ connections: 1, up: 5, down: 5 })
  const socket = await opened()
  socket.send('x')
  expect(await heard(socket)).toBe('/sync     ')
  // Frames have heads: 6 bytes from a device, 2 to it.
  expect(network.traffic).toMatchObject({ connections: 2, open: 1, up: 12, down: 17 })
  socket.terminate()
})

it('cut, it ends what is open and lets nothing through until it is joined again', async () => {
  const socket = await opened()
  const end = heard(socket)
  network.cut()
  expect(await end).toBe('closed')
  await expect(post('hello')).rejects.toThrow()
  await expect(opened()).rejects.toThrow()
  network.join()
  expect((await post('hello')).status).toBe(201)
})

it('cut after so many bytes, it delivers those and nothing of the frame that passes them', async () => {
  const socket = await opened()
  const cut = network.cutAfter(12)
  socket.send('x')
  expect(await heard(socket)).toBe('/sync     ')
  socket.send('x')
  expect(await heard(socket)).toBe('closed')
  await cut
  await expect(opened()).rejects.toThrow()
})
