import * as zlib from 'node:zlib'

/** Node's own CRC-32 (20.15 and later), so that the forger does not depend on what it attacks. */
export const crc32: (bytes: Uint8Array) => number = (zlib as unknown as { crc32(bytes: Uint8Array): number }).crc32
