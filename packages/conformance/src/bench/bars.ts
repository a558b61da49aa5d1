/** The bars that decide the exit code. A measure without one is a figure for people. */
export interface Bar {
  readonly of: 'ratio' | 'value'
  readonly must: 'at least' | 'at most' | 'under'
  readonly limit: number
}

export const bars: Readonly<Record<string, Bar>> = {
  'first-sync': { of: 'ratio', must: 'at least', limit: 0.6 },
  flush: { of: 'ratio', must: 'at most', limit: 8 },
  live: { of: 'ratio', must: 'at most', limit: 3 },
  fanout: { of: 'ratio', must: 'at most', limit: 2.5 },
  reconnect: { of: 'value', must: 'at most', limit: 1 },
  'reconnect.up': { of: 'value', must: 'under', limit: 2000 },
  'reconnect.down': { of: 'value', must: 'under', limit: 2000 },
  memory: { of: 'value', must: 'under', limit: 150 },
}

/** Of `bench scope`: ten times the tables, a thousand times the listeners. */
export const scopeBars: Readonly<Record<string, Bar>> = {
  'scope.sqlite.growth.computed': { of: 'value', must: 'at most', limit: 1.5 },
  'scope.postgres.growth.computed': { of: 'value', must: 'at most', limit: 1.5 },
  'documented.sqlite.growth.computed': { of: 'value', must: 'at most', limit: 1.5 },
  'documented.postgres.growth.computed': { of: 'value', must: 'at most', limit: 1.5 },
  'live.sqlite.growth': { of: 'value', must: 'at most', limit: 1.5 },
  'live.sqlite.memory': { of: 'value', must: 'under', limit: 12 },
  'live.postgres.growth': { of: 'value', must: 'at most', limit: 1.5 },
  'live.postgres.memory': { of: 'value', must: 'under', limit: 12 },
}

/**
 * Of `bench device`: a cold query over 100,000 records in 0.3 s, one change of them at the price of one of 10,000 (a list
 * of all of them is a new array each time), and nothing that both do slower than Dexie. Dexie's cold query is none of
 * that: it reads one index and the rows it names.
 */
export const deviceBars: Readonly<Record<string, Bar>> = {
  'device.node.cold-open.100k': { of: 'value', must: 'at most', limit: 300 },
  'device.node.live.list.growth': { of: 'value', must: 'at most', limit: 1.5 },
  'device.chromium.first-sync.10k': { of: 'ratio', must: 'at least', limit: 1 },
  'device.chromium.first-sync.100k': { of: 'ratio', must: 'at least', limit: 1 },
  'device.chromium.store.10k': { of: 'ratio', must: 'at least', limit: 1 },
  'device.chromium.store.100k': { of: 'ratio', must: 'at least', limit: 1 },
  'device.chromium.cold-open.100k': { of: 'value', must: 'at most', limit: 300 },
  'device.chromium.read-all.100k': { of: 'ratio', must: 'at most', limit: 1 },
  'device.chromium.query.indexed': { of: 'ratio', must: 'at most', limit: 1 },
  'device.chromium.query.unindexed': { of: 'ratio', must: 'at most', limit: 1 },
  'device.chromium.save.outbox': { of: 'ratio', must: 'at most', limit: 1 },
  'device.chromium.live.list': { of: 'ratio', must: 'at most', limit: 1 },
  'device.chromium.live.all': { of: 'ratio', must: 'at most', limit: 1 },
  'device.chromium.live.list.growth': { of: 'value', must: 'at most', limit: 1.5 },
}

export const barText = (bar: Bar | undefined): string =>
  bar === undefined ? '' : `${bar.must} ${bar.limit}${bar.of === 'ratio' ? ' x' : ''}`

export const meets = (bar: Bar, value: number, ratio: number | null): boolean => {
  const judged = bar.of === 'ratio' ? ratio : value
  if (judged === null || !Number.isFinite(judged)) return false
  if (bar.must === 'at least') return judged >= bar.limit
  return bar.must === 'under' ? judged < bar.limit : judged <= bar.limit
}
