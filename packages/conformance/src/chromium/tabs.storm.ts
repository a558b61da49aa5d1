import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { type Chance, createChance } from '../simulator/chance.ts'
import { openTabsRig, type TabsRig } from './tabs.rig.ts'

/**
 * Tabs that save without a pause while the browser is killed, again and again, or while tabs are opened and closed at
 * random; then peace. What a tab had called saved is in the store when the browser is back, and at the relay once in
 * the end. A seed decides when; what is under way at that moment is up to the machine.
 */
export interface StormOptions {
  readonly seed: number
  readonly kills: number
  readonly rounds: number
  readonly onStep?: (done: number) => void
}

export interface StormReport {
  /** saves that had resolved */
  readonly saved: number
  /** whole databases the browser did not bring back after a kill, and saves not yet sent that were in them */
  readonly lost: { readonly databases: number; readonly saves: number }
  /** ms from the end of a leader to the next one, sorted */
  readonly takeovers: readonly number[]
  readonly seconds: number
  /** sentences; none is the proof */
  readonly breaches: readonly string[]
}

const TABS = 4
/** ms of work before a kill, at most */
const STORM = 500
/** ms between two closings, at most */
const PAUSE = 200

export const runStorm = async ({ seed, kills, rounds, onStep = () => {} }: StormOptions): Promise<StormReport> => {
  const began = performance.now()
  const rig = await openTabsRig()
  const breaches: string[] = []
  const takeovers: number[] = []
  try {
    await rig.start()
    const first = await rig.tab()
    await first.evaluate(() => globalThis.tabsPage.firstSync())
    await first.close()
    const chance = createChance(seed, 'tabs')
    const gone = new Set<string>()
    let databases = 0
    let fence = 0
    for (let kill = 0; kill < kills; kill++) {
      const result = await killed(rig, chance, `kill-${kill}`, { fence, gone })
      breaches.push(...result.breaches)
      for (const id of result.lost) gone.add(id)
      if (result.fence < fence) databases++
      fence = result.fence
      onStep(kill + 1)
    }
    for (let round = 0; round < rounds; round++) {
      takeovers.push(...(await openedAndClosed(rig, chance, `round-${round}`)))
      onStep(kills + round + 1)
    }
    const last = await rig.tab()
    await rig.drained(last)
    breaches.push(...(await missingIn(last, without(rig.claimed, gone), 'in the end')))
    const created = rig.created()
    const missing = [...rig.claimed].filter(id => !created.has(id) && !gone.has(id))
    breaches.push(
      ...listed(missing, 'saved have never reached the relay'),
      ...listed(
        [...created.keys()].filter(id => created.get(id) !== 1),
        'have reached the relay more than once',
      ),
      ...rig.troubles,
    )
    return {
      saved: rig.claimed.size,
      lost: { databases, saves: gone.size },
      takeovers: takeovers.toSorted((a, b) => a - b),
      seconds: (performance.now() - began) / 1000,
      breaches,
    }
  } finally {
    await rig.close()
  }
}

const killed = async (
  rig: TabsRig,
  chance: Chance,
  name: string,
  before: { readonly fence: number; readonly gone: ReadonlySet<string> },
): Promise<{ readonly fence: number; readonly breaches: readonly string[]; readonly lost: readonly string[] }> => {
  const tabs = await Promise.all([rig.tab(), rig.tab()])
  await Promise.all(tabs.map((tab, at) => tab.evaluate(prefix => globalThis.tabsPage.work(prefix), `${name}-${at}`)))
  await sleep(chance.below(STORM))
  await rig.kill()
  const claimed = without(rig.claimed, before.gone)
  await rig.start()
  const back = await rig.tab()
  const fence = await back.evaluate(() => globalThis.tabsPage.fence())
  if (fence < before.fence) {
    // The fence never falls, not even by a wipe: this is another database, and the one before is nowhere.
    const created = rig.created()
    await back.evaluate(() => globalThis.tabsPage.firstSync())
    await back.close()
    return { fence, breaches: [], lost: [...claimed].filter(id => !created.has(id)) }
  }
  const breaches = await missingIn(back, claimed, `after ${name}`)
  await back.close()
  return { fence, breaches, lost: [] }
}

const without = (ids: ReadonlySet<string>, these: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...ids].filter(id => !these.has(id)))

/** What was called saved, and what lies in the outbox, is to be seen. */
const missingIn = async (tab: Page, claimed: ReadonlySet<string>, when: string): Promise<string[]> => {
  const { jobs, outbox } = await tab.evaluate(() => globalThis.tabsPage.state())
  const seen = new Set(jobs)
  return [
    ...listed(
      [...claimed].filter(id => !seen.has(id)),
      `of ${claimed.size} saved are gone ${when}`,
    ),
    ...listed(
      outbox.filter(id => !seen.has(id)),
      `of ${outbox.length} are in the outbox without their edit ${when}`,
    ),
  ]
}

const listed = (ids: readonly string[], what: string): string[] =>
  ids.length === 0 ? [] : [`${ids.length} ${what}: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', ...' : ''}`]

/** @returns ms of each taking over */
const openedAndClosed = async (rig: TabsRig, chance: Chance, name: string): Promise<number[]> => {
  const takeovers: number[] = []
  let open = await Promise.all(Array.from({ length: TABS }, () => rig.tab()))
  await Promise.all(open.map((tab, at) => tab.evaluate(prefix => globalThis.tabsPage.work(prefix), `${name}-${at}`)))
  while (open.length > 0) {
    await sleep(chance.below(PAUSE))
    const leaders = await Promise.all(open.map(leads))
    // The leader every other time: followers come and go as well.
    const at = chance.below(2) === 0 ? leaders.indexOf(true) : chance.below(open.length)
    const tab = open[Math.max(0, at)]!
    open = open.filter(each => each !== tab)
    const began = performance.now()
    if (chance.below(2) === 0) await tab.evaluate(() => globalThis.tabsPage.close())
    await tab.close()
    if (leaders[at] !== true || open.length === 0) continue
    while (!(await Promise.all(open.map(leads))).includes(true)) await sleep(5)
    takeovers.push(performance.now() - began)
  }
  return takeovers
}

const leads = (tab: Page): Promise<boolean> => tab.evaluate(() => globalThis.tabsPage.leads())
