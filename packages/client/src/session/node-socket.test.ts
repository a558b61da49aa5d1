import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { connectNodeSocket } from './node-socket.ts'

describe('a line of Node', () => {
  let server: WebSocketServer
  beforeEach(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    await once(server, 'listening')
  })
  afterEach(async () => {
    for (const client of server.clients) client.terminate()
    await new Promise(resolve => server.close(resolve))
  })

  /** What a line tells, until it has told `many` things. */
  const heard = async (port: number, many: number, greet: readonly number[] = []) => {
    const told: (readonly number[] | string)[] = []
    const frames: Uint8Array[] = []
    await new Promise<void>(resolve => {
      const tell = (what: readonly number[] | string): void => {
        told.push(what)
        if (told.length === many) resolve()
      }
      const line = connectNodeSocket(() => new WebSocket(`ws://127.0.0.1:${port}`))({
        opened: () => {
          tell('opened')
          line.send(Uint8Array.from(greet))
        },
        message: frame => {
          frames.push(frame)
          tell([...frame.subarray(0, 4)])
        },
        closed: code => tell(`closed ${code}`),
      })
    })
    return { told, frames }
  }
  const port = (): number => (server.address() as AddressInfo).port

  it('tells that it opened, of each frame and of the end, in this order', async () => {
    server.on('connection', socket =>
      socket.on('message', data => {
        socket.send(data)
        socket.close(4426)
      }),
    )
    const { told } = await heard(port(), 3, [1, 2, 3])
    expect(told).toEqual(['opened', [1, 2, 3], 'closed 4426'])
  })

  it('tells of text as of an empty frame, which no frame is', async () => {
    server.on('connection', socket => socket.send('hello'))
    const { told } = await heard(port(), 2)
    expect(told.at(-1)).toEqual([])
  })

  it('tells once that it never opened', async () => {
    const unused = port()
    await new Promise(resolve => server.close(resolve))
    const { told } = await heard(unused, 1)
    await new Promise(resolve => setTimeout(resolve, 20))
    expect(told).toEqual(['closed 1006'])
  })

  it('of many frames read at once none keeps the others in memory', async () => {
    server.on('connection', socket =>
      socket.on('message', () => {
        for (let n = 0; n < 40; n++) socket.send(new Uint8Array(1000).fill(n))
      }),
    )
    const { frames } = await heard(port(), 41)
    expect(frames.map(frame => frame[0])).toEqual(Array.from({ length: 40 }, (_, n) => n))
    for (const frame of frames) expect(frame.buffer.byteLength).toBeLessThanOrEqual(2000)
  })
})
