import * as encoding from 'lib0/encoding'
import { fromHex, toHex } from '../bytes/hex.ts'
import { ByteFault, type Reader } from '../bytes/reader.ts'
import { readValue } from '../bytes/value.ts'
import type { Value } from '../schema/schema.ts'

/**
 * Message shapes as values: one description writes, reads, checks and prints itself. Types are inferred from
 * shapes; the printed text is hashed by a test, so that no shape changes without a protocol version.
 */
export interface Shape<T> {
  readonly text: string
  /** the fewest bytes a value takes: bounds counts before anything is allocated */
  readonly least: number
  write(encoder: encoding.Encoder, value: T): void
  read(reader: Reader): T
}

export type Of<S> = S extends Shape<infer T> ? T : never

export const uint: Shape<number> = {
  text: 'uint',
  least: 1,
  write: encoding.writeVarUint,
  read: reader => reader.uint(),
}

export const text: Shape<string> = {
  text: 'text',
  least: 1,
  write: encoding.writeVarString,
  read: reader => reader.string(),
}

export const flag: Shape<boolean> = {
  text: 'flag',
  least: 1,
  write: (encoder, value) => encoding.writeUint8(encoder, value ? 1 : 0),
  read: reader => {
    const byte = reader.byte()
    if (byte > 1) throw new ByteFault('a flag is 0 or 1')
    return byte === 1
  },
}

/** read as a view into the frame */
export const blob: Shape<Uint8Array> = {
  text: 'blob',
  least: 1,
  write: encoding.writeVarUint8Array,
  read: reader => reader.blob(),
}

/** 16 hex digits in 8 bytes; the empty text in one byte less than nothing would need */
export const hex: Shape<string> = {
  text: 'hex',
  least: 1,
  write: (encoder, value) => encoding.writeVarUint8Array(encoder, fromHex(value)),
  read: reader => toHex(reader.blob()),
}

/** a column value */
export const value: Shape<Value> = {
  text: 'value',
  least: 1,
  write: (encoder, present) => encoding.writeAny(encoder, present as never),
  read: readValue,
}

/** plain JSON data, for what is read once and validated by its own schema */
export const json: Shape<unknown> = {
  text: 'json',
  least: 1,
  write: (encoder, data) => encoding.writeVarString(encoder, JSON.stringify(data)),
  read: reader => {
    try {
      return JSON.parse(reader.string()) as unknown
    } catch {
      throw new ByteFault('not JSON')
    }
  },
}

export const optional = <T>(inner: Shape<T>): Shape<T | undefined> => ({
  text: `${inner.text}?`,
  least: 1,
  write: (encoder, present) => {
    encoding.writeUint8(encoder, present === undefined ? 0 : 1)
    if (present !== undefined) inner.write(encoder, present)
  },
  read: reader => (flag.read(reader) ? inner.read(reader) : undefined),
})

export const list = <T>(inner: Shape<T>, most = 100_000): Shape<readonly T[]> => ({
  text: `[${inner.text}]<=${most}`,
  least: 1,
  write: (encoder, items) => {
    encoding.writeVarUint(encoder, items.length)
    for (const item of items) inner.write(encoder, item)
  },
  read: reader => {
    const count = reader.count(inner.least)
    if (count > most) throw new ByteFault(`more than ${most} items`)
    const items: T[] = []
    for (let i = 0; i < count; i++) items.push(inner.read(reader))
    return items
  },
})

/** keys in the order written; prototype names are refused */
export const dictionary = <T>(inner: Shape<T>, most = 5_000): Shape<Readonly<Record<string, T>>> => ({
  text: `{${inner.text}}<=${most}`,
  least: 1,
  write: (encoder, present) => {
    const entries = Object.entries(present)
    encoding.writeVarUint(encoder, entries.length)
    for (const [key, item] of entries) {
      encoding.writeVarString(encoder, key)
      inner.write(encoder, item)
    }
  },
  read: reader => {
    const count = reader.count(1 + inner.least)
    if (count > most) throw new ByteFault(`more than ${most} entries`)
    const present: Record<string, T> = {}
    for (let i = 0; i < count; i++) {
      const key = reader.string()
      if (key === '__proto__') throw new ByteFault('a forbidden key')
      present[key] = inner.read(reader)
    }
    return present
  },
})

type Fields = Readonly<Record<string, Shape<never> | Shape<unknown>>>
/** Members whose shape is optional may be left out. */
export type StructOf<F extends Fields> = {
  readonly [K in keyof F as undefined extends Of<F[K]> ? never : K]: Of<F[K]>
} & { readonly [K in keyof F as undefined extends Of<F[K]> ? K : never]?: Exclude<Of<F[K]>, undefined> }

export const struct = <F extends Fields>(fields: F): Shape<StructOf<F>> => {
  const members = Object.entries(fields) as [string, Shape<unknown>][]
  return {
    text: `(${members.map(([name, shape]) => `${name}:${shape.text}`).join(' ')})`,
    least: members.reduce((sum, [, shape]) => sum + shape.least, 0),
    write: (encoder, present) => {
      for (const [name, shape] of members) shape.write(encoder, (present as Record<string, unknown>)[name])
    },
    read: reader => {
      const read: Record<string, unknown> = {}
      for (const [name, shape] of members) {
        const member = shape.read(reader)
        if (member !== undefined) read[name] = member
      }
      return read as StructOf<F>
    },
  }
}

export const word = <const W extends readonly string[]>(words: W): Shape<W[number]> => ({
  text: words.join('|'),
  least: 1,
  write: (encoder, present) => encoding.writeUint8(encoder, words.indexOf(present)),
  read: reader => {
    const found = words[reader.byte()]
    if (found === undefined) throw new ByteFault('an unknown word')
    return found
  },
})

type Cases = Readonly<Record<string, Shape<unknown>>>
export type UnionOf<Tag extends string, C extends Cases> = {
  [K in keyof C & string]: { readonly [T in Tag]: K } & Of<C[K]>
}[keyof C & string]

/** A tagged union; the tag is written as its place in `cases`, which therefore only ever grows at the end. */
export const union = <const Tag extends string, C extends Cases>(tag: Tag, cases: C): Shape<UnionOf<Tag, C>> => {
  const names = Object.keys(cases)
  return {
    text: `<${names.map(name => `${name}${cases[name]!.text}`).join(' ')}>`,
    least: 1,
    write: (encoder, present) => {
      const name = (present as Record<Tag, string>)[tag]
      encoding.writeUint8(encoder, names.indexOf(name))
      cases[name]!.write(encoder, present)
    },
    read: reader => {
      const name = names[reader.byte()]
      if (name === undefined) throw new ByteFault('an unknown message')
      return Object.assign(cases[name]!.read(reader) as object, { [tag]: name }) as UnionOf<Tag, C>
    },
  }
}
