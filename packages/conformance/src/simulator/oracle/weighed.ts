import type { BuiltInStrategy, Content } from '@rejoin/profile'
import type { SimulatedStrategy } from '../strategies.ts'

/** What the worlds' own strategy (strategies.ts) comes to, by hand: which of the others it is like on this record. */
export const wordOn = (
  strategy: SimulatedStrategy,
  standing: Content | undefined,
): { readonly as: BuiltInStrategy; readonly busy: boolean } => {
  if (strategy !== 'byPriority') return { as: strategy, busy: false }
  const priority = standing === undefined || standing.deleted ? 0 : Number(standing.fields['priority'] ?? 0)
  const words = ['clientWins', 'serverWins', 'merge', 'ask', 'clientWins'] as const
  return { as: words[priority % 5]!, busy: priority % 5 === 4 }
}

/** The record it makes of a conflict itself: nobody's. */
export const madeBusy = (standing: Content): Content => ({
  fields: { ...standing.fields, status: 'busy' },
  deleted: false,
})
