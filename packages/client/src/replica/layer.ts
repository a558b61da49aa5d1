/** What a layer lies over: a map, or another layer. */
export interface Below<V> {
  get(key: string): V | undefined
}

/** A map laid over another: reads fall through, writes stay here until they are kept. */
export class Layer<V> implements Below<V> {
  private readonly below: Below<V>
  // Most layers of most decisions are never written to.
  private own: Map<string, V | undefined> | undefined

  constructor(below: Below<V>) {
    this.below = below
  }

  get(key: string): V | undefined {
    return this.own?.has(key) === true ? this.own.get(key) : this.below.get(key)
  }

  /** undefined removes */
  set(key: string, value: V | undefined): void {
    this.own ??= new Map()
    this.own.set(key, value)
  }

  get written(): ReadonlyMap<string, V | undefined> {
    return this.own ?? nothing
  }
}

const nothing = new Map<string, never>()

export const pour = <V>({ written }: Layer<V>, into: Layer<V>): void => {
  for (const [key, value] of written) into.set(key, value)
}

/** Layers become part of the map below. */
export const settleInto = <V>({ written }: Layer<V>, map: Map<string, V>): void => {
  for (const [key, value] of written) {
    if (value === undefined) map.delete(key)
    else map.set(key, value)
  }
}
