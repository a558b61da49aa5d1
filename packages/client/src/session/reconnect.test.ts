import { closeCodes } from '@rejoin/profile'
import { describe, expect, it } from 'vitest'
import { comeBack } from './reconnect.ts'

describe('coming back', () => {
  it('waits twice as long each time, up to 30 s, anywhere within that', () => {
    const longest = Array.from({ length: 9 }, (_, attempts) => comeBack({ code: 1006 }, attempts, 0.9999, true))
    const waits = longest.map(back => (back.again ? Math.round(back.after / 100) * 100 : undefined))
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
    expect(comeBack({ code: 1006 }, 8, 0, true)).toEqual({ again: true, after: 0 })
  })

  it.each(['forbidden', 'replaced', 'version'] as const)('does not come back when it was %s', reason => {
    expect(comeBack({ code: closeCodes[reason] }, 0, 0.5, true)).toEqual({ again: false })
  })

  it('asks for a fresh token where it can, at once the first time', () => {
    const code = closeCodes.unauthenticated
    expect(comeBack({ code }, 0, 0.5, true)).toEqual({ again: true, after: 0 })
    expect(comeBack({ code }, 2, 0.5, true)).toEqual({ again: true, after: 1000 })
    expect(comeBack({ code }, 0, 0.5, false)).toEqual({ again: false })
  })
})
