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

export const barText = (bar: Bar | undefined): string =>
  bar === undefined ? '' : `${bar.must} ${bar.limit}${bar.of === 'ratio' ? ' x' : ''}`

export const meets = (bar: Bar, value: number, ratio: number | null): boolean => {
  const judged = bar.of === 'ratio' ? ratio : value
  if (judged === null || !Number.isFinite(judged)) return false
  if (bar.must === 'at least') return judged >= bar.limit
  return bar.must === 'under' ? judged < bar.limit : judged <= bar.limit
}
