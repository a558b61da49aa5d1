/**
 * Random bytes, drawn many at a time: a draw from the system costs as much for ten bytes as for a thousand. No byte is
 * handed out twice, and each piece is the caller's own.
 */
export const pooled = (draw: (length: number) => Uint8Array): ((length: number) => Uint8Array) => {
  let pool = new Uint8Array()
  let at = 0
  return length => {
    if (length > POOL / 4) return draw(length)
    if (at + length > pool.length) {
      pool = Uint8Array.from(draw(POOL))
      at = 0
    }
    const piece = pool.slice(at, at + length)
    pool.fill(0, at, at + length)
    at += length
    return piece
  }
}

const POOL = 1024
