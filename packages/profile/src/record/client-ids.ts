/**
 * Client ids are authority. A device is granted ranges of 256 ids under random prefixes and walks through
 * them record by record: a record takes the next id whenever structs of its present one were thrown away,
 * so that no (client id, clock) ever stands for two different things.
 */
export const IDS_PER_PREFIX = 256

/** Prefixes are below 2^45, ids below 2^53. */
export const PREFIX_BITS = 45

/** @param index how often this record has changed its id on this device, from 0 */
export const clientId = (prefixes: readonly number[], index: number): number | undefined => {
  const prefix = prefixes[Math.floor(index / IDS_PER_PREFIX)]
  return prefix === undefined ? undefined : prefix * IDS_PER_PREFIX + (index % IDS_PER_PREFIX)
}

export const prefixOf = (client: number): number => Math.floor(client / IDS_PER_PREFIX)

export const isPrefix = (prefix: number): boolean =>
  Number.isSafeInteger(prefix) && prefix > 0 && prefix < 2 ** PREFIX_BITS
