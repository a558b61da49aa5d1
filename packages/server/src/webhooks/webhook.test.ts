import { describe, expect, it } from 'vitest'
import { isPublic } from './addresses.ts'
import { addressFault, createPost } from './post.ts'
import { isSigned, signed } from './sign.ts'
import { afterwards, GIVE_UP, type Progress } from './webhook.ts'

const at = { rev: 3, commit: 'c'.repeat(16) }
const to = { rev: 9, commit: 'd'.repeat(16) }
const failed = { state: 'failed', why: 'no answer' } as const

describe('what comes after a batch', () => {
  it('moves the cursor for a batch that was taken, and for no other', () => {
    const running: Progress = { state: 'running', cursor: at }
    expect(afterwards(running, { answer: { state: 'taken' }, cursor: to, now: 5, chance: 0 })).toEqual({
      ...{ state: 'running', cursor: to, taken: 5 },
    })
    for (const answer of [failed, { state: 'gone', why: '410' } as const])
      expect(afterwards(running, { answer, cursor: to, now: 5, chance: 0 }).cursor).toEqual(at)
  })

  it('waits twice as long after each failure up to an hour, off by chance, and pauses with the reason after days', () => {
    let progress: Progress = { state: 'running', cursor: at }
    const waits: number[] = []
    let now = 0
    for (;;) {
      progress = afterwards(progress, { answer: failed, cursor: to, now, chance: 0.5 })
      if (progress.state !== 'failing') break
      waits.push(progress.next - now)
      now = progress.next
    }
    expect(waits.slice(0, 11)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600].map(s => s * 1000))
    expect(progress).toMatchObject({ state: 'paused', cursor: at, why: 'no answer' })
    expect(now).toBeGreaterThanOrEqual(GIVE_UP)
    const early = afterwards({ state: 'running', cursor: at }, { answer: failed, cursor: to, now: 0, chance: 0 })
    expect(early).toMatchObject({ state: 'failing', next: 2_500 })
  })

  it('ends at once with a receiver that is gone', () => {
    const gone = { answer: { state: 'gone', why: 'the receiver answered 410' }, cursor: to, now: 1, chance: 0 } as const
    expect(afterwards({ state: 'running', cursor: at }, gone)).toMatchObject({ state: 'paused', cursor: at })
  })
})

describe('the signature', () => {
  const secret = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`
  const now = 1_763_000_000_000

  it('is that of Standard Webhooks: HMAC-SHA256 over id, time and body', () => {
    // From https://github.com/standard-webhooks: "whsec_" and base64, `v1,` and base64, joined by dots.
    const headers = signed(secret, '{"a":1}', now)
    expect(headers['webhook-timestamp']).toBe('1763000000')
    expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/)
    expect(isSigned(secret, '{"a":1}', headers, now)).toBe(true)
  })

  it('covers the body, the id and the time, and is refused when it is old', () => {
    const headers = signed(secret, 'x', now)
    expect(isSigned(secret, 'y', headers, now)).toBe(false)
    expect(isSigned(secret, 'x', { ...headers, 'webhook-id': 'msg_other' }, now)).toBe(false)
    expect(isSigned(secret, 'x', { ...headers, 'webhook-timestamp': '1763000001' }, now)).toBe(false)
    expect(isSigned(`${secret}BB`, 'x', headers, now)).toBe(false)
    expect(isSigned(secret, 'x', headers, now + 301_000)).toBe(false)
  })

  it('gives a batch that says the same the same id, and one that says more another', () => {
    const id = (body: string, time = now): string => signed(secret, body, time)['webhook-id']
    expect(id('a', now + 5_000)).toBe(id('a'))
    expect(id('b')).not.toBe(id('a'))
  })
})

describe('where a webhook may go', () => {
  it('[security] no address of this machine, its network or a cloud is public, however it is written', () => {
    const inner = ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0']
    const inner6 = ['::1', '::', 'fe80::1', 'fd00::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::', 'ff02::1']
    expect([...inner, ...inner6, '255.255.255.255', '224.0.0.1', '2001:db8::1', 'name'].filter(isPublic)).toEqual([])
    expect(['93.184.216.34', '172.32.0.1', '2606:2800:220:1::1'].every(isPublic)).toBe(true)
  })

  it('[security] refuses other protocols, passwords and inner addresses in any spelling', () => {
    const code = (url: string) => addressFault(url, { privateAddresses: false })?.code
    expect(code('https://example.com/hook')).toBeUndefined()
    const closed = ['127.1', '2130706433', '0x7f000001', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254']
    expect(closed.map(host => code(`https://${host}/`))).toEqual(closed.map(() => 'private-address'))
    for (const url of ['http://example.com', 'ftp://example.com', 'https://u:p@example.com', 'no'])
      expect(code(url)).toBe('malformed')
  })

  it('[security] judges a name by the address it leads to when it is connected to', async () => {
    const post = createPost({ privateAddresses: false })
    await expect(post('https://localhost:1/', {}, '', AbortSignal.timeout(5_000))).rejects.toThrow('inside a network')
  })
})
