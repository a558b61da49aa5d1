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
    for (let kill = 0; kill < kills; kill++) {
      await killed(rig, chance, `kill-${kill}`, breaches)
      onStep(kill + 1)
    }
    for (let round = 0; round < rounds; round++) {
      takeovers.push(...(await openedAndClosed(rig, chance, `round-${round}`)))
      onStep(kills + round + 1)
    }
    const last = await rig.tab()
    breaches.push(...(await missingIn(last, rig.claimed, 'in the end')))
    await rig.drained(last)
    const created = rig.created()
    for (const id of rig.claimed) {
      if (!created.has(id)) breaches.push(`${id} was saved and never reached the relay`)
    }
    for (const [id, times] of created) if (times !== 1) breaches.push(`${id} reached the relay ${times} times`)
    breaches.push(...rig.troubles)
    return {
      saved: rig.claimed.size,
      takeovers: takeovers.toSorted((a, b) => a - b),
      seconds: (performance.now() - began) / 1000,
      breaches,
    }
  } finally {
    await rig.close()
  }
}

const killed = async (rig: TabsRig, chance: Chance, name: string, breaches: string[]): Promise<void> => {
  const tabs = await Promise.all([rig.tab(), rig.tab()])
  await Promise.all(tabs.map((tab, at) => tab.evaluate(prefix => globalThis.tabsPage.work(prefix), `${name}-${at}`)))
  await sleep(chance.below(STORM))
  await rig.kill()
  const claimed = new Set(rig.claimed)
  await rig.start()
  const back = await rig.tab()
  breaches.push(...(await missingIn(back, claimed, `after ${name}`)))
  await back.close()
}

/** What was called saved, and what lies in the outbox, is to be seen. */
const missingIn = async (tab: Page, claimed: ReadonlySet<string>, when: string): Promise<string[]> => {
  const { jobs, outbox } = await tab.evaluate(() => globalThis.tabsPage.state())
  const seen = new Set(jobs)
  return [
    ...[...claimed].filter(id => !seen.has(id)).map(id => `${id} was saved and is gone ${when}`),
    ...outbox.filter(id => !seen.has(id)).map(id => `${id} is in the outbox without its edit ${when}`),
  ]
}

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
