// @vitest-environment happy-dom
import { type ReactNode, Suspense } from 'react'
import { describe, expect, it } from 'vitest'
import { confirmed, openScript, type schema } from '../device/device.fixture.ts'
import { drawn, opened, within } from './draw.fixture.ts'
import { hooksFor } from './records.ts'

const { useSuspenseQuery } = hooksFor<typeof schema>()

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

  it('waits again, once and without drawing, where the cache was cleared offline', async () => {
    const script = await openScript()
    let drawings = 0
    const Counted = (): ReactNode => {
      // React draws again at once whoever waits for what has been already: that would never end.
      if (++drawings > 100) throw new Error('drawn again and again')
      return useSuspenseQuery('task').map(({ title }) => <i key={title}>{title}</i>)
    }
    const page = await drawn(
      within(
        script,
        <Suspense fallback="loading">
          <Counted />
        </Suspense>,
      ),
    )
    await page.after(() => script.greet({ A: confirmed('A', 5, { title: 'pump' }) }))
    expect(page.text).toBe('pump')
    await script.lose()
    drawings = 0
    await page.after(() => script.device.cache.clear())
    expect(page.text).toContain('loading')
    expect(drawings).toBeLessThan(5)
    await page.after(() => script.greet({ A: confirmed('A', 6, { title: 'motor' }) }))
    expect(page.text).toBe('motor')
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
