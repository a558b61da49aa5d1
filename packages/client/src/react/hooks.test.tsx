// @vitest-environment happy-dom
import { Component, type ReactNode, StrictMode, Suspense, use } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { confirmed, openScript, rowChange, type schema, type Script } from '../device/device.fixture.ts'
import type { AppActions } from '../offline/actions.ts'
import type { Query } from '../table/query.ts'
import { RejoinProvider } from './context.ts'
import { useAction, useOfflineMode, useOutbox, useProgress, useStatus } from './device.ts'
import { drawn } from './draw.fixture.ts'
import { hooksFor } from './records.ts'
import { LINGER } from './shared.ts'

const { useQuery, useSuspenseQuery, useRecord } = hooksFor<typeof schema>()

const opened = async (): Promise<Script> => {
  const script = await openScript()
  await script.greet({
    A: confirmed('A', 5, { title: 'pump', hours: 2 }),
    B: confirmed('B', 6, { title: 'belt', hours: 1 }),
    C: confirmed('C', 7, { title: 'cable', hours: 0 }),
  })
  return script
}

const within = ({ device }: Script, node: ReactNode): ReactNode => (
  <RejoinProvider rejoin={device}>{node}</RejoinProvider>
)

/** Everything a hook has returned, one for each time its component was drawn. */
const watching = <T,>(hook: () => T): { readonly Watch: () => ReactNode; readonly seen: T[] } => {
  const seen: T[] = []
  const Watch = (): ReactNode => {
    seen.push(hook())
    return null
  }
  return { Watch, seen }
}

/** How many live queries and records of a device are open, counted where they are opened. */
const counted = (script: Script): { readonly open: () => number; readonly made: () => number } => {
  let open = 0
  let made = 0
  const { table } = script.device
  const count = <L extends { close(): void }>(live: L): L => {
    open++
    made++
    const { close } = live
    return Object.defineProperty(live, 'close', {
      value: () => {
        open--
        close()
      },
    })
  }
  Object.assign(script.device, {
    table: (name: 'task') => {
      const api = table(name)
      return { ...api, query: (query: Query) => count(api.query(query)), watch: (id: string) => count(api.watch(id)) }
    },
  })
  return { open: () => open, made: () => made }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('useQuery', () => {
  it('is drawn once for each change of its rows, and never for another', async () => {
    const script = await opened()
    const { Watch, seen } = watching(() => useQuery('task', { where: { hours: { ge: 1 } }, orderBy: ['title'] }))
    const page = await drawn(within(script, <Watch />))
    const titles = (): string[] => seen.at(-1)!.map(({ title }) => title)
    expect([seen.length, titles()]).toEqual([1, ['belt', 'pump']])
    const tasks = script.device.table('task')

    await page.after(() => tasks.update('A', { title: 'motor' }))
    expect([seen.length, titles()]).toEqual([2, ['belt', 'motor']])
    await page.after(() => tasks.update('C', { title: 'chain' }))
    expect(seen.length, 'a record that does not match').toBe(2)
    await page.after(() => script.say(rowChange('B', confirmed('B', 8, { title: 'belt', hours: 1 }))))
    expect(seen.length, 'a record stated again as it was').toBe(2)
    await page.after(() => script.device.offline.turnOn())
    expect(script.device.offline.current.on).toBe(true)
    expect(seen.length, 'offline mode').toBe(2)
    await page.after(() => tasks.update('C', { hours: 5 }))
    expect([seen.length, titles()]).toEqual([3, ['belt', 'chain', 'motor']])
  })

  it('keeps the rows that did not change, so that their own components may be spared', async () => {
    const script = await opened()
    const { Watch, seen } = watching(() => useQuery('task'))
    const page = await drawn(within(script, <Watch />))
    await page.after(() => script.device.table('task').update('B', { hours: 9 }))
    const [before, after] = [seen[0]!, seen[1]!]
    expect(after[0]).toBe(before[0])
    expect(after[1]).not.toBe(before[1])
    expect(after[2]).toBe(before[2])
  })

  it('is not drawn for what its limit cuts off', async () => {
    const script = await opened()
    const { Watch, seen } = watching(() => useQuery('task', { orderBy: ['title'], limit: 2 }))
    const page = await drawn(within(script, <Watch />))
    await page.after(() => script.device.table('task').update('A', { hours: 8 }))
    expect(seen.length).toBe(1)
    await page.after(() => script.device.table('task').update('A', { title: 'axle' }))
    expect(seen.map(rows => rows.map(({ title }) => title))).toEqual([
      ['belt', 'cable'],
      ['axle', 'belt'],
    ])
  })

  it('is one subscription for all components that ask the same, in whatever object', async () => {
    const script = await opened()
    const { open, made } = counted(script)
    const lists: unknown[] = []
    const First = (): ReactNode => {
      lists.push(useQuery('task', { where: { hours: 1, title: 'belt' }, limit: undefined }))
      return null
    }
    const Second = (): ReactNode => {
      lists.push(useQuery('task', { where: { title: 'belt', hours: 1 } }))
      return null
    }
    const page = await drawn(within(script, [<First key="1" />, <Second key="2" />]))
    await page.draw(within(script, [<First key="1" />, <Second key="2" />]))
    expect(lists.length).toBe(4)
    expect(new Set(lists).size).toBe(1)
    expect([open(), made()]).toEqual([1, 1])
  })

  it('shows the other rows at once when its query changes, never those of the query before', async () => {
    const script = await opened()
    const Title = ({ hours }: { readonly hours: number }): ReactNode =>
      useQuery('task', { where: { hours } }).map(({ title }) => <i key={title}>{title}</i>)
    const page = await drawn(within(script, <Title hours={2} />))
    expect(page.text).toBe('pump')
    await page.draw(within(script, <Title hours={1} />))
    expect(page.text).toBe('belt')
  })

  it('is closed a while after nobody shows it any more, also where it was drawn and thrown away', async () => {
    const script = await opened()
    const { open } = counted(script)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const never = new Promise<never>(() => {})
    // Drawn, and never shown: what stands beside it waits for ever.
    const Waits = (): ReactNode => use(never)
    const Rows = (): ReactNode => useQuery('task', { limit: 1 }).length
    const page = await drawn(within(script, <Rows />))
    const other = await drawn(
      within(
        script,
        <Suspense>
          <Thrown />
          <Waits />
        </Suspense>,
      ),
    )
    expect(open()).toBe(2)
    vi.advanceTimersByTime(LINGER)
    expect(open(), 'what was thrown away').toBe(1)
    await page.remove()
    expect(open(), 'a screen that may come back').toBe(1)
    vi.advanceTimersByTime(LINGER)
    expect(open()).toBe(0)
    await other.remove()
  })

  it('opens again where it was closed before what was drawn came to be shown', async () => {
    const script = await opened()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let go = (): void => {}
    let waiting: Promise<void> | undefined = new Promise(resolve => {
      go = () => {
        waiting = undefined
        resolve()
      }
    })
    const Waits = (): ReactNode => {
      if (waiting !== undefined) use(waiting)
      return null
    }
    const page = await drawn(
      within(
        script,
        <Suspense fallback="waiting">
          <Thrown />
          <Waits />
        </Suspense>,
      ),
    )
    expect(page.text).toBe('waiting')
    vi.advanceTimersByTime(LINGER)
    await page.after(() => script.device.table('task').create({ title: 'new' }))
    await page.after(() => go())
    expect(page.text).toBe('4')
    await page.after(() => script.device.table('task').create({ title: 'newer' }))
    expect(page.text).toBe('5')
  })

  it('throws for a column there is none of, to be met by an error boundary', async () => {
    const script = await opened()
    const Wrong = (): ReactNode => useQuery('task', { where: { colour: 'red' } }).length
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
    const page = await drawn(
      within(
        script,
        <Boundary>
          <Wrong />
        </Boundary>,
      ),
    )
    quiet.mockRestore()
    expect(page.text).toBe('unknown-column')
  })

  it('outside a provider says what is missing', async () => {
    const Alone = (): ReactNode => useQuery('task').length
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
    const page = await drawn(
      <Boundary>
        <Alone />
      </Boundary>,
    )
    quiet.mockRestore()
    expect(page.text).toContain('RejoinProvider')
  })
})

const Thrown = (): ReactNode => useQuery('task').length

class Boundary extends Component<{ readonly children: ReactNode }, { readonly said?: string }> {
  override state: { readonly said?: string } = {}
  static getDerivedStateFromError(error: { readonly code?: string; readonly message: string }): { said: string } {
    return { said: error.code ?? error.message }
  }
  override render(): ReactNode {
    return this.state.said ?? this.props.children
  }
}

describe('useSuspenseQuery', () => {
  const Titles = (): ReactNode => useSuspenseQuery('task').map(({ title }) => <i key={title}>{title}</i>)

  it('waits for the first sync, and shows the whole answer then', async () => {
    const script = await openScript()
    const page = await drawn(
      within(
        script,
        <Suspense fallback="loading">
          <Titles />
        </Suspense>,
      ),
    )
    expect(page.text).toBe('loading')
    await page.after(() => script.greet({ A: confirmed('A', 5, { title: 'pump' }) }))
    expect(page.text).toBe('pump')
    await page.after(() => script.device.table('task').create({ taskid: 'B', title: 'new' }))
    expect(page.text).toBe('pumpnew')
  })

  it('never waits where the first sync has been', async () => {
    const script = await opened()
    await script.lose()
    let waited = 0
    const Loading = (): ReactNode => {
      waited++
      return null
    }
    const page = await drawn(
      within(
        script,
        <Suspense fallback={<Loading />}>
          <Titles />
        </Suspense>,
      ),
    )
    expect([page.text, waited]).toEqual(['pumpbeltcable', 0])
  })
})

describe('useRecord', () => {
  it('is drawn for its own record alone: what comes, changes and goes', async () => {
    const script = await opened()
    const { Watch, seen } = watching(() => useRecord('task', 'A'))
    const page = await drawn(within(script, <Watch />))
    const tasks = script.device.table('task')
    await page.after(() => tasks.update('B', { hours: 9 }))
    await page.after(() => script.say(rowChange('A', confirmed('A', 8, { title: 'pump', hours: 2 }))))
    expect(seen.length).toBe(1)
    await page.after(() => tasks.update('A', { hours: 3 }))
    await page.after(() => tasks.delete('A'))
    expect(seen.map(row => row?.hours)).toEqual([2, 3, undefined])
  })
})

describe('the device', () => {
  it('useStatus is drawn when the status says something else', async () => {
    const script = await opened()
    const { Watch, seen } = watching(useStatus)
    const page = await drawn(within(script, <Watch />))
    await page.after(() => script.say(rowChange('B', confirmed('B', 8, { title: 'belt', hours: 4 }))))
    expect(seen.map(({ state }) => state)).toEqual(['connected'])
    await page.after(() => script.lose())
    expect(seen.map(({ state }) => state)).toEqual(['connected', 'not-connected'])
    await page.after(() => script.device.table('task').update('A', { hours: 3 }))
    expect(seen.map(({ state }) => state)).toEqual(['connected', 'not-connected', 'pending'])
  })

  it('useOutbox keeps the entries that did not change, and what they can do works', async () => {
    const script = await opened()
    await script.lose()
    const { Watch, seen } = watching(useOutbox)
    const page = await drawn(within(script, <Watch />))
    await page.after(() => script.device.table('task').update('A', { hours: 3 }))
    await page.after(() => script.device.table('task').update('B', { hours: 3 }))
    expect(seen.map(entries => entries.length)).toEqual([0, 1, 2])
    expect(seen[2]![0]).toBe(seen[1]![0])
    await page.after(() => seen[2]![0]!.discard())
    expect(seen.at(-1)!.map(({ record }) => record)).toEqual(['B'])
    expect(seen.at(-1)![0]).toBe(seen[2]![1])
  })

  it('useProgress follows a download to its end', async () => {
    const script = await openScript()
    const { Watch, seen } = watching(useProgress)
    const page = await drawn(within(script, <Watch />))
    await page.after(() => script.greet({ A: confirmed('A', 5, { title: 'pump' }) }))
    expect(seen[0]!.phase).toBe('idle')
    expect(seen.at(-1)).toMatchObject({ phase: 'done', rows: { done: 1, total: 1 } })
  })

  it('useOfflineMode shows the setting and its dialog, and turns it on and off', async () => {
    const script = await openScript()
    const { Watch, seen } = watching(useOfflineMode)
    const page = await drawn(within(script, <Watch />))
    await page.after(() => seen.at(-1)!.turnOn())
    expect(seen.at(-1)).toMatchObject({ on: false, dialog: { step: 'asking' } })
    await page.after(() => seen.at(-1)!.cancel())
    await page.after(() => script.greet({}))
    await page.after(() => seen.at(-1)!.turnOn())
    expect(seen.at(-1)).toMatchObject({ on: true, banner: 'Offline Mode' })
    await page.after(() => seen.at(-1)!.turnOff())
    expect(seen.at(-1)).toMatchObject({ on: false, banner: undefined })
  })

  it('[OM4] useAction is absent in offline mode where anything forbids it, with the reason; dialogs do not draw it', async () => {
    const app: AppActions = {
      offline: true,
      screens: { order: { offline: true, placements: { print: { function: 'print' }, close: { function: 'close' } } } },
      functions: { print: { offline: false }, close: { offline: true } },
    }
    const script = await opened()
    const print = watching(() => useAction(app, 'order', 'print'))
    const close = watching(() => useAction(app, 'order', 'close'))
    const page = await drawn(within(script, [<print.Watch key="1" />, <close.Watch key="2" />]))
    await page.after(() => script.device.offline.cancel())
    expect(print.seen).toEqual([{ available: true }])
    await page.after(() => script.device.offline.turnOn())
    expect(print.seen.at(-1)).toMatchObject({ available: false, reasons: [{ code: 'function-forbids' }] })
    expect(close.seen.at(-1)).toEqual({ available: true })
    await page.after(() => script.device.offline.turnOff())
    expect([print.seen.length, print.seen.at(-1)]).toEqual([3, { available: true }])
  })
})

describe('strict mode', () => {
  it('draws and mounts twice, holds one subscription, and lets go of it', async () => {
    const script = await opened()
    const { open, made } = counted(script)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const Rows = (): ReactNode => `${useQuery('task').length} ${useRecord('task', 'A')?.hours}`
    const page = await drawn(<StrictMode>{within(script, <Rows />)}</StrictMode>)
    expect(page.text).toBe('3 2')
    vi.advanceTimersByTime(LINGER)
    await page.after(() => script.device.table('task').update('A', { hours: 7 }))
    expect(page.text).toBe('3 7')
    expect([open(), made()]).toEqual([2, 2])
    await page.remove()
    vi.advanceTimersByTime(LINGER)
    expect(open()).toBe(0)
  })
})
