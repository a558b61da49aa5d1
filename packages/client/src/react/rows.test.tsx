// @vitest-environment happy-dom
import { Component, type ReactNode } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { confirmed, rowChange, type schema } from '../device/device.fixture.ts'
import { drawn, opened, watching, within } from './draw.fixture.ts'
import { hooksFor } from './records.ts'

const { useQuery, useRecord } = hooksFor<typeof schema>()

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

  it('shows the other rows at once when its query changes, never those of the query before', async () => {
    const script = await opened()
    const Title = ({ hours }: { readonly hours: number }): ReactNode =>
      useQuery('task', { where: { hours } }).map(({ title }) => <i key={title}>{title}</i>)
    const page = await drawn(within(script, <Title hours={2} />))
    expect(page.text).toBe('pump')
    await page.draw(within(script, <Title hours={1} />))
    expect(page.text).toBe('belt')
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

class Boundary extends Component<{ readonly children: ReactNode }, { readonly said?: string }> {
  override state: { readonly said?: string } = {}
  static getDerivedStateFromError(error: { readonly code?: string; readonly message: string }): { said: string } {
    return { said: error.code ?? error.message }
  }
  override render(): ReactNode {
    return this.state.said ?? this.props.children
  }
}

describe('what is asked wrongly', () => {
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
