import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { encodeUp, FaultError } from '@rejoin/profile'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { connect, helloOf, type Opened, openRelay, refusalOf } from './relay.fixture.ts'
import { serveRelay } from './serve.ts'

let opened: Opened
afterEach(() => opened.close())

test('a device that says hello with a good token is welcomed and brought up to date', async () => {
  opened = await openRelay()
  const { url } = await opened.serve()
  const device = await connect(url)
  device.send(helloOf(await opened.issuer.token('fritz')))
  expect((await device.next('welcome')).user).toEqual({ id: 'fritz', name: 'Fritz Field' })
  expect((await device.next('page')).last).toBe(true)
  device.send({ type: 'stored', pages: 1 })
  expect((await device.next('synced')).tables.map(({ table }) => table)).toEqual(['visit'])
})

test('messages sent before the relay has answered the upgrade arrive, in order', async () => {
  opened = await openRelay()
  const { url } = await opened.serve()
  const token = await opened.issuer.token('fritz')
  const raw = new WebSocket(`${url.replace('http', 'ws')}/sync`)
  const frames: number[] = []
  raw.on('message', data => frames.push((data as Buffer)[1]!))
  await new Promise(resolve => raw.once('open', resolve))
  raw.send(encodeUp(helloOf(token)))
  for (let i = 0; i < 50; i++) raw.send(encodeUp({ type: 'ping' }))
  await expect.poll(() => frames.length).toBeGreaterThan(50)
  raw.terminate()
})

test('a bad token closes with 4401, a user unknown here with 4403', async () => {
  opened = await openRelay()
  const { url } = await opened.serve()
  const forged = await connect(url)
  forged.send(helloOf('eyJhbGciOiJub25lIn0.eyJzdWIiOiJmcml0eiJ9.'))
  expect((await forged.next('refusal')).reason).toBe('unauthenticated')
  expect((await forged.closed).code).toBe(4401)
  const stranger = await connect(url)
  stranger.send(helloOf(await opened.issuer.token('nobody')))
  expect((await stranger.closed).code).toBe(4403)
})

test('another protocol version closes with 4426', async () => {
  opened = await openRelay()
  const { url } = await opened.serve()
  const device = await connect(url)
  const frame = encodeUp({ type: 'ping' })
  // the checksum is over the version too: made anew, so that only the version is wrong
  frame[0] = 99
  const sum = crcOf(frame.subarray(0, -4))
  new DataView(frame.buffer, frame.byteOffset).setUint32(frame.length - 4, sum)
  device.raw.send(frame)
  expect((await device.closed).code).toBe(4426)
})

test('a text frame closes with 1003, a frame over 1 MiB with 1009, garbage with 1007', async () => {
  opened = await openRelay()
  const { url } = await opened.serve()
  const text = await connect(url)
  text.raw.send('hello')
  expect((await text.closed).code).toBe(1003)
  const large = await connect(url)
  large.raw.send(new Uint8Array(1024 * 1024 + 1))
  expect((await large.closed).code).toBe(1009)
  const garbage = await connect(url)
  garbage.raw.send(new Uint8Array(64).fill(7))
  expect((await garbage.closed).code).toBe(1007)
  expect(opened.relay.core.sessions()).toHaveLength(0)
})

test('a socket that says no hello within 5 s is closed with 4401', async () => {
  opened = await openRelay()
  const { url } = await opened.serve()
  const device = await connect(url)
  opened.skip(6_000)
  expect((await device.closed).code).toBe(4401)
})

test('a socket that answers no ping is ended after two, one that answers stays', async () => {
  opened = await openRelay()
  const { url } = await opened.serve()
  const token = await opened.issuer.token('fritz')
  const alive = await connect(url)
  alive.send(helloOf(token, '00000000000000a1'))
  const dead = await connect(url)
  dead.send(helloOf(token, '00000000000000a2'))
  await Promise.all([alive.next('welcome'), dead.next('welcome')])
  // nothing is read any more: no pong leaves
  dead.raw.pause()
  let ended = false
  void dead.closed.then(() => {
    ended = true
  })
  const sessions = () => opened.relay.core.sessions().length
  for (let beat = 0; beat < 2; beat++) {
    opened.skip(20_000)
    await new Promise(resolve => setTimeout(resolve, 1_100))
    expect(sessions()).toBe(2)
  }
  opened.skip(20_000)
  await expect.poll(sessions, { timeout: 3_000 }).toBe(1)
  dead.raw.resume()
  await expect.poll(() => ended).toBe(true)
  expect(alive.raw.readyState).toBe(WebSocket.OPEN)
})

test('a session ends with 4401 when its sign-in ends', async () => {
  opened = await openRelay()
  const { url } = await opened.serve()
  const device = await connect(url)
  device.send(helloOf(await opened.issuer.token('fritz', 60)))
  await device.next('welcome')
  opened.skip(61_000)
  expect((await device.closed).code).toBe(4401)
})

test('a device that connects again ends its earlier session with 4409', async () => {
  opened = await openRelay()
  const { url } = await opened.serve()
  const token = await opened.issuer.token('fritz')
  const first = await connect(url)
  first.send(helloOf(token))
  await first.next('welcome')
  const second = await connect(url)
  second.send(helloOf(token))
  await second.next('welcome')
  expect((await first.closed).code).toBe(4409)
})

test('a user has at most so many sessions: one more is asked to come back later', async () => {
  opened = await openRelay({ connectionsPerUser: 2 })
  const { url } = await opened.serve()
  const token = await opened.issuer.token('fritz')
  const devices = [1, 2, 3].map(async n => {
    const device = await connect(url)
    device.send(helloOf(token, `00000000000000a${n}`))
    return device.closed
  })
  expect((await Promise.race(devices)).code).toBe(1013)
  await expect.poll(() => opened.relay.core.sessions().length).toBe(2)
})

test('pages of strangers, tokens in addresses and too many connections are refused before the upgrade', async () => {
  opened = await openRelay({ origins: ['https://app.example', 'http://localhost:*'], connectsPerMinuteLocally: 4 })
  const { url } = await opened.serve()
  const sync = `${url}/sync`
  expect(await refusalOf(sync, { origin: 'https://evil.example' })).toBe(403)
  expect(await refusalOf(sync, { origin: 'https://app.example:8443' })).toBe(403)
  expect(await refusalOf(sync, { origin: 'http://localhost.evil.example:1' })).toBe(403)
  expect(await refusalOf(`${sync}?token=abc`)).toBe(400)
  expect(await refusalOf(`${sync}?x=${await opened.issuer.token('fritz')}`)).toBe(400)
  expect(await refusalOf(`${url}/nowhere`)).toBe(404)
  expect(opened.relay.core.sessions()).toHaveLength(0)
  expect(await refusalOf(sync, { origin: 'https://app.example' })).toBeUndefined()
  expect(await refusalOf(sync, { origin: 'http://localhost:5173' })).toBeUndefined()
  expect(await refusalOf(sync)).toBeUndefined()
  expect(await refusalOf(sync)).toBeUndefined()
  expect(await refusalOf(sync)).toBe(429)
})

test('headers over 8 kB are refused', async () => {
  opened = await openRelay()
  const { url } = await opened.serve()
  expect(await refusalOf(`${url}/sync`, { 'x-large': 'x'.repeat(9_000) })).toBe(431)
})

test('a port that is taken is a fault that names it and says what to do', async () => {
  opened = await openRelay()
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const failure = await serveRelay(opened.relay, { port }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(FaultError)
  expect((failure as FaultError).faults[0]).toMatchObject({ code: 'port-in-use', at: `port ${port} on 127.0.0.1` })
  expect((failure as FaultError).message).toContain('--port')
  await new Promise(resolve => other.close(resolve))
})

test('closing tells the sessions, ends every socket and lets the port go', async () => {
  opened = await openRelay()
  const serving = await opened.serve()
  const device = await connect(serving.url)
  device.send(helloOf(await opened.issuer.token('fritz')))
  await device.next('synced').catch(() => undefined)
  const idle = await connect(serving.url)
  await serving.close()
  expect((await device.closed).code).toBe(1013)
  expect([1001, 1013]).toContain((await idle.closed).code)
  await expect(fetch(`${serving.url}/health`)).rejects.toThrow()
})

const crcOf = (bytes: Uint8Array): number => {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return (sum ^ 0xffffffff) >>> 0
}
