import type { StoreValue } from './store.ts'

/** One value of each kind and edge that a store must give back as it was. */
export const samples: { readonly [key: string]: StoreValue } = {
  null: null,
  true: true,
  false: false,
  zero: 0,
  negative: -1,
  int31: 2 ** 31 - 1,
  int32: 2 ** 31,
  minusInt32: -(2 ** 31),
  largest: Number.MAX_SAFE_INTEGER,
  smallest: Number.MIN_SAFE_INTEGER,
  prefix: 2 ** 53 - 256,
  float: 0.1,
  single: 0.5,
  tiny: Number.MIN_VALUE,
  huge: Number.MAX_VALUE,
  empty: '',
  unicode: 'Grüße, 世界 🧑‍🔧 \u0000 \u{10FFFF}',
  bytes: Uint8Array.of(0, 127, 128, 255),
  noBytes: new Uint8Array(0),
  large: Uint8Array.from({ length: 70_000 }, (_, at) => at * 31),
  list: [1, 'a', null, [[], {}], Uint8Array.of(1)],
  record: {
    id: 'ä',
    rev: 2 ** 40,
    nested: { bytes: Uint8Array.of(9), list: [{ update: Uint8Array.of(1, 2) }, null] },
    '': true,
  },
  bytesOfText: new TextEncoder().encode('text'),
}
