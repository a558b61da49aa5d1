/** A map laid over another: reads fall through, writes stay here until they are kept. */
export interface Layer<V> {
  get(key: string): V | undefined
  /** undefined removes */
  set(key: string, value: V | undefined): void
  readonly written: ReadonlyMap<string, V | undefined>
}

export const layerOver = <V>(below: (key: string) => V | undefined): Layer<V> => {
  // Most layers of most decisions are never written to.
  let written: Map<string, V | undefined> | undefined
  return {
    get: key => (written?.has(key) === true ? written.get(key) : below(key)),
    set: (key, value) => void (written ??= new Map()).set(key, value),
    get written() {
      return written ?? nothing
    },
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
