import { describe, expect, it } from 'vitest'
import { pooled } from './pooled.ts'

/** Counts up, so that every byte is told from those around it. */
const counting = () => {
  const draws: number[] = []
  let next = 0
  const draw = (length: number): Uint8Array => {
    draws.push(length)
    return Uint8Array.from({ length }, () => next++ % 251)
  }
  return { draws, draw }
}

describe('pooled random bytes', () => {
  it('come in the order they were drawn, none twice, whatever is asked for at a time', () => {
    const { draw } = counting()
    const random = pooled(draw)
    const asked = [8, 10, 0, 256, 8, 255, 256, 200, 16, 31]
    const got = asked.flatMap(length => [...random(length)])
    const { draw: anew } = counting()
    const drawn = [...anew(4096)]
    // What is left of a pool that is too small for the next piece is thrown away: pieces are runs of what was drawn.
    let from = 0
    for (const length of asked) {
      const piece = got.splice(0, length)
      if (drawn[from] !== piece[0] && length > 0) from = Math.ceil(from / 1024) * 1024
      expect(piece).toEqual(drawn.slice(from, from + length))
      from += length
    }
  })

  it('cost one draw for many pieces, and a long piece one of its own', () => {
    const { draws, draw } = counting()
    const random = pooled(draw)
    for (let n = 0; n < 100; n++) random(10)
    expect(draws).toEqual([1024])
    expect(random(5000)).toHaveLength(5000)
    expect(draws).toEqual([1024, 5000])
  })

  it("are their asker's own: what he does to a piece changes no other", () => {
    const random = pooled(counting().draw)
    random(8).fill(0xff)
    expect([...random(4)]).toEqual([8, 9, 10, 11])
  })
})
