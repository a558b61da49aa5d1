import type { Fault } from '@rejoin/profile'
import { describe, expect, it } from 'vitest'
import { type Status, type StatusFacts, statusOf } from './status.ts'

const fault = (code: string): Fault => ({
  code,
  at: 'somewhere',
  message: `there is a ${code}`,
  fix: `mend the ${code}`,
})
const yesOrNo = [false, true]

/** every combination of facts */
const combinations: readonly StatusFacts[] = (['offline', 'connecting', 'catching-up', 'live'] as const).flatMap(link =>
  yesOrNo.flatMap(offlineMode =>
    yesOrNo.flatMap(manual =>
      [0, 1, 3].flatMap(operations =>
        [[], [fault('fire')], [fault('fire'), fault('flood')]].flatMap(errors =>
          [[], [fault('smoke')]].map(warnings => ({
            link,
            offlineMode,
            manual,
            pending: { operations, records: Math.min(operations, 2) },
            errors,
            warnings,
          })),
        ),
      ),
    ),
  ),
)

/** As the statement says it, in its own order. */
const expected: readonly (readonly [Status['state'], (facts: StatusFacts) => boolean])[] = [
  ['error', ({ errors }) => errors.length > 0],
  ['warning', ({ warnings }) => warnings.length > 0],
  ['syncing', ({ link }) => link === 'catching-up'],
  ['pending', ({ pending }) => pending.operations > 0],
  ['connected', ({ link }) => link === 'live'],
  ['not-connected', () => true],
]

describe('status', () => {
  it('[ST2] error, warning, syncing, pending, link: the first that holds, in all combinations of facts', () => {
    expect(combinations).toHaveLength(4 * 2 * 2 * 3 * 3 * 2)
    for (const facts of combinations) {
      const [state] = expected.find(([, holds]) => holds(facts))!
      expect(statusOf(facts).state, JSON.stringify(facts)).toBe(state)
    }
  })

  it('[ST2] not connected with pending shows pending and says both', () => {
    for (const facts of combinations) {
      const { state, description } = statusOf(facts)
      if (state !== 'pending' || facts.link === 'live') continue
      expect(description).toMatch(/(Not connected|Offline mode is on).*\d changes? of \d records? not accepted yet/)
    }
  })

  it('[ST1] there are six states, each with an icon of its own', () => {
    const icons = new Map(combinations.map(facts => [statusOf(facts).state, statusOf(facts).icon]))
    expect(icons.size).toBe(6)
    expect(new Set(icons.values()).size).toBe(6)
  })

  it('[ST3] each state is described in sentences, with what to do; errors and warnings say theirs', () => {
    for (const facts of combinations) {
      const { state, title, description, whatToDo, causes } = statusOf(facts)
      for (const text of [description, whatToDo]) expect(text).toMatch(/^[A-Z].{8,}\.$/)
      expect(title.length).toBeGreaterThan(3)
      expect(causes).toEqual([...facts.errors, ...facts.warnings])
      if (facts.pending.operations > 0) expect(description).toContain(`${facts.pending.operations} change`)
      if (state === 'error') expect(`${description} ${whatToDo}`).toMatch(/there is a fire.*mend the fire/i)
      if (state === 'warning') expect(`${description} ${whatToDo}`).toMatch(/there is a smoke.*mend the smoke/i)
    }
  })
})
