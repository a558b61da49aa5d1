import { createChance, weighted } from './chance.ts'
import { type User, USERS } from './places.ts'

/**
 * What happens in a run, as data made from the seed before it begins: each step carries all the randomness it needs,
 * so that steps can be left out to find the few that matter.
 */
export type StepKind =
  /** users at their devices */
  | 'create'
  | 'update'
  | 'delete'
  | 'chain'
  | 'group'
  | 'count'
  | 'add'
  | 'command'
  | 'discard'
  | 'retry'
  | 'resolve'
  /** the back office */
  | 'office'
  /** the network */
  | 'deliver'
  | 'flow'
  | 'cut'
  | 'half-cut'
  | 'offline'
  | 'online'
  | 'repeat'
  | 'replay'
  | 'shuffle'
  /** time and machines */
  | 'wait'
  | 'crash-device'
  | 'restart-device'
  | 'stop-relay'
  | 'kill-relay'
  | 'kill-relay-after-commit'
  | 'peers'

export interface Step {
  readonly kind: StepKind
  /** which device, modulo how many there are */
  readonly who: number
  /** raw random numbers */
  readonly r: readonly [number, number, number, number]
}

const weights: Readonly<Record<StepKind, number>> = {
  create: 4,
  update: 16,
  delete: 4,
  chain: 5,
  group: 3,
  count: 6,
  add: 5,
  command: 6,
  discard: 3,
  retry: 2,
  resolve: 4,
  office: 8,
  deliver: 30,
  flow: 6,
  cut: 2,
  'half-cut': 1,
  offline: 3,
  online: 4,
  repeat: 2,
  replay: 2,
  shuffle: 2,
  wait: 8,
  'crash-device': 2,
  'restart-device': 1,
  'stop-relay': 1,
  'kill-relay': 1,
  'kill-relay-after-commit': 1,
  peers: 6,
}

export interface Plan {
  /** who holds each device */
  readonly users: readonly User[]
  readonly steps: readonly Step[]
}

export const planOf = (seed: number, length?: number): Plan => {
  const chance = createChance(seed, 'plan')
  const raw = (): number => chance.below(2 ** 31)
  const users = usersOf(3 + chance.below(4), chance.below(3) > 0)
  const count = length ?? 60 + chance.below(80)
  const steps = Array.from({ length: count }, (): Step => ({
    kind: weighted(weights, raw()),
    who: raw(),
    r: [raw(), raw(), raw(), raw()],
  }))
  return { users, steps }
}

/** @param twice the last device is a second one of Ada's: then two devices can meet */
export const usersOf = (devices: number, twice: boolean): readonly User[] =>
  Array.from({ length: devices }, (_, at) => (twice && at === devices - 1 ? 'ada' : USERS[at % USERS.length]!))
