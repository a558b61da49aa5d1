import { createChance, weighted } from '../simulator/chance.ts'

/**
 * What happens in a history, as data made from its seed before it begins: each step carries all the randomness it needs,
 * so that steps can be left out to find the few that matter.
 */
export const weights = {
  /** somebody works on a device */
  create: 6,
  update: 16,
  delete: 3,
  chain: 6,
  group: 5,
  annotate: 4,
  complete: 4,
  raise: 8,
  submit: 3,
  'save-and-crash': 3,
  /** and decides about what was refused, asked or is not wanted any more */
  discard: 9,
  retry: 4,
  correct: 14,
  answer: 6,
  undo: 3,
  restore: 2,
  /** what he chooses about the device itself */
  pause: 2,
  resume: 3,
  send: 2,
  'offline-mode': 2,
  'online-again': 3,
  clear: 2,
  reset: 1,
  'sign-out': 3,
  'sign-in': 7,
  import: 7,
  /** the back office and the administrator */
  office: 14,
  close: 3,
  reopen: 2,
  strategy: 3,
  schema: 3,
  rights: 1,
  remove: 1,
  /** misfortunes */
  cut: 5,
  reach: 6,
  'cut-at-frame': 4,
  twice: 6,
  replay: 6,
  hold: 3,
  crash: 3,
  restart: 2,
  'sign-in-expires': 3,
  'sign-in-renewed': 4,
  'cache-expires': 1,
  wait: 10,
} as const

export type StepKind = keyof typeof weights

export interface Step {
  readonly kind: StepKind
  /** which device, modulo how many there are */
  readonly who: number
  /** raw random numbers */
  readonly r: readonly [number, number, number, number]
}

export const planOf = (seed: number, length?: number): readonly Step[] => {
  const chance = createChance(seed, 'history')
  const raw = (): number => chance.below(2 ** 31)
  const count = length ?? 40 + chance.below(50)
  return Array.from({ length: count }, (): Step => ({
    kind: weighted<StepKind>(weights, raw()),
    who: raw(),
    r: [raw(), raw(), raw(), raw()],
  }))
}
