import { type BuiltInStrategy, type CustomStrategy, strategies } from '@rejoin/profile'

/**
 * The application's own strategy of every world: what becomes of a conflict hangs on the priority of the record as it
 * stands, so that all words a strategy has come up. What they come to, the oracle says by hand (oracle/weighed.ts).
 */
export const byPriority: CustomStrategy = {
  name: 'byPriority',
  decide: ({ kind, theirs }) => {
    switch (Number(theirs?.['priority'] ?? 0) % 5) {
      case 1:
        return 'theirs'
      case 2:
        return kind === 'delete' ? 'theirs' : 'merged'
      case 3:
        return 'ask'
      case 4:
        return { set: { status: 'busy' } }
      default:
        return 'mine'
    }
  },
}

export type SimulatedStrategy = BuiltInStrategy | 'byPriority'

export const STRATEGIES: readonly SimulatedStrategy[] = [
  ...(Object.keys(strategies) as BuiltInStrategy[]),
  'byPriority',
]
