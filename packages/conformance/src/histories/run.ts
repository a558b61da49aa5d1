import { pick } from '../simulator/chance.ts'
import { type Broken, brokenBy } from '../simulator/failure.ts'
import { choose, signIn } from './choices.ts'
import { decide } from './decisions.ts'
import type { Desk } from './desk.ts'
import { type Faults, noFaults } from './faults.ts'
import { createLand, type Land } from './land.ts'
import { drainsOrSaysWhy } from './liveness.ts'
import { befall, calmDown } from './misfortunes.ts'
import { administer, giveRightsBack } from './office.ts'
import { planOf, type Step, type StepKind } from './plan.ts'
import { type Class, reckon } from './reckoning.ts'
import { save } from './saves.ts'

/** One history, from its first step to the account of it. */
export interface HistoryOptions {
  readonly seed: number
  readonly faults?: Faults
  /** instead of those that follow from the seed */
  readonly steps?: readonly Step[]
}

export interface HistoryReport {
  readonly seed: number
  readonly steps: number
  readonly classes: Readonly<Partial<Record<Class, number>>>
  readonly failure?: HistoryFailure
}

export interface HistoryFailure {
  readonly promise: string
  readonly detail: string
  /** the step at which it showed; the number of steps where it showed in the quiet afterwards */
  readonly step: number
}

export const runHistory = async ({
  seed,
  faults = noFaults,
  steps = planOf(seed),
}: HistoryOptions): Promise<HistoryReport> => {
  const land = await createLand(seed, faults)
  let at = 0
  let classes: ReadonlyMap<Class, number> = new Map()
  let found: Broken | undefined
  try {
    for (; at < steps.length; at++) {
      await take(land, steps[at]!)
      land.check()
    }
    classes = await account(land)
    land.check()
  } catch (error) {
    found = brokenBy(error)
  }
  try {
    await land.rig.close()
  } catch (error) {
    found ??= brokenBy(error)
  }
  return {
    seed,
    steps: steps.length,
    classes: Object.fromEntries(classes),
    ...(found === undefined ? {} : { failure: { promise: found.promise, detail: found.detail, step: at } }),
  }
}

const take = async (land: Land, step: Step): Promise<void> => {
  const desk = deskFor(land, step)
  const kinds = doers[step.kind]
  // Whoever signed out does nothing here but sign in; whoever was removed does nothing at all.
  if (kinds !== 'office' && kinds !== 'misfortune' && (desk.removed || desk.empty !== (kinds === 'sign-in'))) return
  if (kinds === 'misfortune' && desk.empty && step.kind === 'crash') return
  switch (kinds) {
    case 'save':
      await save(land, desk, step)
      break
    case 'decision':
      await decide(land, desk, step)
      break
    case 'choice':
      await choose(land, desk, step)
      break
    case 'sign-in':
      await signIn(desk)
      break
    case 'office':
      await administer(land, step)
      break
    case 'misfortune':
      await befall(land, desk, step)
      break
  }
  // Some of what is done is done before anything came of what was done before.
  if (step.r[3] % 3 === 0) land.notice()
  else await land.pass(step.r[3] % 700)
}

/** Who signs in is somebody who signed out; who takes work in is somebody who took it along. */
const deskFor = ({ desks, book }: Land, { kind, who }: Step): Desk => {
  const waits = ({ user, empty }: Desk): boolean =>
    kind === 'sign-in'
      ? empty
      : kind !== 'import' || (!empty && book.files.some(each => each.user === user && !each.imported))
  const able = desks.filter(waits)
  return pick(able.length === 0 ? desks : able, who)
}

type Doer = 'save' | 'decision' | 'choice' | 'sign-in' | 'office' | 'misfortune'

const kindsOf = (doer: Doer, ...kinds: readonly StepKind[]): Record<string, Doer> =>
  Object.fromEntries(kinds.map(kind => [kind, doer]))

const doers = {
  ...kindsOf(
    'save',
    'create',
    'update',
    'delete',
    'chain',
    'group',
    'annotate',
    'complete',
    'raise',
    'submit',
    'save-and-crash',
  ),
  ...kindsOf('decision', 'discard', 'retry', 'correct', 'answer', 'undo', 'restore'),
  ...kindsOf(
    'choice',
    'pause',
    'resume',
    'send',
    'offline-mode',
    'online-again',
    'clear',
    'reset',
    'sign-out',
    'import',
  ),
  ...kindsOf('sign-in', 'sign-in'),
  ...kindsOf('office', 'office', 'close', 'reopen', 'strategy', 'schema', 'rights', 'remove'),
  ...kindsOf(
    'misfortune',
    'cut',
    'reach',
    'cut-at-frame',
    'twice',
    'replay',
    'hold',
    'crash',
    'restart',
    'sign-in-expires',
    'sign-in-renewed',
    'cache-expires',
    'wait',
  ),
} as Readonly<Record<StepKind, Doer>>

const MINUTE = 60_000

/** All faults off and a minute of quiet; then people let everything go that they stopped, and another one. */
const account = async (land: Land): Promise<ReadonlyMap<Class, number>> => {
  await giveRightsBack(land)
  await calmDown(land)
  await land.pass(MINUTE)
  land.check()
  drainsOrSaysWhy(land)
  for (const desk of land.desks) {
    desk.signedIn = true
    if (desk.empty) continue
    await desk.device.rejoin.offline.turnOff()
    desk.offlineMode = false
    for (const reason of desk.paused) if (!land.faults.has('never-resumes')) desk.device.rejoin.outbox.resume(reason)
    desk.paused.clear()
  }
  await land.pass(MINUTE)
  land.check()
  drainsOrSaysWhy(land)
  await land.rig.agree()
  return reckon(land)
}
