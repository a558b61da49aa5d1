import type { Value } from '../schema/schema.ts'
import { ByteFault, type Reader } from './reader.ts'

/** A column may hold this many elements at most. */
export const MAX_ELEMENTS = 100

/** lib0's `any`, cut to what a column may hold: no objects, no nesting, so no stack to exhaust. */
export const readValue = (reader: Reader): Value => {
  const type = reader.byte()
  if (type !== ARRAY) return readScalar(reader, type)
  const count = reader.count()
  if (count > MAX_ELEMENTS) throw new ByteFault('too many elements')
  const elements: (string | number)[] = []
  for (let i = 0; i < count; i++) {
    const element = readScalar(reader, reader.byte())
    if (typeof element !== 'string' && typeof element !== 'number')
      throw new ByteFault('an element is no text or number')
    elements.push(element)
  }
  return elements
}

const ARRAY = 117

const readScalar = (reader: Reader, type: number): string | number | boolean | null => {
  switch (type) {
    case 119:
      return reader.string()
    case 125:
      return reader.int()
    case 123:
      return finite(reader.float64())
    case 124:
      return finite(reader.float32())
    case 126:
      return null
    case 120:
      return true
    case 121:
      return false
    default:
      throw new ByteFault(`value type ${type} is not allowed`)
  }
}

/** Past the value, whatever it says: text is not made, numbers are not looked at. */
export const skipValue = (reader: Reader): void => {
  const type = reader.byte()
  if (type !== ARRAY) return skipScalar(reader, type)
  for (let left = reader.count(); left > 0; left--) skipScalar(reader, reader.byte())
}

const skipScalar = (reader: Reader, type: number): void => {
  switch (type) {
    case 119:
      return reader.skip(reader.uint())
    case 125:
      return void reader.int()
    case 123:
      return reader.skip(8)
    case 124:
      return reader.skip(4)
    case 126:
    case 120:
    case 121:
      return
    default:
      throw new ByteFault(`value type ${type} is not allowed`)
  }
}

const finite = (value: number): number => {
  if (!Number.isFinite(value)) throw new ByteFault('number is not finite')
  return value
}

export const sameValue = (a: Value | undefined, b: Value | undefined): boolean => {
  const left = a ?? null
  const right = b ?? null
  if (left === right) return true
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
  return left.every((element, index) => element === right[index])
}
