// idb asks for the global classes of IndexedDB; each run has a factory, that is a disk, of its own.
import 'fake-indexeddb/auto'
import type { Edit } from '@rejoin/profile'
import { IDBFactory } from 'fake-indexeddb'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { openIndexedDbStore } from '../store/indexeddb.ts'
import { createMemoryDisk } from '../store/memory.ts'
import type { Store } from '../store/store.ts'
import { type Browser, createBrowser, syncedDisk, type Tab } from './browser.fixture.ts'

type Step =
  | { readonly do: 'open' }
  | { readonly do: 'close' | 'crash' | 'freeze' | 'doze' | 'thaw' | 'save'; readonly which: number }
  | { readonly do: 'pass'; readonly ms: number }

const which = fc.nat({ max: 3 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('open' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('crash' as const, 'freeze' as const, 'doze' as const, 'thaw' as const),
      which,
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('save' as const), which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 3, 10, 500, 4_000) }) },
)

interface Save {
  readonly title: string
  readonly tab: Tab
  resolved: boolean
  rejected: unknown
}

interface Life {
  readonly browser: Browser
  readonly saves: readonly Save[]
  readonly alive: readonly Tab[]
}

const MOST_TABS = 4

/** Lives through the steps; in the end all who are left are awake and at rest. */
const live = async (browser: Browser, steps: readonly Step[]): Promise<Life> => {
  const saves: Save[] = []
  let tabs: Tab[] = []
  const closing: Promise<void>[] = []
  const frozen = new Set<Tab>()
  const saveIn = (tab: Tab): void => {
    const save: Save = { title: `save ${saves.length}`, tab, resolved: false, rejected: undefined }
    saves.push(save)
    // Every other one on the same record: a chain of many tabs.
    const tasks = tab.rejoin.table('task')
    const done = saves.length % 2 === 0 ? tasks.create({ title: save.title }) : tasks.update('A', { title: save.title })
    done.then(
      () => (save.resolved = true),
      (error: unknown) => (save.rejected = error),
    )
  }
  const gone = (tab: Tab): void => {
    tabs = tabs.filter(each => each !== tab)
    frozen.delete(tab)
  }
  for (const each of steps) {
    const tab = 'which' in each ? tabs[each.which % Math.max(1, tabs.length)] : undefined
    if (each.do === 'pass') await browser.pass(each.ms)
    else if (each.do === 'open') {
      if (tabs.length < MOST_TABS) tabs.push(await browser.open())
    } else if (tab !== undefined) {
      if (each.do === 'save' && !frozen.has(tab)) saveIn(tab)
      else if (each.do === 'freeze' || each.do === 'doze') {
        frozen.add(tab)
        tab.freeze(each.do === 'doze' ? 'drowsy' : 'frozen')
      } else if (each.do === 'thaw') {
        frozen.delete(tab)
        tab.thaw()
      } else if (each.do === 'crash') {
        tab.crash()
        gone(tab)
      } else if (each.do === 'close' && !frozen.has(tab)) {
        closing.push(tab.close())
        gone(tab)
      }
    }
  }
  for (const tab of frozen) tab.thaw()
  if (tabs.length === 0) tabs.push(await browser.open())
  await browser.until(Promise.all(closing))
  await browser.pass(20_000)
  return { browser, saves, alive: tabs }
}

/** Asked of the disk alone, never of a tab. */
const check = async ({ browser, saves, alive }: Life): Promise<void> => {
  const edits = (await browser.disk.scan('outbox')).map(([, entry]) => (entry as unknown as { edit: Edit }).edit)
  const times = (title: string): number =>
    edits.filter(({ changes }) => Object.values(changes).some(([, after]) => after === title)).length
  for (const { title, tab, resolved, rejected } of saves) {
    expect(rejected, title).toBeUndefined()
    expect(times(title), `${title} of tab ${tab.number}`).toBeLessThanOrEqual(1)
    if (resolved) expect(times(title), `${title} was saved`).toBe(1)
    else expect(alive, `${title} of a tab that lives is not settled`).not.toContain(tab)
  }
  expect(edits.map(({ seq }) => seq)).toEqual(edits.map((_, at) => at + 1))
  const structs = edits.flatMap(({ table, record, update }) =>
    Y.decodeUpdate(update).structs.map(({ id }) => `${table}/${record} ${id.client} ${id.clock}`),
  )
  expect(new Set(structs).size, 'a clock of a client id was given twice').toBe(structs.length)
  let writer: number | undefined
  for (const { tab, over } of browser.commits) {
    if (over) writer = tab
    expect(tab, 'a tab committed after another had taken over').toBe(writer)
  }
  for (const { rejoin, number } of alive) {
    expect(
      rejoin.outbox.current.map(({ id }) => id),
      `what tab ${number} shows`,
    ).toEqual(edits.map(({ id }) => id))
  }
  const shown = alive.map(({ rejoin }) => rejoin.table('task').query().current)
  for (const rows of shown) expect(rows).toEqual(shown[0])
  expect(browser.errors).toEqual([])
}

const lives = (disk: () => () => Promise<Store>, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 20 }),
      async (steps, delays) => {
        const openStore = disk()
        await syncedDisk(openStore)
        let turn = 0
        const browser = await createBrowser({ openStore, delay: () => delays[turn++ % delays.length]! })
        await check(await live(browser, steps))
      },
    ),
    { numRuns },
  )

describe('tabs that open, close, crash, freeze and save at random lose no save, double none, and never write two at once', () => {
  it('in memory', async () => {
    await lives(() => {
      const disk = createMemoryDisk({ shared: true })
      return async () => disk.open()
    }, 150)
  }, 120_000)

  it('on IndexedDB (fake-indexeddb)', async () => {
    await lives(() => {
      const indexedDB = new IDBFactory()
      return () => openIndexedDbStore({ name: 'tabs', indexedDB })
    }, 15)
  }, 120_000)
})
