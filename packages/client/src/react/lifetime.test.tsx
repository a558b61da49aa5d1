// @vitest-environment happy-dom
import { type ReactNode, StrictMode, Suspense, use } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Script } from '../device/device.fixture.ts'
import type { schema } from '../device/device.fixture.ts'
import type { Query } from '../table/query.ts'
import { drawn, opened, within } from './draw.fixture.ts'
import { hooksFor } from './records.ts'
import { LINGER } from './shared.ts'

const { useQuery, useRecord } = hooksFor<typeof schema>()

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

const Thrown = (): ReactNode => useQuery('task').length

describe('what is shared', () => {
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
